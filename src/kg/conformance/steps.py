"""The reading requests of the Graph Store Protocol's tests, each by itself.

All but one of those tests begin by writing. What they then read can still be asked of a server that only reads, if the
graphs were loaded beforehand as the writes would have left them: each request gets graphs of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

from kg.conformance.exchanges import Exchange
from kg.conformance.suites import EXCHANGES, Case, Suite, read_suites
from kg.rdf import graph_iri

READING = Suite("graph-store-protocol-reading", "Its reading requests, on graphs loaded beforehand", ())
_AUTHORITY = "www.example"
_DIRECT = "/gsp/"
_GRAPH = "/gsp?graph="


def collect(root: Path, names: Sequence[str] = ()) -> tuple[Case, ...]:
    """The tests of the suites of these names, or of all, the reading requests of the Graph Store Protocol's included.

    Raises SettingError as ``read_suites`` does.
    """
    others = [name for name in names if name != READING.name]
    cases = () if names and not others else read_suites(root, others)
    if names and READING.name not in names:
        return cases
    return (*cases, *(step for case in read_suites(root, ["graph-store-protocol"]) for step in reading_steps(case)))


def reading_steps(case: Case) -> Iterator[Case]:
    """One test for each GET and HEAD of a test of the Graph Store Protocol, with the graph it reads.

    A path that is the name of a graph (direct identification) is one below the names that this project gives to graphs,
    where the ending is that of a form.
    """
    for number, exchange in enumerate(case.exchanges, start=1):
        if exchange.method not in ("GET", "HEAD"):
            continue
        name = f"{case.iri.rpartition('#')[2]}-{number}"
        content = None if "404" in exchange.statuses else exchange.graph or _written(case.exchanges[: number - 1])
        path, graph = _own(exchange, name.replace("_", "-"))
        yield Case(
            iri=f"{case.iri}-{number}",
            name=name,
            suite=READING.name,
            folder=case.folder,
            kind=EXCHANGES,
            exchanges=(replace(exchange, path=path),),
            loaded=((graph, content),) if content is not None else (),
        )


def _own(exchange: Exchange, name: str) -> tuple[str, str]:
    """The path of a request with a graph that only it reads, and the IRI of that graph, empty for the default graph."""
    path = exchange.path.replace(_AUTHORITY, f"{name}.example")
    if path.startswith(_DIRECT):
        path = f"{_DIRECT}{name}/{path.removeprefix(_DIRECT)}"
        return path, graph_iri(path.removeprefix(_DIRECT))
    if "$LOCATION$" in path:
        path = path.replace("$LOCATION$", quote(f"http://{name}.example/new", safe=""))
    return path, unquote(path.removeprefix(_GRAPH)) if path.startswith(_GRAPH) else ""


def _written(before: tuple[Exchange, ...]) -> str:
    """What the last request with a body wrote."""
    return next(one.body for one in reversed(before) if one.body is not None).decode("utf-8")
