"""``kg query``: ask the snapshot in use a SPARQL query."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.shell import Progress, settings
from kg.cli.table import render, show
from kg.engine import Engine, Results, failed, unanswered
from kg.errors import QueryError
from kg.model import Query
from kg.services import services
from kg.settings import Settings
from kg.sparql.federation import Clause, asking, clauses
from kg.sparql.guard import Limits, inspect
from kg.sparql.negotiate import GRAPHS, TABLES, TURTLE
from kg.sparql.results import serialise
from kg.turtle import serialize

#: The formats of the endpoint, by the names that they have there.
_TABLES = tuple(one.name for one in TABLES)
_GRAPHS = tuple(one.name for one in GRAPHS)


@click.command()
@click.argument("query", metavar="FILE|TEXT")
@click.option("--as-of", metavar="DATE", help="Bind ?asOf to this day (YYYY-MM-DD) in a query that uses it.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", *_TABLES, *_GRAPHS]),
    help="How to write the result. Default: table, or turtle for CONSTRUCT and DESCRIBE.",
)
@click.option(
    "--services", "others", metavar="LIST", help="Other services that the query may ask: wikidata, or https addresses."
)
@click.pass_context
def query(ctx: click.Context, query: str, as_of: str | None, format_: str | None, others: str | None) -> None:
    """Ask the graph a SPARQL query, from a FILE, given as TEXT, or (as -) from standard input.

    \b
    Examples:
      kg query queries/01-positions-on-troops.rq
      kg query queries/38-positions-as-of.rq --as-of 2026-01-06
      kg query "SELECT ?class (COUNT(*) AS ?n) { ?x a ?class } GROUP BY ?class" --format csv
      kg query "DESCRIBE <https://w3id.org/coalition-kg/id/actor/italy>"
    """
    located = settings(ctx, services=others)
    text = _text(query)
    asking_others = _guard(text, located)
    asked = Query(text, bindings={"asOf": as_of} if as_of else {})
    engine = Engine.open_read_only(located.state)
    # The engine cannot be interrupted from Python; with the system's own handling, Ctrl-C ends it at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with Progress() as progress:
        progress("Asking")
        output = (
            _federated(engine, asked, asking_others, located, format_)
            if asking_others
            else _answer(engine, asked, format_)
        )
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()


def _answer(engine: Engine, asked: Query, format_: str | None) -> bytes:
    """The answer to a query, in a format. Raises what asking and writing raise."""
    results = engine.query(asked)
    try:
        return write(results, format_, _width())
    except (RuntimeError, OSError) as error:
        raise unanswered() if asked.relays else failed(error, engine.snapshot) from None


def _federated(
    engine: Engine, asked: Query, clauses: Sequence[Clause], located: Settings, format_: str | None
) -> bytes:
    """The same for a query whose clauses ask other services. Raises SettingError and ServiceError as well."""
    relay = import_module("kg.remote.starting").start(located, served=False)
    with relay.ticket(clauses, located.max_deadline) as ticket:
        try:
            output = _answer(engine, replace(asked, relays=ticket.addresses), format_)
        finally:
            ticket.check()
        for one in ticket.asked:
            if one.failure:
                click.echo(f"kg: The answer is incomplete: the service <{one.service}> {one.failure}.", err=True)
        return output


def _text(argument: str) -> str:
    """The query itself. Raises QueryError if it is a file that cannot be read."""
    is_name = len(argument) < 1000 and "\n" not in argument and "{" not in argument
    if argument != "-" and not is_name:
        return argument
    try:
        raw = sys.stdin.buffer.read() if argument == "-" else Path(argument).read_bytes()
        return raw.decode("utf-8")
    except FileNotFoundError:
        if not argument.endswith(".rq") and " " in argument:
            return argument
        raise QueryError(f"There is no file {argument}.", remedy="Give a file with a query, or the query.") from None
    except OSError as error:
        raise QueryError(f"{argument} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise QueryError(f"{argument} is not UTF-8.") from None


def _guard(text: str, located: Settings) -> Sequence[Clause]:
    """The clauses of a query, past the guard, that ask other services. Raises QueryError."""
    known = services(located.services)
    inspect(text, Limits(length=located.max_query_length, nesting=located.max_nesting), known)
    return asking(clauses(text, known)) if known else ()


def _width() -> int | None:
    """Width of the terminal; None where the output goes to a file or another programme."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def write(results: Results, format_: str | None, width: int | None = None) -> bytes:
    """The results in a format, in UTF-8.

    Raises QueryError if the format does not fit the kind of query, NotAcceptable if it cannot say what is in them.
    """
    if isinstance(results, ox.QueryTriples):
        if format_ not in (None, *_GRAPHS):
            raise QueryError("The query makes a graph, not a table.", remedy="Use --format turtle.")
        if format_ not in (None, TURTLE.name):
            return serialise(results, format_, sys.maxsize)
        return serialize(results).encode("utf-8")
    if format_ in _GRAPHS:
        raise QueryError("The query does not make a graph.", remedy="Use --format table, csv, tsv or json.")
    if format_ in _TABLES:
        return serialise(results, format_, sys.maxsize)
    if isinstance(results, ox.QueryBoolean):
        return b"true\n" if results else b"false\n"
    names = [variable.value for variable in results.variables]
    rows = [[show(solution[name]) for name in names] for solution in results]
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}\n"
    return (render(names, rows, width) + count).encode("utf-8")
