"""What a contribution would change, in sentences: claims, entities, supersession, contradictions, conclusions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby

import pyoxigraph as ox

from kg.gate import links
from kg.gate.changed import Changed
from kg.gate.duplicates import NAMES, is_entity
from kg.gate.hierarchy import A, Hierarchy
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.rdf import PREFIXES, shorten

_CKG = PREFIXES["ckg"]
#: What nodes without a class are counted as.
_NONE = {"en": "node without a class", "it": "nodo senza classe"}
#: What conclusions are counted as that say of what class something is, and those in terms that have no name.
_KINDS = {"en": "of what kind something is", "it": "di che tipo è qualcosa"}
_OTHERS = {"en": "the same in other vocabularies", "it": "lo stesso in altri vocabolari"}
_CLAIM, _CONTRADICTION = _CKG + "Claim", _CKG + "Contradiction"
_SUMMARY, _BETWEEN = ox.NamedNode(_CKG + "summary"), ox.NamedNode(_CKG + "between")
#: Links from one claim to an earlier one, in the order in which they are told.
_SUCCESSION = tuple(ox.NamedNode(_CKG + name) for name in ("supersedes", "possiblySupersedes", "reaffirms"))
#: What rules conclude for curators to judge: property → what it says of the two claims.
_CANDIDATES = {
    ox.NamedNode(_CKG + "contradictionCandidate"): {
        "en": "{} and {} may contradict each other; that is for the curators to judge.",
        "it": "{} e {} possono contraddirsi; giudicarlo spetta ai curatori.",
    },
    ox.NamedNode(_CKG + "successionCandidate"): {
        "en": "{} may succeed {}; that is for the curators to judge.",
        "it": "{} può succedere a {}; giudicarlo spetta ai curatori.",
    },
}
_CLASS = {"en": "class", "it": "classe"}
#: How many claims or entities of one class, and candidates, are told one by one.
_TOLD = 10

Words = Mapping[str, str]
Node = ox.NamedNode


@dataclass(frozen=True)
class _Kind:
    """What can happen to a node, in words: told one by one with class, name and details, or as so many of a class."""

    one: Words
    many: Words


_CLAIMS = {
    "added": _Kind(
        {"en": "New claim, {0}: {1}.", "it": "Nuova asserzione, {0}: {1}."},
        {"en": "{1} new claims of the kind {0}.", "it": "{1} nuove asserzioni del tipo {0}."},
    ),
    "changed": _Kind(
        {"en": "Changed claim, {0}: {1}; it differs in {2}.", "it": "Asserzione modificata, {0}: {1}; cambia in {2}."},
        {"en": "{1} changed claims of the kind {0}.", "it": "{1} asserzioni modificate del tipo {0}."},
    ),
    "removed": _Kind(
        {"en": "Removed claim, {0}: {1}.", "it": "Asserzione tolta, {0}: {1}."},
        {"en": "{1} removed claims of the kind {0}.", "it": "{1} asserzioni tolte del tipo {0}."},
    ),
}
_ENTITIES = {
    "added": _Kind(
        {"en": "New {0}: {1}.", "it": "Si aggiunge, {0}: {1}."},
        {"en": "{1} new of the kind {0}.", "it": "{1} in più del tipo {0}."},
    ),
    "changed": _Kind(
        {"en": "Changed {0}: {1}; it differs in {2}.", "it": "Si modifica, {0}: {1}; cambia in {2}."},
        {"en": "{1} changed of the kind {0}.", "it": "{1} modificati del tipo {0}."},
    ),
    "removed": _Kind(
        {"en": "Removed {0}: {1}.", "it": "Si toglie, {0}: {1}."},
        {"en": "{1} removed of the kind {0}.", "it": "{1} in meno del tipo {0}."},
    ),
}


def summary(change: Changed, inferred: Iterable[ox.Triple] = ()) -> list[dict[str, str]]:
    """What a change does to what the graph says, a sentence by language each, always in the same order.

    First claims, then how they follow and contradict one another, then entities, then how many nodes of other kinds,
    then links, and of which properties there are how many conclusions among those ``inferred``, the ones new after the
    change.
    """
    teller = _Teller(change)
    conclusions = sorted(inferred, key=str)
    found = [
        *teller.nodes(_CLAIMS, teller.is_claim),
        *teller.successions(),
        *teller.contradictions(),
        *teller.candidates(conclusions),
        *teller.nodes(_ENTITIES, is_entity),
        *teller.others(),
        *links.summary(change),
        *teller.conclusions(conclusions),
    ]
    return found or [{"en": "What the graph states stays the same.", "it": "Ciò che il grafo afferma resta lo stesso."}]


class _Teller:
    """Finds words for the nodes that a change touches."""

    def __init__(self, change: Changed) -> None:
        self._change = change
        subjects = {triple.subject for triple in change.added | change.removed}
        self._touched = sorted((one for one in subjects if isinstance(one, Node)), key=str)
        self._types = {change.old: Hierarchy(change.old), change.new: change.known}
        self._what = cache(self._find_what)

    def is_claim(self, iri: str) -> bool:
        """True for a claim of the state that has the node."""
        return _CLAIM in self._types[self._state(Node(iri))].types(iri)

    def nodes(self, kinds: Mapping[str, _Kind], chosen: Callable[[str], bool]) -> Iterator[dict[str, str]]:
        """What happens to chosen nodes, by class: one by one, or in number if they are many."""
        found = [node for node in self._touched if chosen(node.value)]
        for what, kind in kinds.items():
            of_kind = sorted((self._class(node), node.value) for node in found if self._what(node) == what)
            for class_, group in groupby(of_kind, key=lambda pair: pair[0]):
                members = [Node(iri) for _, iri in group]
                name = partial(self._class_label, class_)
                if len(members) > _TOLD:
                    yield self._say(kind.many, name, partial(_always, len(members)))
                    continue
                for node in members:
                    yield self._say(kind.one, name, partial(self._named, node), partial(self._differences, node))

    def successions(self) -> Iterator[dict[str, str]]:
        """Links by which a claim replaces, may replace or repeats an earlier one."""
        words = {"en": "{0} {1} {2}.", "it": "{0} {1} {2}."}
        for property_ in _SUCCESSION:
            for triple in sorted((one for one in self._change.added if one.predicate == property_), key=str):
                ends = partial(self._named, triple.subject), partial(self._named, triple.object)
                yield self._say(words, ends[0], partial(self._label, property_), ends[1])

    def contradictions(self) -> Iterator[dict[str, str]]:
        """Between which claims the contradictions are that the change records."""
        words = {
            "en": "{0} says that {1} and {2} contradict each other, or seem to.",
            "it": "{0} dice che {1} e {2} si contraddicono, o paiono contraddirsi.",
        }
        for node in self._touched:
            if self._what(node) == "added" and _CONTRADICTION in self._types[self._change.new].types(node.value):
                ends = sorted(self._change.new.objects(node, _BETWEEN), key=str)
                if len(ends) == 2:
                    claims = (partial(self._named, end) for end in ends)
                    yield self._say(words, partial(_always, shorten(node.value)), *claims)

    def candidates(self, inferred: list[ox.Triple]) -> Iterator[dict[str, str]]:
        """Pairs of claims that rules point out to curators, each pair once."""
        for property_, words in _CANDIDATES.items():
            found = (triple for triple in reversed(inferred) if triple.predicate == property_)
            pairs = {frozenset((triple.subject, triple.object)): triple for triple in found}
            for triple in sorted(pairs.values(), key=str)[:_TOLD]:
                yield self._say(words, partial(self._named, triple.subject), partial(self._named, triple.object))

    def others(self) -> Iterator[dict[str, str]]:
        """How many nodes that are neither claims nor entities are new, changed and removed, by class."""
        said = {
            "added": {"en": "New besides: {}.", "it": "Si aggiungono inoltre: {}."},
            "changed": {"en": "Changed besides: {}.", "it": "Si modificano inoltre: {}."},
            "removed": {"en": "Removed besides: {}.", "it": "Si tolgono inoltre: {}."},
        }
        rest = [node for node in self._touched if not self.is_claim(node.value) and not is_entity(node.value)]
        for what, words in said.items():
            counts = Counter(self._class(node) for node in rest if self._what(node) == what)
            if counts:
                yield self._say(words, partial(self._counted, counts))

    def conclusions(self, inferred: list[ox.Triple]) -> Iterator[dict[str, str]]:
        """How many conclusions the change adds, by property."""
        counts = Counter(triple.predicate.value for triple in inferred)
        if counts:
            words = {"en": "New conclusions by the rules: {}.", "it": "Nuove conclusioni dalle regole: {}."}
            yield self._say(words, partial(self._counted_by_property, counts))

    def _say(self, words: Words, *parts: Callable[[str], object]) -> dict[str, str]:
        return {tag: words[tag].format(*(part(tag) for part in parts)) for tag in LANGUAGES}

    def _counted(self, counts: Counter[str], language: str) -> str:
        named = ((self._class_label(iri, language), count) for iri, count in counts.items())
        parts = sorted((-count, label) for label, count in named)
        return ", ".join(f"{-count} × {label}" for count, label in parts)

    def _counted_by_property(self, counts: Counter[str], language: str) -> str:
        """The same of properties; those of other vocabularies, which have no name here, as one."""
        named = (iri for iri in counts if iri.startswith(_CKG) or self._text(Node(iri), NAMES, language))
        own = Counter({iri: counts[iri] for iri in named if iri != A.value})
        kinds, others = counts[A.value], counts.total() - own.total() - counts[A.value]
        besides = [(kinds, _KINDS), (others, _OTHERS)]
        parts = [self._counted(own, language), *(f"{count} × {words[language]}" for count, words in besides if count)]
        return ", ".join(filter(None, parts))

    def _find_what(self, node: Node) -> str:
        """Whether a node is added, changed or removed: by what says of what class it is, or if nothing does, by all."""
        before, after = (bool(types.stated_types(node.value)) for types in self._types.values())
        if not before and not after:
            before, after = self._change.old.describes(node), self._change.new.describes(node)
        return "added" if after and not before else "removed" if before and not after else "changed"

    def _state(self, node: Node) -> State:
        return self._change.old if self._what(node) == "removed" else self._change.new

    def _class(self, node: Node) -> str:
        """The first of the classes of a node that has none of its others below it; empty if it has no class."""
        known = self._types[self._state(node)]
        return min(known.narrowest(node.value) or known.stated_types(node.value), default="")

    def _named(self, node: object, language: str) -> str:
        """The summary or name of a node with its IRI in short."""
        if not isinstance(node, Node):
            return str(node)
        text, short = self._text(node, (_SUMMARY, *NAMES), language).rstrip("."), shorten(node.value)
        quoted = f"“{text}”" if language == "en" else f"«{text}»"
        return f"{quoted} ({short})" if text else short

    def _label(self, node: Node, language: str) -> str:
        """The name of a class or property, in short if it has none."""
        return self._text(node, NAMES, language) or shorten(node.value)

    def _class_label(self, iri: str, language: str) -> str:
        """The name of a class or property, or that there is none."""
        return self._label(Node(iri), language) if iri else _NONE[language]

    def _text(self, node: Node, properties: Iterable[Node], language: str) -> str:
        """A text of a node in a language, else in English, else in any; empty if it has none."""
        for state in (self._change.new, self._change.old):
            for property_ in properties:
                texts = [value for value in state.objects(node, property_) if isinstance(value, ox.Literal)]
                if texts:
                    return min(texts, key=lambda one: (one.language != language, one.language != "en", str(one))).value
        return ""

    def _differences(self, node: Node, language: str) -> str:
        """The properties of which a node has other values."""
        changed = (triple for triple in self._change.added | self._change.removed if triple.subject == node)
        names = {triple.predicate for triple in changed}
        return ", ".join(sorted(self._label(name, language) if name != A else _CLASS[language] for name in names))


def _always(value: object, _: str) -> object:
    """What is the same in every language."""
    return value
