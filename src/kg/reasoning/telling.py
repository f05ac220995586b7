"""Proofs for readers: as a tree of text, as JSON, as RDF."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.rdf import BASE, PREFIXES, shorten
from kg.reasoning.engine import LIST
from kg.reasoning.lists import FIRST, ITEM, REST
from kg.reasoning.places import Place
from kg.reasoning.proofs import Proof, Statement, show, show_term
from kg.reasoning.rules import RULE, Rule
from kg.turtle import serialize

_STRUCTURE = (FIRST, REST, ITEM)
_LIST_SAYS = {"en": "The nodes of a list belong to it.", "it": "I nodi di una lista le appartengono."}
#: Language → the words of a proof.
_WORDS = {
    "en": {"above": "proved above", "by": "by", "stated": "stated in", "evidence": "evidence",
        "denied": "is neither stated nor follows", "unknown": "Nothing here is called {name}: did you mean {near}?"},
    "it": {"above": "già dimostrato", "by": "per", "stated": "affermato in", "evidence": "prova",
        "denied": "non è affermato né ne consegue", "unknown": "Qui nulla si chiama {name}: si intendeva {near}?"},
}


@dataclass(frozen=True)
class Ground:
    """What an asserted statement stands on: the places that state it, and the evidence of its subject (IRIs)."""

    places: tuple[Place, ...] = ()
    evidence: tuple[str, ...] = ()


#: From an asserted statement to what it stands on.
Grounds = Callable[[Statement], Ground]


def to_text(proof: Proof, rules: Mapping[str, Rule], grounds: Grounds, language: str = "en") -> str:
    """The proof as a tree, one statement a line; one that was proved above is not proved again."""
    return "\n".join(_Tree(rules, grounds, language).lines(proof, "", "")) + "\n"


def to_json(proof: Proof, rules: Mapping[str, Rule], grounds: Grounds, language: str = "en") -> str:
    """The proof as nested objects: terms as in N-Triples and as a reader writes them (``shown``), and ``asserted`` or
    ``rule`` with ``premises``; of these, those that only hold a list together have ``list``."""
    return json.dumps(_object(proof, rules, grounds, language, {}), ensure_ascii=False, indent=2) + "\n"


def to_turtle(proof: Proof, grounds: Grounds) -> str:
    """The proof as statements (rdf:Statement) derived from one another, with the rule that each conforms to."""
    return serialize(dict.fromkeys(triple for one in proof.walk() for triple in _triples(one, grounds)))


def denied(triple: ox.Triple, language: str = "en") -> str:
    """That a triple has no proof, in a sentence."""
    statement = show((triple.subject, triple.predicate, triple.object))
    return f"{statement} {_WORDS[language]['denied']}."


def meant(slips: Mapping[str, str], language: str = "en") -> str:
    """Which names (IRIs) are not known, and which alike ones are, a sentence each; empty if there are none."""
    told = ({"name": shorten(name), "near": shorten(near)} for name, near in slips.items())
    return " ".join(_WORDS[language]["unknown"].format(**one) for one in told)


class _Tree:
    """Writes proofs as text, each statement once."""

    def __init__(self, rules: Mapping[str, Rule], grounds: Grounds, language: str) -> None:
        self._rules, self._grounds, self._language = rules, grounds, language
        self._words = _WORDS[language]
        self._seen: set[Proof] = set()

    def lines(self, proof: Proof, lead: str, below: str) -> Iterator[str]:
        """The lines of a proof: the first after ``lead``, the others after ``below``."""
        names = _lists(proof)
        yield lead + show(proof.statement, names)
        if not proof.rule:
            yield from self._ground(proof.statement, below)
            return
        if proof in self._seen:
            yield f"{below}  {self._words['above']}"
            return
        self._seen.add(proof)
        yield f"{below}  {self._words['by']} {proof.rule}: {_says(proof.rule, self._rules, self._language)}"
        told = [premise for premise in proof.premises if not _is_structure(premise)]
        for place, premise in enumerate(told):
            turn, gap = ("└─ ", "   ") if place == len(told) - 1 else ("├─ ", "│  ")
            if premise.rule:
                yield from self.lines(premise, f"{below}  {turn}", f"{below}  {gap}")
            else:
                yield f"{below}  {turn}{show(premise.statement, names)}"
                yield from self._ground(premise.statement, f"{below}  {gap}")

    def _ground(self, statement: Statement, below: str) -> Iterator[str]:
        ground = self._grounds(statement)
        yield from (f"{below}  {self._words['stated']} {place}" for place in ground.places)
        yield from (f"{below}  {self._words['evidence']} {shorten(one)}" for one in ground.evidence)


def _is_structure(proof: Proof) -> bool:
    """True for what only holds a list without a name together: it is told by writing the list."""
    subject, predicate, _ = proof.statement
    return isinstance(subject, ox.BlankNode) and predicate in _STRUCTURE and proof.rule in ("", LIST)


def _lists(proof: Proof) -> dict[object, str]:
    """How to write the lists without names that the premises of a proof read: as in Turtle, … for other members."""
    used = [*proof.premises, *(inner for one in proof.premises if one.rule == LIST for inner in one.premises)]
    stated = [one.statement for one in used if _is_structure(one)]
    firsts = {subject: object_ for subject, predicate, object_ in stated if predicate == FIRST}
    rests = {subject: object_ for subject, predicate, object_ in stated if predicate == REST}
    written = {}
    for head in rests.keys() - set(rests.values()):
        node, members = head, []
        while node in rests:
            members.append(show_term(firsts[node]) if node in firsts else "…")
            node = rests[node]
        written[head] = f"( {' '.join(members)} )"
    return written


def _says(rule: str, rules: Mapping[str, Rule], language: str) -> str:
    if rule == LIST:
        return _LIST_SAYS[language]
    header = rules[rule].header
    return header.get(f"says@{language}") or header["says"]


def _object(
    proof: Proof, rules: Mapping[str, Rule], grounds: Grounds, language: str, names: Mapping[object, str]
) -> dict[str, object]:
    told: dict[str, object] = dict(zip(("subject", "predicate", "object"), map(str, proof.statement), strict=True))
    written = {**names, **_lists(proof)}
    told["shown"] = [written.get(term) or show_term(term) for term in proof.statement]
    if _is_structure(proof):
        told["list"] = True
    if proof.rule:
        told["rule"] = proof.rule
        told["says"] = _says(proof.rule, rules, language)
        if proof.rule in rules:
            told["source"] = rules[proof.rule].header["source"]
        told["premises"] = [_object(premise, rules, grounds, language, written) for premise in proof.premises]
        return told
    ground = grounds(proof.statement)
    told["asserted"] = [{"file": one.path, "line": one.line, "graph": one.graph} for one in ground.places]
    if ground.evidence:
        told["evidence"] = list(ground.evidence)
    return told


def _node(statement: Statement) -> ox.NamedNode:
    digest = hashlib.sha256(" ".join(map(str, statement)).encode("utf-8")).hexdigest()
    return ox.NamedNode(f"{BASE}statement/{digest[:16]}")


def _triples(proof: Proof, grounds: Grounds) -> Iterator[ox.Triple]:
    node = _node(proof.statement)

    def say(name: str, value: object) -> ox.Triple:
        prefix, _, local = name.partition(":")
        return ox.Triple(node, ox.NamedNode(PREFIXES[prefix] + local), value)

    yield say("rdf:type", ox.NamedNode(PREFIXES["rdf"] + "Statement"))
    for name, term in zip(("subject", "predicate", "object"), proof.statement, strict=True):
        yield say(f"rdf:{name}", term)
    if proof.rule:
        yield say("dcterms:conformsTo", ox.NamedNode(RULE + proof.rule))
        yield from (say("prov:wasDerivedFrom", _node(premise.statement)) for premise in proof.premises)
        return
    ground = grounds(proof.statement)
    for place in ground.places:
        yield say("dcterms:isPartOf", ox.NamedNode(place.graph))
        yield say("rdfs:comment", ox.Literal(str(place)))
    yield from (say("prov:wasInfluencedBy", ox.NamedNode(one)) for one in ground.evidence)
