"""Reading the files of the repository as strictly as their formats say, with errors that say where and what to do.

All are in Turtle but the ledger of links, which is a table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.rdf import LEDGER
from kg.reading.decoding import decode
from kg.reading.document import Document
from kg.reading.syntax import LARGEST, quads
from kg.reading.turtle import read

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def parse_turtle(content: bytes, origin: str) -> list[ox.Triple]:
    """The triples of a Turtle text. Raises SourceError with ``origin``, line and column (in code points); ``errors`` has
    every fault of the text."""
    return [quad.triple for quad in quads(content, origin)]


def parse_file(content: bytes, path: str) -> list[ox.Triple]:
    """The triples of a file of the repository, in Turtle or, of the ledger, in its own table. Raises as ``parse_turtle``
    does."""
    # Also of a revision, which is named before the path.
    if path.endswith(LEDGER):
        return _tables().parse(decode(content, path, LARGEST), path)
    return parse_turtle(content, path)


def placed(text: str, path: str) -> Document:
    """The text of a file of the repository with the place of every term, and its faults if it is in Turtle."""
    return _tables().document(text) if path.endswith(LEDGER) else read(text)


def _tables() -> ModuleType:
    """How the ledger is read, loaded when one is: few who start the programme read it."""
    return import_module("kg.linking.compiled")


def refuse_blank_nodes(triples: Iterable[ox.Triple], content: bytes, path: str) -> None:
    """Raise SourceError, with line and column, if a file that may hold no blank nodes has one."""
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            document = read(content.decode("utf-8"))
            place = document.place(document.blank_nodes[0].start) if document.blank_nodes else ()
            raise SourceError(
                f"Data may hold no blank nodes, but one is used with {triple.predicate}.",
                remedy="Give the node an IRI of its own.",
                where=Where(path, *place),
                kind="blank-node",
                italian=f"I dati non possono avere nodi anonimi, ma uno è usato con {triple.predicate}. Dargli un IRI.",
            )


def named_alike(triples: Iterable[ox.Triple], origin: str) -> tuple[ox.Triple, ...]:
    """The triples of a text with the blank nodes named by their order and by ``origin``.

    A parser names them at random; so named they are the same whenever the text is, and no other text has them.
    """
    begin = hashlib.sha256(origin.encode("utf-8")).hexdigest()[:8]
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: _Term) -> _Term:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"b{begin}x{len(names)}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(named(term.subject), term.predicate, named(term.object))
        return term

    return tuple(ox.Triple(named(one.subject), one.predicate, named(one.object)) for one in triples)
