"""``kg check``: is what the files state, or what a contribution would bring, fit to be served?"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from kg.child import Bounds, run
from kg.cli.shell import Progress, settings
from kg.errors import SettingError
from kg.forms import FORMS, written
from kg.judging import ENGINES, Asked, Judged
from kg.model import SEVERITIES
from kg.report.sheet import Sheet
from kg.settings import Settings


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--staged", is_flag=True, help="Judge what git commit would record.")
@click.option("--diff", metavar="OLD..NEW", help="Judge what lies between two revisions.")
@click.option("--as", "place", metavar="PATH", help="The path in the repository at which the one FILE is to stand.")
@click.option("--all", "everything", is_flag=True, help="Show also what was wrong before.")
@click.option("--fix", is_flag=True, help="Show the proposed repairs as a diff, and make them if you say so.")
@click.option("--yes", is_flag=True, help="With --fix: make them without asking.")
@click.option("--prove", is_flag=True, help="Judge everything before and after as well, and compare.")
@click.option("--engine", type=click.Choice(ENGINES), default="fast", show_default=True, help="Who judges.")
@click.option("--texts", type=click.Path(path_type=Path), metavar="DIR", help="Compare digests with the texts in DIR.")
@click.option(
    "--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="How findings are written."
)
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="violation", show_default=True,
    help="The least severity of a finding that makes the exit status 1.",
)
@click.option("--lang", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of messages.")
@click.pass_context
def check(
    ctx: click.Context, form: str, fail_on: str, lang: str, fix: bool, yes: bool, **asked: object
) -> None:
    """Check FILES, what is staged or a range of revisions, or else the whole repository.

    Of a contribution only what it brings anew blocks: what would be wrong with it and is not without it, in its own
    files or because of them elsewhere. Judged by the shapes is what is asserted, with the class hierarchy, and nothing
    inferred. The engine “fast” judges with the shacl package and pyoxigraph, “pyshacl” with the reference
    implementation; both find the same.

    \b
    Exit status: 0 conforms, 1 does not, 2 could not run.

    \b
    Examples:
      kg check
      kg check data/claims/004.ttl
      kg check --staged --lang it
      kg check --diff main..HEAD --format sarif
    """
    chosen = settings(ctx)
    request = Asked(**{**asked, "files": tuple(asked["files"])})  # type: ignore[arg-type]
    _refuse_mixtures(request, fix, yes)
    sheet = _judged(chosen, request, lang, fail_on)
    if fix:
        from kg.cli.fixing import mend

        if mend(sheet, yes, Path() if request.files else chosen.repository):
            sheet = _judged(chosen, request, lang, fail_on)
    click.echo(written(sheet, form, colour=sys.stdout.isatty()))
    ctx.exit(int(sheet.failed))


def _refuse_mixtures(asked: Asked, fix: bool, yes: bool) -> None:
    """Raise SettingError on options that exclude one another."""
    ways = [bool(asked.files), asked.staged, asked.diff is not None]
    if sum(ways) > 1:
        raise SettingError("FILES, --staged and --diff exclude one another.", remedy="Choose one of them.")
    if not any(ways) and (asked.place or asked.prove or asked.everything):
        raise SettingError("--as, --all and --prove are for contributions.", remedy="Name FILES, --staged or --diff.")
    if any(ways) and asked.engine != "fast" and not asked.prove:
        raise SettingError("A contribution is judged by the fast engine.", remedy="Add --prove to compare it.")
    if yes and not fix:
        raise SettingError("--yes says yes to --fix.", remedy="Add --fix.")
    if fix and (asked.staged or asked.diff is not None):
        raise SettingError("Repairs are made in files.", remedy="Name the FILES, then git add them.")


def _judged(chosen: Settings, asked: Asked, lang: str, fail_on: str) -> Sheet:
    start = time.perf_counter()

    def work() -> Judged:
        from importlib import import_module

        way = "contributions" if asked.is_contribution and not asked.is_compared else "repository"
        with Progress() as progress:
            return import_module(f"kg.judging.{way}").judge(chosen, asked, progress)

    judged = run(work, Bounds(chosen.check_deadline, chosen.check_memory))
    return Sheet(judged.report, judged.texts, time.perf_counter() - start, lang, fail_on)
