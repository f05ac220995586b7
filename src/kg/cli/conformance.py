"""``kg conformance``: the W3C's test suites for SPARQL, asked of a real server over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.shell import Progress, settings
from kg.conformance import report
from kg.conformance.conducting import conduct, connected
from kg.conformance.register import Outcome, read_register
from kg.conformance.scratch import quads_of
from kg.conformance.steps import collect
from kg.errors import SettingError, StateError

_Writer = Callable[[Sequence[Outcome]], str]
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--tests",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KG_W3C_TESTS",
    metavar="DIR",
    help="Folder of the W3C's test suites. [env: KG_W3C_TESTS]",
)
@click.option("--suite", "suites", multiple=True, metavar="NAME", help="Run only this suite or folder. Repeatable.")
@click.option("--url", metavar="URL", help="Ask the server at this address, which must hold the data of the suites.")
@click.option("--data", type=_FILE, metavar="FILE", help="Only write the data of the suites, as N-Quads, and end.")
@click.option("--earl", type=_FILE, metavar="FILE", help="Write the outcomes in EARL, as Turtle.")
@click.option("--badge", type=_FILE, metavar="FILE", help="Write a badge: FILE.svg an image, FILE.json its figures.")
@click.option("--table", type=_FILE, metavar="FILE", help="Write figures and exceptions as tables in Markdown.")
@click.pass_context
def conformance(
    ctx: click.Context,
    tests: Path | None,
    suites: tuple[str, ...],
    url: str | None,
    data: Path | None,
    earl: Path | None,
    badge: Path | None,
    table: Path | None,
) -> int:
    """Run the W3C's test suites for SPARQL against a real server, over HTTP.

    Without --url a server is started over the data of the suites and ended afterwards. What is known to fail is listed
    with its reason; any other failure, and any unexpected pass, makes the exit status 1.

    \b
    Examples:
      kg conformance --tests rdf-tests/sparql
      kg conformance --suite protocol --suite sparql11/aggregates
      kg conformance --earl outcomes.ttl --badge badge.svg
    """
    root = _folder(tests)
    writers = _writers(earl, badge, table)
    located = settings(ctx)
    with Progress() as progress, _readable(root):
        progress("Reading the test suites")
        cases = collect(root, suites)
        if data:
            _write(data, ox.serialize(quads_of(root, cases), format=ox.RdfFormat.N_QUADS).decode("utf-8"))
            return 0
        with connected(root, cases, located.repository, url) as client:
            outcomes = conduct(cases, client, root, read_register(), progress)
    click.echo(report.told(outcomes))
    for file, write in writers:
        _write(file, write(outcomes))
    return int(any(outcome.surprising for outcome in outcomes))


@contextmanager
def _readable(root: Path) -> Iterator[None]:
    """Raises SettingError where a file of the suites is missing or malformed."""
    try:
        yield
    except (SyntaxError, UnicodeError, OSError) as error:
        raise SettingError(f"A file in {root} cannot be read: {error}.", remedy="Get the test suites anew.") from None


def _folder(tests: Path | None) -> Path:
    if tests is None or not tests.is_dir():
        where = f"{tests} is no folder." if tests else "The folder of the test suites is not known."
        raise SettingError(where, remedy="Set KG_W3C_TESTS or --tests to a folder with sparql11/ and sparql12/.")
    return tests.resolve()


def _writers(earl: Path | None, badge: Path | None, table: Path | None) -> list[tuple[Path, _Writer]]:
    """What to write where. Raises SettingError for a badge that is neither an image nor figures."""
    badges = {".svg": report.badge_svg, ".json": report.badge_json}
    if badge and badge.suffix not in badges:
        raise SettingError(f"{badge} is no name of a badge.", remedy="End it in .svg or .json.")
    wanted = ((earl, report.earl), (badge, badges.get(badge.suffix) if badge else None), (table, report.tables))
    return [(file, write) for file, write in wanted if file and write]


def _write(file: Path, text: str) -> None:
    """Write a file. Raises StateError."""
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise StateError(f"{file} cannot be written ({error.strerror}).", remedy="Choose another place.") from None
