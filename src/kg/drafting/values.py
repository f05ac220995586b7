"""What there is to choose from for a field, and terms from what somebody types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyoxigraph as ox

from kg.drafting.forms import LANG_STRING, Field
from kg.errors import SettingError
from kg.gate.dates import span
from kg.gate.figures import together
from kg.gate.hierarchy import Hierarchy
from kg.gate.state import State
from kg.rdf import FAMILIES, ID, PREFIXES, shorten

CKG, XSD = PREFIXES["ckg"], PREFIXES["xsd"]
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
DATE_SPAN = CKG + "DateSpan"
EDTF = ox.NamedNode(PREFIXES["edtf"] + "EDTF")
_TITLES = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (
        ("rdfs", "label"),
        ("skos", "prefLabel"),
        ("ckg", "summary"),
        ("ckg", "edtf"),
        ("ckg", "wording"),
    )
)
#: What a literal of a datatype looks like, and how that is said.
_LEXICAL = {
    XSD + "boolean": (re.compile(r"true|false"), "true or false"),
    XSD + "integer": (re.compile(r"0|-?[1-9][0-9]*"), "a whole number"),
    XSD + "decimal": (re.compile(r"-?[0-9]+(?:\.[0-9]+)?"), "a number"),
    XSD + "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day as YYYY-MM-DD"),
    XSD + "anyURI": (re.compile(r"https?://[^\s<>\"]+"), "an address"),
}
_LOCAL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_EDTF_WORDS = (
    ("../", "until-"),
    ("/..", "-on"),
    ("/", "-to-"),
    ("~", "-about"),
    ("?", "-maybe"),
    ("%", "-about-maybe"),
)


@dataclass(frozen=True)
class Choice:
    """Something that exists and fits a field: its IRI and its labels by language."""

    iri: str
    labels: Mapping[str, str]

    def told(self, language: str) -> str:
        """Its name and its label in a language, or in any."""
        label = self.labels.get(language) or next(iter(self.labels.values()), "")
        return shorten(self.iri) + (f"  {label}" if label else "")


def choices(field: Field, state: State, hierarchy: Hierarchy) -> list[Choice]:
    """All that exists and fits a field, by name: every node of the project where the shapes leave it open."""
    listed = [one.value for one in field.values if isinstance(one, ox.NamedNode)]
    if listed or field.is_literal:
        return [Choice(iri, labels_of(iri, state)) for iri in listed]
    sets = [{node.value for node in state.subjects(path, value) if _named(node)} for path, value in field.having]
    sets += [{node for one in options for node in hierarchy.members(one)} for options in field.classes]
    if not sets:
        sets = [
            {t.subject.value for t in state.triples(None, TYPE) if _named(t.subject) and t.subject.value.startswith(ID)}
        ]
    found = set.intersection(*sets)
    return [Choice(iri, labels_of(iri, state)) for iri in sorted(found)]


def _iri(value: str) -> ox.NamedNode:
    return ox.NamedNode(value)


def _named(node: object) -> bool:
    return isinstance(node, ox.NamedNode)


def labels_of(iri: str, state: State) -> dict[str, str]:
    """What names a node for a reader, by language: its label, else its summary, its date or its wording; of a node that
    has none, such as evidence, those of the first node that points to it."""
    named = own_labels(iri, state)
    if named:
        return named
    pointing = {triple.subject.value for triple in state.triples(None, None, _iri(iri)) if _named(triple.subject)}
    return next((found for one in sorted(pointing) if (found := own_labels(one, state))), {})


def own_labels(iri: str, state: State) -> dict[str, str]:
    """What names a node itself, by language; nothing if it has no name."""
    node = _iri(iri)
    for predicate in _TITLES:
        found = {one.language or "": one.value for one in state.objects(node, predicate) if isinstance(one, ox.Literal)}
        if found:
            return found
    return {}


def search(options: Sequence[Choice], text: str) -> list[Choice]:
    """The choices whose name or a label has all these words, without regard to case and accents; else near names."""
    words = folded(text).split()
    fitting = [one for one in options if all(word in _searched(one) for word in words)]
    if fitting:
        return fitting
    names = {shorten(one.iri): one for one in options}
    return [names[name] for name in get_close_matches(text, list(names), 5)]


def _searched(one: Choice) -> str:
    return folded(" ".join((shorten(one.iri), *one.labels.values())))


def folded(text: str) -> str:
    """The text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def iri_of(text: str) -> str | None:
    """The IRI of a prefixed name or of an IRI with or without angle brackets; None if it is neither."""
    if text.startswith(("http://", "https://")) or text.startswith("<") and text.endswith(">"):
        value = text.strip("<>")
        return None if re.search(r"[\s<>\"{}|^`\\]", value) else value
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES and re.fullmatch(r"[\w.-]+", local) else None


def node(field: Field, text: str, options: Sequence[Choice]) -> ox.NamedNode:
    """The node that is meant: by name, or by a label that only one has. Raises SettingError with the nearest names."""
    named = [one for one in options if one.iri == iri_of(text)]
    named = named or [one for one in options if folded(text) in map(folded, one.labels.values())]
    if len(named) == 1:
        return ox.NamedNode(named[0].iri)
    names = [shorten(one.iri) for one in options]
    found = [shorten(one.iri) for one in named or search(options, text.rpartition(":")[2])]
    near = together(text, dict.fromkeys([*get_close_matches(text, names, 3, 0.75), *found]))[:5]
    raise SettingError(
        f"{field.name} cannot be {text!r}: nothing that fits it has that name.",
        remedy=f"Did you mean {', '.join(near)}?" if near else "Describe it first, or correct the name.",
    )


def literal(field: Field, text: str, language: str = "") -> ox.Literal:
    """The literal that is meant, of the field's datatype and language. Raises SettingError saying what is expected."""
    datatype = field.datatype or XSD + "string"
    if field.languages or datatype == LANG_STRING or language:
        allowed = field.languages or ("en", "it")
        if language not in allowed:
            raise SettingError(f"{field.name} needs a language.", remedy=f"Write {field.name}@{allowed[0]}=….")
        if field.longest and len(text) > field.longest:
            raise SettingError(
                f"{field.name} has {len(text)} characters.", remedy=f"It may have {field.longest} at most."
            )
        return ox.Literal(text, language=language)
    pattern, said = _LEXICAL.get(datatype, (re.compile(r".+", re.DOTALL), "a text"))
    if not pattern.fullmatch(text):
        raise SettingError(f"{field.name} cannot be {text!r}.", remedy=f"It is {said}.")
    if datatype == EDTF.value:
        days(text)
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def days(text: str) -> tuple[str | None, str | None]:
    """The first and the last day of an EDTF date. Raises SettingError if it is none."""
    try:
        found = span(text)
    except ValueError as error:
        remedy = "Write it as 2025-09-04, 2024-12~ or 2025-09/..."
        raise SettingError(f"{text!r} is no EDTF date: {error}.", remedy=remedy) from None
    return found.first, found.last


def date(text: str, stem: str, taken: Iterable[str]) -> tuple[ox.NamedNode, list[ox.Triple]]:
    """A new date node for an EDTF date, named after ``stem`` and the date, with its first and last day."""
    first, last = days(text)
    local = text.lower()
    for sign, word in _EDTF_WORDS:
        local = local.replace(sign, word)
    local = "-".join(re.findall(r"[a-z0-9]+", f"{stem}-{local}"))
    iri = _iri(free(f"{ID}{FAMILIES['date']}{local}", taken))
    triples = [
        ox.Triple(iri, TYPE, _iri(DATE_SPAN)),
        ox.Triple(iri, _iri(CKG + "edtf"), ox.Literal(text, datatype=EDTF)),
    ]
    ends = (("earliest", first), ("latest", last))
    day = ox.NamedNode(XSD + "date")
    return iri, triples + [ox.Triple(iri, _iri(CKG + name), ox.Literal(end, datatype=day)) for name, end in ends if end]


def free(iri: str, taken: Iterable[str]) -> str:
    """The IRI if it is not taken, else with the first number that makes it free."""
    known, number, found = set(taken), 2, iri
    while found in known:
        found, number = f"{iri}-{number}", number + 1
    return found


def local_name(text: str) -> str:
    """A local name from words: lower-case letters, figures and hyphens; empty if there are none."""
    return "-".join(re.findall(r"[a-z0-9]+", folded(text).replace("'", "").replace("’", "")))


def is_local(text: str) -> bool:
    """True if the text may stand as the local name of a node: lower-case letters, figures, single hyphens."""
    return bool(_LOCAL.fullmatch(text))
