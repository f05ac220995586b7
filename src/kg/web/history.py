"""What changed about a resource between two versions of the data that are kept, at ``/history/`` and its path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from kg import snapshots
from kg.diffing import compare
from kg.diffing.entities import Entity, entities
from kg.model import Query, Snapshot
from kg.pages import statements
from kg.rdf import BASE
from kg.sparql import negotiate
from kg.web import claimlines
from kg.web.named import answered, asked
from kg.web.near import unknown
from kg.web.site import language, reader_labels, site, text

#: Claims of a resource that are compared at most, in either snapshot.
_MOST = 2_000


@dataclass(frozen=True)
class Change:
    """What became of a node: ``kind`` is added, removed or changed, ``title`` what it is called."""

    iri: str
    kind: str
    title: str
    entity: Entity


def blueprint() -> Blueprint:
    """The route of histories."""
    routes = Blueprint("history", __name__)
    routes.add_url_rule("/history/<path:path>", "history", history)
    return routes


def history(path: str) -> Response:
    """How what is stated of a resource, and of the claims that name it, differs from the version before.

    Both are asked in their own workers. Raises NotFound for what neither version has, Busy while the older one is loaded.
    """
    iri, _ = asked(path)
    here = site().snapshot
    versions = _versions()
    before = _older(versions, here)
    # Without another version it matters only whether there is anything.
    now = site().rows("entity-history", this=iri, most=_MOST if before else 1)
    was = _from(before, iri) if before else b""
    if not (statements.lines(now) or statements.lines(was)):
        raise unknown(iri)
    return answered(
        "entity-history.html",
        reader_labels(),
        iri=iri,
        path=f"/{iri[len(BASE):]}",
        name=claimlines.named(iri),
        before=before,
        newer=here,
        versions=versions,
        changes=_changes(was, now) if before else [],
    )


def _versions() -> list[Snapshot]:
    """The snapshots that can be asked, the newest first; of several builds of the same files one."""
    state = site().settings.state
    found: dict[str, Snapshot] = {}
    for one in snapshots.kept(state) if state else ():
        if one.snapshot:
            found.setdefault(one.snapshot.digest, one.snapshot)
    return list(found.values())


def _older(versions: Sequence[Snapshot], here: Snapshot) -> Snapshot | None:
    """The version to compare with: the one that ``with`` names, else the newest that is older than the one shown."""
    wanted = request.args.get("with")
    if wanted:
        return snapshots.find(site().settings.state, wanted).snapshot if site().settings.state else None
    return next((one for one in versions if one.built < here.built and one.digest != here.digest), None)


def _from(snapshot: Snapshot, iri: str) -> bytes:
    """The same of another snapshot."""
    served = site().serving.lease(snapshot.reference)
    try:
        return served.pool.answer(Query(text("entity-history", this=iri, most=_MOST)), negotiate.TSV.name)
    finally:
        site().serving.release(served)


def _changes(before: bytes, after: bytes) -> list[Change]:
    spoken = language()
    found = []
    was, now = (list(statements.as_triples(side)) for side in statements.of_what_differs(before, after))
    for entity in entities(compare(was, now), was, now):
        title = entity.titles.get(spoken) or entity.titles.get("en") or next(iter(entity.titles.values()), entity.name)
        found.append(Change(entity.iri, entity.kind, title, entity))
    return found
