"""``kg fmt``: Turtle files in the canonical layout."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kg.cli.shell import settings
from kg.errors import SourceError, Where
from kg.parsing import decode, parse_turtle
from kg.sources import strays, turtle_files
from kg.turtle import first_comment, serialize


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is not in the canonical layout.")
@click.pass_context
def fmt(ctx: click.Context, files: tuple[Path, ...], check: bool) -> int:
    """Write Turtle FILES (all of the repository if none is named) in the canonical layout.

    A file that cannot be parsed, or that has # comments, which the layout cannot keep, is refused and left as it is.

    \b
    Examples:
      kg fmt data/topics.ttl
      kg fmt --check
    """
    errors: list[SourceError] = []
    chosen = files
    if not files:
        root = settings(ctx).repository
        chosen, errors = tuple(turtle_files(root)), strays(root)
    changed = 0
    for file in chosen:
        try:
            text = _read(file)
            layout = canonical(text, str(file))
        except SourceError as error:
            errors.append(error)
            continue
        if layout == text:
            continue
        changed += 1
        click.echo(f"{file}: {'not in the canonical layout' if check else 'rewritten'}")
        if not check:
            _write(file, layout)
    if errors:
        raise SourceError.of(errors)
    return int(check and changed > 0)


def canonical(text: str, origin: str) -> str:
    """The text in the canonical layout. Raises SourceError if it cannot be parsed or has a comment."""
    triples = parse_turtle(text.encode("utf-8"), origin)
    place = first_comment(text)
    if place:
        raise SourceError(
            "The file has a # comment, which the canonical layout does not keep.",
            remedy="Say it in a skos:editorialNote.",
            where=Where(origin, *place),
        )
    return serialize(triples)


def _read(file: Path) -> str:
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        raise SourceError(f"The file cannot be read ({error.strerror}).", where=Where(str(file))) from None


def _write(file: Path, text: str) -> None:
    """Replace the file in one step, so that an interruption never leaves half of it."""
    aside = file.with_name(file.name + ".new")
    try:
        aside.write_bytes(text.encode("utf-8"))
        aside.chmod(file.stat().st_mode)
        os.replace(aside, file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise SourceError(f"The file cannot be written ({error.strerror}).", where=Where(str(file))) from None
