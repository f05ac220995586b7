"""``kg check``: is what the files state fit to be served?"""

from __future__ import annotations

import time
from pathlib import Path

import click

from kg.cli.shell import Progress, settings
from kg.errors import SourceError, Where
from kg.gate import ENGINES
from kg.gate import check as judge
from kg.gate.report import to_json, to_text, to_turtle
from kg.model import SEVERITIES, Corpus, Report
from kg.rulebook import load_rules
from kg.sources import load


@click.command()
@click.option("--engine", type=click.Choice(ENGINES), default="fast", show_default=True, help="Who judges.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True,
    help="How findings are written.",
)
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="violation", show_default=True,
    help="The least severity of a finding that makes the exit status 1.",
)
@click.option("--lang", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of messages.")
@click.pass_context
def check(ctx: click.Context, engine: str, form: str, fail_on: str, lang: str) -> None:
    """Check the files of the repository against the shapes.

    Judged by the shapes is what the files assert, with the class hierarchy, and nothing inferred; names that do not
    exist or do not fit are found beside, and by the rules of the reasoner what contradicts itself. The engine “fast”
    judges with the shacl package and pyoxigraph, “pyshacl” with the reference implementation; both find the same.

    \b
    Exit status: 0 conforms, 1 does not, 2 could not run.

    \b
    Examples:
      kg check
      kg check --lang it --fail-on warning
      kg check --engine pyshacl --format json
    """
    root = settings(ctx).repository
    start = time.perf_counter()
    with Progress() as progress:
        progress("Reading the files")
        corpus = load(root)
        progress(f"Judging {len(corpus.sources)} files")
        report = judge(corpus, engine, _texts(root, corpus), load_rules(root))
    click.echo(_written(report, form, lang, time.perf_counter() - start))
    failed = any(SEVERITIES.index(found.severity) >= SEVERITIES.index(fail_on) for found in report.findings)
    ctx.exit(1 if failed else 0)


def _texts(root: Path, corpus: Corpus) -> dict[str, str]:
    """The texts of the files, for the lines of findings. Raises SourceError on a file that went away meanwhile."""
    texts = {}
    for source in corpus.sources:
        try:
            texts[source.path] = (root / source.path).read_text("utf-8")
        except OSError as error:
            raise SourceError("The file cannot be read any more.", where=Where(source.path)) from error
    return texts


def _written(report: Report, form: str, lang: str, seconds: float) -> str:
    if form == "json":
        return to_json(report, seconds)
    return to_turtle(report).rstrip("\n") if form == "turtle" else to_text(report, lang, seconds)
