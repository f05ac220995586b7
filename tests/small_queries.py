"""Small stores and small queries over them, drawn for property tests of what is told of a query and its answer."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st
from kg.engine import Engine
from kg.model import Snapshot

SPACE = "urn:x#"
NODES = [ox.NamedNode(f"{SPACE}{name}") for name in "abc"]
VERBS = [ox.NamedNode(f"{SPACE}{name}") for name in "pqr"]
VALUES = [*NODES, ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")), ox.Literal("t", language="en")]
GRAPHS = [ox.NamedNode(f"{SPACE}{name}") for name in ("g", "h")]
PREFIX = f"PREFIX : <{SPACE}>\n"

_node = st.sampled_from(["?x", "?y", "?z", ":a", ":b", "_:n"])
_verb = st.sampled_from([":p", ":q", ":r", "?v"])
_path = st.sampled_from([":p/:q", "^:p", ":p|:q", ":p*", "(:p|^:q)+", "!:p", "!(:p|^:q)", ":r?", "^(:p/:q)", "(:p/:q)*"])
_value = st.sampled_from(["?x", "?y", "?z", ":b", ":c", "1", '"t"@en', "[ :q ?w ]"])


@st.composite
def engines(draw: st.DrawFn) -> Engine:
    """An engine over a few triples in two graphs and, each once, in the default graph."""
    triple = st.builds(ox.Triple, st.sampled_from(NODES), st.sampled_from(VERBS), st.sampled_from(VALUES))
    store = ox.Store()
    for one, graph in draw(st.lists(st.tuples(triple, st.sampled_from(GRAPHS)), min_size=2, max_size=12)):
        store.add(ox.Quad(one.subject, one.predicate, one.object, graph))
        store.add(ox.Quad(one.subject, one.predicate, one.object))
    return Engine(store, Snapshot("", "", {}, {}, {}, ""))


def patterns(verbs: st.SearchStrategy[str] = _verb) -> st.SearchStrategy[str]:
    """A triple pattern with its dot."""
    return st.builds("{} {} {} .".format, _node, verbs, _value)


any_pattern = patterns(st.one_of(_verb, _path))
filters = st.sampled_from(["FILTER(?x != :a)", "FILTER(?y = :b)", "FILTER(isIRI(?z))", "FILTER EXISTS { ?x :p ?y }", "FILTER(BOUND(?w))"])


def _without_labels(text: str) -> str:
    """A blank node may not stand in two groups (SPARQL 1.1, section 5.1.1)."""
    return text.replace("_:n", "?n")


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(inner, min_size=1, max_size=2).map(lambda parts: _without_labels(" ".join(parts)))
    return st.one_of(
        group.map("OPTIONAL {{ {} }}".format),
        group.map("{{ {} }}".format),
        group.map("MINUS {{ {} }}".format),
        st.builds("GRAPH {} {{ {} }}".format, st.sampled_from(["?g", ":g", ":h"]), group),
        st.builds("{{ {} }} UNION {{ {} }}".format, group, group),
        st.builds("{{ SELECT {} {{ {} }} }}".format, st.sampled_from(["*", "?x", "?y ?w"]), group),
    )


elements = st.recursive(st.one_of(any_pattern, any_pattern, filters), _nested, max_leaves=5)
values = st.sampled_from(["VALUES ?x { :a :b }", "VALUES (?y ?z) { (:b UNDEF) (:c 1) }", "BIND(?x AS ?bound)"])


@st.composite
def groups(draw: st.DrawFn) -> str:
    """What stands in the braces of a query."""
    parts = draw(st.lists(elements, min_size=1, max_size=4))
    if any("{" in part or "FILTER" in part for part in parts):
        parts = [_without_labels(part) for part in parts]
    parts += draw(st.lists(values, max_size=1))
    return "\n  ".join(parts)
