"""A proof as a page tells it: sentences of names, for the facts and for the terms of the vocabulary that they rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import pyoxigraph as ox

from kg.pages.facts import Said
from kg.pages.spans import spoken
from kg.rdf import PREFIXES

_PARTS = ("subject", "predicate", "object")
_OWL, _RDF = PREFIXES["owl"], PREFIXES["rdf"]
_TYPE = _RDF + "type"
_DATES = (PREFIXES["xsd"] + "date", PREFIXES["edtf"] + "EDTF")
#: What a restriction is made of: its name tells it.
_RESTRICTED = (_OWL + "onProperty", _OWL + "hasValue")
#: How the key of a sentence begins: one for a predicate, one for a predicate with a certain value.
_SAYS = "explain-says-"
_PLAIN, _OF_SUBJECT = "explain-statement", "explain-of-subject"
_RULE = "explain-rule-"

#: A part of a sentence: words, or what is named at that place, one after another.
Piece = str | tuple[Said, ...]
#: A proof as JSON has it.
Proved = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A file that states something (the IRI of its graph), and the lines."""

    file: str
    graph: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Reason:
    """What holds, in a sentence and as it is ``written`` in prefixed names, and why.

    If it follows: the ``rule``, what that is called and what it says, and the reasons that it rests on. If it is stated:
    the places, and the evidence (IRIs) of it. A reason with ``subject`` tells several facts of that, each in a sentence
    of its own among ``because``.
    """

    sentence: tuple[Piece, ...]
    written: str = ""
    rule: str = ""
    called: str = ""
    says: str = ""
    because: tuple[Reason, ...] = ()
    places: tuple[Place, ...] = ()
    evidence: tuple[str, ...] = ()
    subject: Said | None = None


def mentioned(proof: Proved) -> list[str]:
    """The IRIs that a proof names, each once."""
    return list(dict.fromkeys(iri for one in _walk(proof) for part in _PARTS for iri in _iris(one, part)))


def evidence_of(proof: Proved) -> list[str]:
    """The evidence (IRIs) that a proof rests on, each once."""
    return list(dict.fromkeys(iri for one in _walk(proof) for iri in one.get("evidence", ())))


def reason(proof: Proved, name: Callable[[str], Said], words: Mapping[str, str], language: str) -> Reason:
    """A proof in the ``words`` of a language; ``name`` says what an IRI is called."""
    return _Teller(proof, name, words, language).told(proof)


class _Teller:
    """Tells the statements of one proof."""

    def __init__(self, proof: Proved, name: Callable[[str], Said], words: Mapping[str, str], language: str) -> None:
        self._name, self._words, self._language = name, words, language
        #: Blank nodes that are restrictions to a value: property and value, by label.
        self._parts: dict[str, dict[str, Proved]] = {}
        for one in _walk(proof):
            if one["subject"].startswith("_:") and _bare(one["predicate"]) in _RESTRICTED:
                self._parts.setdefault(one["subject"], {})[_bare(one["predicate"])] = one

    def told(self, proof: Proved) -> Reason:
        """A statement with what it rests on: facts first, then what the vocabulary says."""
        sentence, is_axiom = self._sentence(proof)
        written = " ".join(proof["shown"])
        if not proof.get("rule"):
            return Reason(sentence, written, places=_places([proof]), evidence=tuple(proof.get("evidence", ())))
        premises = [one for one in proof["premises"] if "list" not in one and not self._is_part(one)]
        premises.sort(key=lambda one: self._sentence(one)[1])
        because = tuple(self._grouped(premises))
        return Reason(sentence, written, proof["rule"], self._called(proof["rule"]), proof["says"], because)

    def _grouped(self, premises: Sequence[Proved]) -> Iterator[Reason]:
        """The premises; what is stated of one thing is told together, where the first of it stands."""
        groups: dict[object, list[Proved]] = {}
        for number, one in enumerate(premises):
            alone = one.get("rule") or self._sentence(one)[1]
            groups.setdefault(number if alone else one["subject"], []).append(one)
        for together in groups.values():
            if len(together) == 1:
                yield self.told(together[0])
                continue
            evidence = dict.fromkeys(iri for one in together for iri in one.get("evidence", ()))
            facts = tuple(Reason(self._filled(_OF_SUBJECT, one), " ".join(one["shown"])) for one in together)
            (subject,) = self._terms(together[0], "subject")
            yield Reason((), because=facts, places=_places(together), evidence=tuple(evidence), subject=subject)

    def _sentence(self, one: Proved) -> tuple[tuple[Piece, ...], bool]:
        """The sentence of a statement; True if it is one that only a vocabulary says."""
        _, predicate, value = one["shown"]
        for key, is_axiom in ((f"{_SAYS}{predicate}-{value}", True), (_SAYS + predicate, one["predicate"] != f"<{_TYPE}>")):
            if key in self._words:
                return self._filled(key, one), is_axiom
        return self._filled(_PLAIN, one), False

    def _filled(self, key: str, one: Proved) -> tuple[Piece, ...]:
        """A sentence with the terms of a statement at their places: subject, predicate and object."""
        found: list[Piece] = []
        for text, place, _, _ in Formatter().parse(self._words[key]):
            found += [text] if text else []
            found += [self._terms(one, _PARTS[int(place)])] if place else []
        return tuple(found)

    def _terms(self, one: Proved, part: str) -> tuple[Said, ...]:
        members, term, nameless = _members(one, part), one[part], self._words["explain-nameless"]
        if members:
            return tuple(self._name(iri) if iri else Said(nameless) for iri in members)
        if term.startswith("_:"):
            return (Said(self._restriction(term) or nameless),)
        return (_literal(term, self._language),)

    def _restriction(self, node: str) -> str:
        """A class that has no name but a value that each of its members has; empty if it is none."""
        parts = self._parts.get(node, {})
        if len(parts) < len(_RESTRICTED):
            return ""
        texts = (self._terms(parts[one], "object")[0].text for one in _RESTRICTED)
        return self._words["explain-restriction"].format(*texts)

    def _is_part(self, one: Proved) -> bool:
        return one["subject"].startswith("_:") and bool(self._restriction(one["subject"]))

    def _called(self, rule: str) -> str:
        family = rule.partition("-")[0]
        return self._words.get(_RULE + rule) or self._words.get(_RULE + family, "")


def _walk(proof: Proved) -> Iterator[Proved]:
    yield proof
    for premise in proof.get("premises", ()):
        yield from _walk(premise)


def _iris(one: Proved, part: str) -> list[str]:
    """The IRIs of a part of a statement."""
    return [iri for iri in _members(one, part) if iri]


def _members(one: Proved, part: str) -> list[str]:
    """The IRI of a part of a statement, or those of what a list holds, as it is shown; empty for what has none."""
    term, shown = one[part], one["shown"][_PARTS.index(part)]
    if term.startswith("<"):
        return [_bare(term)]
    if term.startswith("_:") and shown.startswith("( "):
        return [_expanded(name) for name in shown.strip("() ").split()]
    return []


def _literal(term: str, language: str) -> Said:
    """A literal as N-Triples have it, for a reader of a language."""
    (quad,) = ox.parse(f"<urn:s> <urn:p> {term} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    value = quad.object
    if value.datatype.value in _DATES:
        return Said(spoken(value.value, language))
    return Said(value.value, value.language if value.language and value.language != language else "")


def _expanded(name: str) -> str:
    """The IRI that a name or an IRI in pointed brackets stands for; empty if it is neither."""
    prefix, _, local = name.partition(":")
    if prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return _bare(name) if name.startswith("<") else ""


def _bare(term: str) -> str:
    return term.removeprefix("<").removesuffix(">")


def _places(some: Sequence[Proved]) -> tuple[Place, ...]:
    """Where statements stand: each file once, with its lines."""
    lines: dict[tuple[str, str], list[int]] = {}
    for one in some:
        for place in one.get("asserted", ()):
            known = lines.setdefault((place["file"], place["graph"]), [])
            known += [place["line"]] if place["line"] and place["line"] not in known else []
    return tuple(Place(file, graph, tuple(sorted(found))) for (file, graph), found in lines.items())

