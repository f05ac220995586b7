"""Reading a shapes graph: its shapes, targets, parameters, paths and messages (SHACL, sections 2 to 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.rdf import PREFIXES

SH = PREFIXES["sh"]
RDF = PREFIXES["rdf"]
RDFS = PREFIXES["rdfs"]
OWL = PREFIXES["owl"]

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal

#: Parameters of the constraint components of SHACL Core (section 4) and ``sh:sparql`` (section 5).
CONSTRAINTS = frozenset(
    SH + name
    for name in (
        "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive minLength "
        "maxLength pattern languageIn uniqueLang equals disjoint lessThan lessThanOrEquals not and or xone node "
        "qualifiedValueShape closed hasValue in sparql"
    ).split()
)
#: Parameters whose values are shapes judged as a part of the shape that names them.
NESTING = tuple(SH + name for name in ("node", "not", "qualifiedValueShape"))
#: The same, with a list of shapes as value.
NESTING_LISTS = tuple(SH + name for name in ("and", "or", "xone"))
TARGETS = tuple(SH + name for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))

_PATH_SUFFIX = {SH + "zeroOrMorePath": "*", SH + "oneOrMorePath": "+", SH + "zeroOrOnePath": "?"}


class Index:
    """Triples by subject and predicate, with the reading of lists and property paths."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self._objects: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            self._objects[triple.subject][triple.predicate.value].append(triple.object)

    def subjects(self) -> list[Term]:
        """Every subject, in the order of first mention."""
        return list(self._objects)

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Every object of this subject and predicate."""
        found = self._objects.get(subject)
        return list(found.get(predicate, ())) if found else []

    def predicates(self, subject: Term) -> list[str]:
        """Every predicate of this subject."""
        return list(self._objects.get(subject, ()))

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list. Raises ShapesError on a list that loops."""
        found, seen = [], set()
        while head != ox.NamedNode(RDF + "nil"):
            rest = self.objects(head, RDF + "rest")
            if head in seen or len(rest) != 1:
                raise ShapesError("A list in the shapes is not well formed.", remedy="Write it as ( … ).")
            seen.add(head)
            found += self.objects(head, RDF + "first")
            head = rest[0]
        return found

    def path_text(self, node: Term) -> str:
        """A SHACL property path in SPARQL syntax. Raises ShapesError on a node that is no path."""
        if isinstance(node, ox.NamedNode):
            return str(node)
        for inner in self.objects(node, SH + "inversePath"):
            return "^" + self.path_text(inner)
        for predicate, suffix in _PATH_SUFFIX.items():
            for inner in self.objects(node, predicate):
                return f"({self.path_text(inner)}){suffix}"
        for inner in self.objects(node, SH + "alternativePath"):
            return "(" + "|".join(self.path_text(member) for member in self.members(inner)) + ")"
        if self.objects(node, RDF + "first"):
            return "(" + "/".join(self.path_text(member) for member in self.members(node)) + ")"
        raise ShapesError("A sh:path is not a property path.", remedy="See SHACL, section 2.3.1.")


class ShapesGraph(Index):
    """The triples of a shapes graph, with the questions the gate asks of it."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        super().__init__(triples)
        self.shapes = frozenset(self._find_shapes())
        self.roots = tuple(sorted((shape for shape in self.shapes if self.targets(shape)), key=str))
        self._referrers = {t.object: t.subject for t in self.triples if isinstance(t.object, ox.BlankNode)}

    def nested(self, shape: Term) -> list[Term]:
        """Shapes that ``shape`` judges its value nodes by, without reporting their results (SHACL, 4.6 and 4.7)."""
        lists = [head for parameter in NESTING_LISTS for head in self.objects(shape, parameter)]
        direct = [value for parameter in NESTING for value in self.objects(shape, parameter)]
        return direct + [member for head in lists for member in self.members(head)]

    def properties(self, shape: Term) -> list[Term]:
        """The property shapes of ``shape`` by ``sh:property``, whose results are reported as such (SHACL, 4.8.1)."""
        return self.objects(shape, SH + "property")

    def parts(self, shape: Term) -> list[Term]:
        """Property shapes and nested shapes together."""
        return self.properties(shape) + self.nested(shape)

    def constraints(self, shape: Term) -> list[tuple[str, Term]]:
        """The constraints a shape carries itself: parameter and value, once for each value (SHACL, 2.1)."""
        return [(p, value) for p in self.predicates(shape) if p in CONSTRAINTS for value in self.objects(shape, p)]

    def targets(self, shape: Term) -> list[tuple[str, Term]]:
        """Target declarations of a shape: predicate and value; an implicit class target (2.1.3.3) as its class."""
        found = [(predicate, value) for predicate in TARGETS for value in self.objects(shape, predicate)]
        classes = {ox.NamedNode(RDFS + "Class"), ox.NamedNode(OWL + "Class")}
        if shape in self.shapes and classes & set(self.objects(shape, RDF + "type")):
            found.append((SH + "targetClass", shape))
        return found

    def deactivated(self, node: Term) -> bool:
        """True if the shape or SPARQL constraint is switched off by ``sh:deactivated true``."""
        values = self.objects(node, SH + "deactivated")
        return any(isinstance(v, ox.Literal) and v.value in ("true", "1") for v in values)

    def messages(self, node: Term) -> list[ox.Literal]:
        """The texts of ``sh:message``."""
        return [value for value in self.objects(node, SH + "message") if isinstance(value, ox.Literal)]

    def severity(self, shape: Term) -> str:
        """IRI of the severity of a shape's results; ``sh:Violation`` unless stated (SHACL, 2.1.4)."""
        stated = self.objects(shape, SH + "severity")
        return stated[0].value if stated else SH + "Violation"

    def named_around(self, node: Term) -> Term:
        """The node if it has a name, else the nearest named node that refers to it."""
        seen: set[Term] = set()
        while not isinstance(node, ox.NamedNode) and node in self._referrers and node not in seen:
            seen.add(node)
            node = self._referrers[node]
        return node

    def name(self, shape: Term) -> str:
        """Local name of the shape, or of the nearest named node around it."""
        named = self.named_around(shape)
        return local_name(named.value) if isinstance(named, ox.NamedNode) else "unnamed"

    def reporting(self) -> set[Term]:
        """The shapes whose results a report can have: those with targets, and their property shapes."""
        return self.reach(self.roots, self.properties)

    def reach(self, start: Iterable[Term], step: Callable[[Term], list[Term]]) -> set[Term]:
        """All shapes that repeated steps lead to, with those they start from."""
        found: set[Term] = set()
        pending = list(start)
        while pending:
            shape = pending.pop()
            if shape not in found:
                found.add(shape)
                pending += step(shape)
        return found

    def path(self, shape: Term) -> str | None:
        """The path of a property shape in SPARQL syntax (SHACL, 2.3.1); None for a node shape."""
        stated = self.objects(shape, SH + "path")
        return self.path_text(stated[0]) if stated else None

    def _find_shapes(self) -> Iterator[Term]:
        """Every node that is a shape (SHACL, 2.1): by type, target, parameter, or use as a shape."""
        kinds = {ox.NamedNode(SH + "NodeShape"), ox.NamedNode(SH + "PropertyShape")}
        for subject in self.subjects():
            if kinds & set(self.objects(subject, RDF + "type")):
                yield subject
            elif any(p in CONSTRAINTS or p in TARGETS or p == SH + "property" for p in self.predicates(subject)):
                yield subject
            yield from self.parts(subject)


def local_name(iri: str) -> str:
    """What follows the last ``#`` of an IRI, or its last ``/``."""
    return iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]
