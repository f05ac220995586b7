"""A question why something holds, from the terms that somebody wrote to the proof as somebody reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

import pyoxigraph as ox

from kg.errors import QueryError, SourceError, Where
from kg.model import Corpus
from kg.parsing import parse_turtle
from kg.rdf import JUDGED, PREFIXES
from kg.reasoning.asked import explain_asked
from kg.reasoning.engine import Inference
from kg.reasoning.places import Places
from kg.reasoning.proofs import Proof, Statement, explain
from kg.reasoning.rules import Rule
from kg.reasoning.telling import Ground, to_json, to_text, to_turtle

FORMATS = ("text", "json", "turtle")
#: The parts of a triple, as they are asked for.
PARTS = ("subject", "predicate", "object")
_EVIDENCE = ox.NamedNode(PREFIXES["ckg"] + "evidence")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_DECLARED = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
_BEFORE = "<urn:s> <urn:p> "
#: How alike a name must be to be offered for another, in percent.
_ALIKE = 60
_BARE = ("http://", "https://", "urn:")


def read_triple(subject: str, predicate: str, object_: str) -> ox.Triple:
    """The triple of three terms written as in Turtle: prefixed names, IRIs (also without brackets), ``a``, literals.

    Raises QueryError with the place, in the term, of what cannot be read.
    """
    terms = [_term(part, text) for part, text in zip(PARTS, (subject, predicate, object_), strict=True)]
    for part, text, term in zip(PARTS, (subject, predicate), terms[:2], strict=False):
        if not isinstance(term, ox.NamedNode):
            raise _unreadable(part, text, "it is no IRI", Where(part, 1, 1))
    return ox.Triple(*terms)


def _term(part: str, text: str) -> ox.NamedNode | ox.Literal:
    if part == "predicate" and text.strip() == "a":
        return _TYPE
    written = f"<{text.strip()}>" if text.strip().startswith(_BARE) else text
    try:
        # Below the term, so that one that ends in a comment cannot hide the dot.
        found = parse_turtle(f"{_DECLARED}{_BEFORE}{written}\n.".encode(), part)
    except SourceError as error:
        reason = error.message.rstrip(".").replace("RDF object", "term")
        raise _unreadable(part, text, reason, _within(part, text, error.where)) from None
    except ValueError:
        raise _unreadable(part, text, "it is no text in Unicode", Where(part, 1, 1)) from None
    if len(found) != 1 or isinstance(found[0].object, ox.BlankNode):
        raise _unreadable(part, text, "it is not one term that has a name", Where(part, 1, 1))
    return found[0].object


def _within(part: str, text: str, where: Where | None) -> Where:
    """A place in the text that is parsed, as a place in the term."""
    line = (where.line if where else None) or len(PREFIXES) + 1
    column = (where.column if where else None) or 1
    line -= len(PREFIXES)
    if line > text.count("\n") + 1:
        # What is missing at the end of the term is only missed after it.
        return Where(part, text.count("\n") + 1, len(text) - text.rfind("\n"))
    return Where(part, line, max(1, column - len(_BEFORE)) if line == 1 else column)


def _unreadable(part: str, text: str, reason: str, where: Where) -> QueryError:
    return QueryError(
        f"The {part} {text[:100]!r} cannot be read: {reason}.",
        remedy='Write one term as in Turtle, such as actor:italy, <https://example.org/x> or "text"@en.',
        where=where,
    )


class Explainer:
    """Explains the triples of some files. Conclusions are drawn when it is made."""

    def __init__(self, corpus: Corpus, rules: tuple[Rule, ...], read: Callable[[str], str]) -> None:
        """``read`` gives the text of a file by its path."""
        self._inference = Inference(rules, (t for source in corpus.of_kind(*JUDGED) for t in source.triples))
        self._rules: Mapping[str, Rule] = {rule.name: rule for rule in rules}
        self._places = Places(corpus, read)
        self._names: set[str] = set()
        self._evidence: dict[object, list[str]] = {}
        for source in corpus.of_kind(*JUDGED):
            for triple in source.triples:
                self._names.update(one.value for one in triple if isinstance(one, ox.NamedNode))
                if triple.predicate == _EVIDENCE and isinstance(triple.object, ox.NamedNode):
                    self._evidence.setdefault(triple.subject, []).append(triple.object.value)

    def prove(self, triple: ox.Triple) -> Proof | None:
        """The proof of a triple; None if it is neither stated nor follows."""
        return explain(self._inference, triple) or explain_asked(self._inference, self._rules.values(), triple)

    def slips(self, triple: ox.Triple) -> dict[str, str]:
        """The names (IRIs) of a triple that nothing here has, each with the most alike in its namespace, if one is."""
        found: dict[str, str] = {}
        for term in triple:
            if isinstance(term, ox.NamedNode) and term.value not in self._names:
                space = term.value[: max(term.value.rfind("#"), term.value.rfind("/")) + 1]
                others = [one[len(space) :] for one in sorted(self._names) if one.startswith(space) and one != space]
                # Loaded here: names are compared when one is wrong only.
                near = import_module("kg.gate.alike").nearest(term.value[len(space) :], others, _ALIKE)
                found |= {term.value: space + near} if near else {}
        return found

    def tell(self, proof: Proof, form: str, language: str = "en") -> str:
        """A proof in one of ``FORMATS``, its words in a language."""
        if form == "turtle":
            return to_turtle(proof, self._ground)
        write = {"text": to_text, "json": to_json}[form]
        return write(proof, self._rules, self._ground, language)

    def _ground(self, statement: Statement) -> Ground:
        return Ground(self._places(statement), tuple(dict.fromkeys(self._evidence.get(statement[0], ()))))
