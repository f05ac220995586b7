"""The one canonical layout of Turtle files, so that a diff shows what changed and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.rdf import PREFIXES, shorten

WIDTH = 120
INDENT = 4
#: Deepest nesting of brackets that is read and written; parsers and writers that descend into them overflow.
MAX_NESTING = 100

_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_TYPE, _FIRST, _REST, _NIL = _RDF + "type", _RDF + "first", _RDF + "rest", _RDF + "nil"
_ONTOLOGY = ox.NamedNode(PREFIXES["owl"] + "Ontology")
_LEADING = (
    "rdf:type",
    "rdfs:label",
    "skos:prefLabel",
    "ckg:summary",
    "skos:definition",
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "rdfs:domain",
    "rdfs:range",
)
_TRAILING = re.compile(r"skos:\w*[nN]ote$|rdfs:isDefinedBy$")
_PLAIN = {_XSD + "integer": re.compile(r"0|-?[1-9][0-9]*"), _XSD + "boolean": re.compile(r"true|false")}
_SHORT_ESCAPES = {"\t": "\\t", "\b": "\\b", "\n": "\\n", "\r": "\\r", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
_CONTROLS = frozenset(map(chr, range(32))) | {"\x7f"}
#: Strings, IRIs and comments, the only tokens that can hold a number sign (Turtle 1.1, section 6.5); local names
#: escape theirs.
_OPAQUE = r"""'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3} | "{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}
    | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*" | <[^\x00-\x20<>"]*> | \\. | (?P<comment>\#[^\r\n]*)"""
_TOKEN = re.compile(_OPAQUE, re.VERBOSE | re.DOTALL)
_BRACKETS = re.compile(_OPAQUE + r"| [\[\]()]", re.VERBOSE | re.DOTALL)


def serialize(triples: Iterable[ox.Triple]) -> str:
    """The triples as a Turtle document in the canonical layout, ending with a line feed.

    Isomorphic graphs give the same text. Raises ValueError on a term that RDF 1.1 does not have.
    """
    return _Writer(_canonical(triples)).document()


def strings(text: str) -> Iterator[tuple[int, str]]:
    """The string literals of a Turtle text with their quotation marks, each with its offset."""
    for match in _TOKEN.finditer(text):
        if match.group()[0] in "\"'":
            yield match.start(), match.group()


def deepest(text: str) -> int:
    """How deep the brackets of a Turtle text are nested; where there are only a few, how many there are."""
    opened = text.count("[") + text.count("(")
    if opened <= MAX_NESTING:
        return opened
    depth = most = 0
    for match in _BRACKETS.finditer(text):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(match.group(), 0)
        most = max(most, depth)
    return most


def _canonical(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with canonical labels for blank nodes (RDFC-1.0), each once."""
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in dataset]


class _Writer:
    """The state of writing one document: what is said of each subject, and which blank nodes are nested."""

    def __init__(self, triples: list[ox.Triple]) -> None:
        self._about: dict[object, dict[str, list]] = {}
        self._parents: dict[object, list] = {}
        for triple in triples:
            about = self._about.setdefault(triple.subject, {})
            about.setdefault(triple.predicate.value, []).append(triple.object)
            if isinstance(triple.object, ox.BlankNode):
                self._parents.setdefault(triple.object, []).append(triple.subject)
        self._nested = {node for node in self._parents if self._hangs_below(node)}
        self._prefixes: set[str] = set()

    def _hangs_below(self, node: ox.BlankNode) -> bool:
        """True if the node is the object of one triple only and not part of a cycle."""
        above, seen = node, set()
        while isinstance(above, ox.BlankNode) and len(self._parents.get(above, ())) == 1 and above not in seen:
            seen.add(above)
            above = self._parents[above][0]
        return len(self._parents[node]) == 1 and above != node

    def document(self) -> str:
        """The whole text: prefixes, headers of ontologies, named subjects, then the blank nodes that stay."""
        named = sorted(
            (subject for subject in self._about if isinstance(subject, ox.NamedNode)),
            key=lambda subject: (_ONTOLOGY not in self._about[subject].get(_TYPE, ()), subject.value),
        )
        blank = [node for node in self._about if isinstance(node, ox.BlankNode) and node not in self._nested]
        blocks = [self._block(subject) for subject in named] + sorted(self._block(node) for node in blank)
        prefixes = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in sorted(self._prefixes))
        return "\n".join(([prefixes] if prefixes else []) + [block + "\n" for block in blocks])

    def _block(self, subject: ox.NamedNode | ox.BlankNode) -> str:
        lines = self._predicates(subject, INDENT)
        return "\n".join([self._subject(subject), *(" " * INDENT + line for line in lines[:-1])]) + (
            f"\n{' ' * INDENT}{lines[-1][: -len(' ;')]} ."
        )

    def _subject(self, subject: ox.NamedNode | ox.BlankNode) -> str:
        if isinstance(subject, ox.BlankNode):
            return _label(subject) if subject in self._parents else "[]"
        return self._name(subject.value)

    def _predicates(self, subject: object, indent: int) -> list[str]:
        """One text per predicate, each ending with `` ;``; its further lines are indented already."""
        texts = []
        for predicate in sorted(self._about[subject], key=_predicate_rank):
            name = "a" if predicate == _TYPE else self._name(predicate)
            objects = self._about[subject][predicate]
            texts.append(f"{name}{self._objects(objects, indent, len(name))} ;")
        return texts

    def _objects(self, objects: list, indent: int, taken: int) -> str:
        """The objects of one predicate: after it on its line if they fit, else each on a line of its own."""
        ordered = sorted((((_rank(one), self._inline(one)), one) for one in objects), key=lambda pair: pair[0])
        line = " , ".join(text for (_, text), _ in ordered)
        if "\n" not in line and indent + taken + 1 + len(line) + 2 <= WIDTH:
            return " " + line
        if len(ordered) == 1:
            return " " + self._term(ordered[0][1], indent)
        deeper = indent + INDENT
        separator = " ,\n" + " " * deeper
        return "\n" + " " * deeper + separator.join(self._term(one, deeper) for _, one in ordered)

    def _term(self, term: object, indent: int) -> str:
        """A term that starts at this indentation, over several lines if it is too long for one."""
        text = self._inline(term)
        if not isinstance(term, ox.BlankNode) or term not in self._nested:
            return text
        if "\n" not in text and indent + len(text) <= WIDTH:
            return text
        deeper, margin = indent + INDENT, "\n" + " " * (indent + INDENT)
        items = self._items(term)
        if items is not None:
            return "(" + "".join(margin + self._term(item, deeper) for item in items) + "\n" + " " * indent + ")"
        lines = self._predicates(term, deeper) if term in self._about else []
        return "[" + "".join(margin + line for line in lines) + "\n" + " " * indent + "]"

    def _inline(self, term: object) -> str:
        """A term on one line (a string with line feeds keeps them)."""
        if isinstance(term, ox.NamedNode):
            return "()" if term.value == _NIL else self._name(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if not isinstance(term, ox.BlankNode):
            raise ValueError(f"Unexpected term: {term!r}")
        if term not in self._nested:
            return _label(term)
        items = self._items(term)
        if items is not None:
            return "( " + " ".join(self._inline(item) for item in items) + " )"
        parts = []
        for predicate in sorted(self._about.get(term, ()), key=_predicate_rank):
            name = "a" if predicate == _TYPE else self._name(predicate)
            objects = sorted((_rank(one), self._inline(one)) for one in self._about[term][predicate])
            parts.append(f"{name} " + " , ".join(text for _, text in objects))
        return "[ " + " ; ".join(parts) + " ]" if parts else "[]"

    def _items(self, node: object) -> list | None:
        """The members of a well-formed list that is written here as a whole (RDF Schema 1.1, section 5.2), or None."""
        items = []
        while node != ox.NamedNode(_NIL):
            about = self._about.get(node)
            if node not in self._nested or about is None or set(about) != {_FIRST, _REST}:
                return None
            if len(about[_FIRST]) != 1 or len(about[_REST]) != 1:
                return None
            items.append(about[_FIRST][0])
            node = about[_REST][0]
        return items

    def _name(self, iri: str) -> str:
        name = shorten(iri)
        if not name.startswith("<"):
            self._prefixes.add(name.partition(":")[0])
        return name

    def _literal(self, literal: ox.Literal) -> str:
        if literal.language:
            direction = getattr(literal, "direction", None)
            if direction is not None:
                raise ValueError(f"Unexpected term: {literal!r}")
            return f"{_quoted(literal.value)}@{literal.language}"
        datatype = literal.datatype.value
        if datatype == _XSD + "string":
            return _quoted(literal.value)
        if datatype in _PLAIN and _PLAIN[datatype].fullmatch(literal.value):
            return literal.value
        return f"{_quoted(literal.value)}^^{self._name(datatype)}"


def _predicate_rank(iri: str) -> tuple[int, str]:
    """What comes first in a block: type, labels, definition and hierarchy, then the rest, then notes."""
    name = shorten(iri)
    if name in _LEADING:
        return _LEADING.index(name), ""
    trailing = bool(_TRAILING.match(name))
    return len(_LEADING) + trailing + (name == "rdfs:isDefinedBy"), name


def _rank(term: object) -> tuple[int, str]:
    """Names and values first, English before the other languages and those by their tags, blank nodes last."""
    if isinstance(term, ox.BlankNode):
        return 2, ""
    language = getattr(term, "language", None) or ""
    return (0 if language in ("", "en") else 1), language


def _label(node: ox.BlankNode) -> str:
    return "_:b" + node.value.removeprefix("c14n")


def _quoted(value: str) -> str:
    """A string in double quotes, three of them if it has several lines (Turtle 1.1, section 2.5.1)."""
    if "\n" not in value:
        return f'"{_escaped(value)}"'
    # A quotation mark before another one, or before the closing three, must not add up to three with them.
    parts = re.split(r'("(?="|\Z))', value)
    body = "".join('\\"' if index % 2 else _escaped(part, '\n"') for index, part in enumerate(parts))
    return f'"""{body}"""'


def _escaped(value: str, keep: str = "") -> str:
    """The value with escapes for what may not stand in a string, except the characters of ``keep``."""
    return "".join(
        character
        if character in keep
        else _SHORT_ESCAPES.get(character) or (f"\\u{ord(character):04X}" if character in _CONTROLS else character)
        for character in value
    )
