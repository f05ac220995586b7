"""``kg fmt``: Turtle files, and the ledger of links, in the canonical layout."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from kg import files as disk
from kg.child import Bounds, run
from kg.cli.shell import settings
from kg.errors import SourceError, Where
from kg.linking import sssom
from kg.parsing import parse_turtle
from kg.rdf import LEDGER
from kg.reading.comments import layout
from kg.reading.decoding import decode
from kg.settings import read
from kg.sources import digest, source_files, strays


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is not in the canonical layout.")
@click.pass_context
def fmt(ctx: click.Context, files: tuple[Path, ...], check: bool) -> int:
    """Write Turtle FILES or the ledger of links (all of the repository if none is named) in the canonical layout.

    Comments stay with what they stand at. The graph stays the same, which is proven before anything is written. A file
    that cannot be parsed is refused and left as it is.

    \b
    Examples:
      kg fmt data/topics.ttl
      kg fmt --check
    """
    errors: list[SourceError] = []
    chosen = files
    if not files:
        root = settings(ctx).repository
        chosen, errors = tuple(source_files(root)), strays(root)
    # What the files say may be a stranger's, so that it is read in a process that can be ended.
    limits = read(os.environ)
    changed, faults = run(lambda: _laid_out(chosen), Bounds(limits.check_deadline, limits.check_memory))
    for file, laid_out in changed:
        click.echo(f"{file}: {'not in the canonical layout' if check else 'rewritten'}")
        if not check:
            disk.replace(file, laid_out.encode("utf-8"), str(file))
    if errors or faults:
        raise SourceError.of([*errors, *faults])
    return int(check and bool(changed))


def _laid_out(files: Sequence[Path]) -> tuple[list[tuple[Path, str]], list[SourceError]]:
    """The files that are not in the layout, each with its text in it, and what is wrong with those that have none."""
    changed: list[tuple[Path, str]] = []
    errors: list[SourceError] = []
    for file in files:
        try:
            text = decode(disk.read(file, str(file)), str(file))
            layout = canonical(text, str(file))
        except SourceError as error:
            errors.append(error)
        else:
            if layout != text:
                changed.append((file, layout))
    return changed, errors


def canonical(text: str, origin: str) -> str:
    """The text in the canonical layout, with its comments.

    Raises SourceError if it cannot be parsed, or if its layout did not state the same graph (by its RDFC-1.0 digest).
    """
    if origin.endswith(LEDGER):
        return sssom.write(sssom.read(text, origin))
    triples = parse_turtle(text.encode("utf-8"), origin)
    result = layout(text, triples, origin)
    if result != text and digest(parse_turtle(result.encode("utf-8"), origin)) != digest(triples):
        raise SourceError(
            "The canonical layout would not state the same graph, so the file is left as it is.",
            remedy="This is a fault of ours: report it, with the file.",
            where=Where(origin),
        )
    return result
