"""Are nodes named as they should be, have all of them a name, and is each described in one file?"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import A
from kg.gate.messages import plain
from kg.gate.names import OWN
from kg.gate.policy import slip, slug
from kg.gate.state import Subject
from kg.model import Finding, Source
from kg.rdf import BASE, EXCERPTS, ID, JUDGED, PREFIXES, kind_of, shorten

#: A property whose value is a page and not a thing.
_PAGE = ox.NamedNode(PREFIXES["schema"] + "url")


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Reference-iri-…``, ``Reference-blank-node`` and ``Reference-owner`` on what the files newly state.

    Shapes are left out: their terms are for the linter; and excerpts, whose terms are those of others. In the ontology,
    blank nodes are no fault, and several files may speak of a term.
    """
    for source, triples in change.new_statements():
        if source.kind in ("shapes", EXCERPTS):
            continue
        yield from _slips(change, source)
        if source.kind != "ontology":
            yield from _nameless(change, source, triples)
        if source.kind == "data":
            yield from _foreign(change, source, triples)
        if source.kind in JUDGED:
            yield from _shared(change, source, triples)


def _slips(change: Changed, source: Source) -> Iterator[Finding]:
    """IRIs that break the rules, each once in a file: at the first statement about it, else that mentions it."""
    was = change.before.get(source.path)
    touched = frozenset(source.triples) ^ frozenset(was.triples if was else ())
    wrong = {term for triple in touched for term in triple if isinstance(term, ox.NamedNode) and slip(term.value)}
    at: dict[ox.NamedNode, ox.Triple] = {}
    for triple in source.triples if wrong else ():
        for node in wrong.intersection(triple):
            if node not in at or (triple.subject == node != at[node].subject):
                if not _is_address(triple, node):
                    at[node] = triple
    for node in sorted(at, key=str):
        triple, fault = at[node], slip(node.value)
        if fault:
            where = change.place(source.path, triple.subject)
            messages = {"en": fault.en, "it": fault.it}
            yield Finding(fault.code, "violation", node.value, None, node.value, messages, where, triple)


def _is_address(triple: ox.Triple, node: ox.NamedNode) -> bool:
    """True for a page that is given as the address of something."""
    return triple.predicate == _PAGE and triple.object == node


def _nameless(change: Changed, source: Source, triples: tuple[ox.Triple, ...]) -> Iterator[Finding]:
    """Blank nodes, each once: where it is mentioned, else where it is described."""
    seen: set[Subject] = set()
    for triple in sorted(triples, key=lambda triple: not isinstance(triple.object, ox.BlankNode)):
        node = triple.object if isinstance(triple.object, ox.BlankNode) else triple.subject
        if not isinstance(node, ox.BlankNode) or node in seen:
            continue
        seen.add(node)
        name = _name(change, source, node, triple)
        used = shorten(triple.predicate.value)
        yield _finding(
            change, source, "Reference-blank-node", triple, None,
            f"A node used with {used} has no name, so that nobody can cite it. Name it, for example {name}.",
            f"Un nodo usato con {used} non ha nome, e nessuno può citarlo. Dargliene uno, per esempio {name}.",
        )


def _name(change: Changed, source: Source, node: ox.BlankNode, triple: ox.Triple) -> str:
    """A name for a blank node: in the family of its class, after the file or what mentions it."""
    classes = [one.object for one in source.triples if one.subject == node and one.predicate == A]
    known = (_family(change, class_) for class_ in classes if isinstance(class_, ox.NamedNode))
    family = next((name for name in known if name), f"{ID}{slug(shorten(triple.predicate.value).partition(':')[2])}/")
    at = triple.subject.value if isinstance(triple.subject, ox.NamedNode) else source.path.removesuffix(".ttl")
    return shorten(f"{family}{slug(at.rpartition('/')[2])}-1")


def _family(change: Changed, class_: ox.NamedNode) -> str | None:
    """The family that nodes of a class are in."""
    nodes = (node.value for node in change.new.subjects(A, class_) if isinstance(node, ox.NamedNode))
    return next((node[: node.rfind("/") + 1] for node in nodes if node.startswith(ID) and not slip(node)), None)


def _foreign(change: Changed, source: Source, triples: tuple[ox.Triple, ...]) -> Iterator[Finding]:
    """Nodes of the project's classes that are named in somebody else's namespace."""
    for triple in triples:
        subject, _, class_ = triple
        if triple.predicate != A or not isinstance(subject, ox.NamedNode) or not isinstance(class_, ox.NamedNode):
            continue
        if subject.value.startswith(BASE) or slip(subject.value) or not class_.value.startswith(OWN):
            continue
        family = _family(change, class_)
        local = subject.value.rstrip("/#").replace("#", "/").rpartition("/")[2]
        name = shorten(f"{family}{slug(local)}" if family else ID)
        yield _finding(
            change, source, "Reference-iri-foreign", triple, None,
            f"{plain(subject)} is described here as a {shorten(class_.value)}, in another project’s namespace. "
            f"Name the node {name}, and say in data/links/ that it is that one.",
            f"{plain(subject)} è descritto qui come {shorten(class_.value)}, nel namespace di un altro progetto. "
            f"Chiamare il nodo {name}, e dire in data/links/ che è quello.",
        )


def _shared(change: Changed, source: Source, triples: tuple[ox.Triple, ...]) -> Iterator[Finding]:
    """Nodes that another file describes; a file that described a node before the change is its owner."""
    was = change.before.get(source.path)
    before = {triple.subject for triple in was.triples} if was else set()
    seen: set[Subject] = set()
    for triple in triples:
        subject = triple.subject
        if subject in seen or not isinstance(subject, ox.NamedNode):
            continue
        seen.add(subject)
        others = {path for path in change.paths(subject) - {source.path} if kind_of(path) in JUDGED}
        if source.kind == "ontology":
            others = {path for path in others if kind_of(path) != "ontology"}
        if not others or subject in before:
            continue
        owner = min({source.path, *others}, key=lambda path: _rank(change, path, subject))
        if owner != source.path:
            name = shorten(subject.value)
            yield _finding(
                change, source, "Reference-owner", triple, None,
                f"{name} is described in {owner}, and each node in one file. Say it there, or name another node.",
                f"{name} è descritto in {owner}, e ogni nodo in un solo file. Dirlo lì, o indicare un altro nodo.",
            )


def _rank(change: Changed, path: str, subject: ox.NamedNode) -> tuple[bool, bool, bool, str]:
    """What makes a file the owner of a node: it had it before, gives it a class, or is of the ontology; or is first."""
    part = change.part or change
    was = part.before.get(path)
    had = any(triple.subject == subject for triple in was.triples) if was else path not in part.files
    # What the ontology speaks of without a class belongs rather there than in data.
    gives_no_class = path not in {where for where, _ in change.stated(subject, A)}
    return not had, gives_no_class, kind_of(path) != "ontology", path


def _finding(
    change: Changed, source: Source, code: str, triple: ox.Triple, value: str | None, en: str, it: str
) -> Finding:
    subject, predicate, _ = triple
    where = change.place(source.path, subject)
    return Finding(
        code, "violation", plain(subject), predicate.value, value, {"en": en, "it": it}, where, triple
    )
