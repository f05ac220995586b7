"""Keys of a JSON-LD text that carry no statement: no context says what they mean, so that the parser passes over them.

The contexts are followed as far as they decide whether a key has a meaning (JSON-LD 1.1 Processing Algorithms and API,
4.1.2 and 5.1.2). Where a context applies to a type or a property alone, what it defines counts below that as well: a
key that is passed over may be missed, and none is named that carries a statement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

#: Keywords whose values hold nodes; those of all others hold none.
_HOLDING = frozenset({"@graph", "@list", "@set", "@included", "@nest", "@reverse"})
_KEYWORDS = _HOLDING | {
    "@base", "@container", "@context", "@default", "@direction", "@explicit", "@embed", "@first", "@id", "@import",
    "@index", "@json", "@language", "@none", "@omitDefault", "@prefix", "@preserve", "@propagate", "@protected",
    "@requireAll", "@type", "@value", "@version", "@vocab",
}
_LIKE_A_KEYWORD = re.compile(r"@[A-Za-z]+")
#: How many contexts of one node, and of its types, are followed.
_MOST = 20
#: Containers whose keys are languages, indexes or names, and not properties.
_MAPS = frozenset({"@index", "@id", "@type"})


class _Object(list[tuple[str, object]]):
    """A JSON object, with every pair that it is written with."""

    def all(self, key: str) -> list[object]:
        """The values of a key."""
        return [value for name, value in self if name == key]


@dataclass(frozen=True)
class _Term:
    """What a context says of a term: its IRI or keyword (None if it has none), and how to read its values."""

    name: str | None = None
    is_reversed: bool = False
    type: object = None
    containers: frozenset[object] = frozenset()
    context: object = None


@dataclass(frozen=True)
class _Layer:
    """What one written context says: its terms, None for those that are said to mean nothing; whether all other keys
    have a meaning (None: as before); and whether nothing before it counts."""

    terms: Mapping[str, _Term | None]
    has_vocabulary: bool | None
    is_fresh: bool


@dataclass(frozen=True)
class _Context:
    """The context in force: a layer over another context. Nothing is copied, as nodes may be many and layers large."""

    layer: _Layer = _Layer({}, False, True)
    below: _Context | None = None
    is_scoped: bool = False
    _found: dict[str, _Layer | None] = field(default_factory=dict, compare=False)

    @cached_property
    def has_vocabulary(self) -> bool:
        """True if every key has a meaning."""
        context: _Context | None = self
        while context:
            known = context.layer.has_vocabulary
            if known or (known is False and not context.is_scoped):
                return bool(known)
            context = context.below
        return False

    def has(self, key: str) -> bool:
        """True if the context says something of a key."""
        return self._layer_of(key) is not None

    def term(self, key: str) -> _Term | None:
        """What it says of it."""
        layer = self._layer_of(key)
        return layer.terms[key] if layer else None

    def _layer_of(self, key: str) -> _Layer | None:
        if key not in self._found:
            context: _Context | None = self
            while context and key not in context.layer.terms:
                context = context.below
            self._found[key] = context.layer if context else None
        return self._found[key]

    def keyword(self, key: str) -> str | None:
        """The keyword that a key is or stands for."""
        term = self.term(key)
        name = key if term is None else term.name
        return name if name in _KEYWORDS else None

    def states(self, key: str) -> bool:
        """True if a key that is no keyword has a meaning, or is said to have none."""
        if not self.has(key):
            return not _LIKE_A_KEYWORD.fullmatch(key) and self._is_iri(key)
        term = self.term(key)
        if term is None or term.is_reversed:
            return True
        return self._is_iri(key) if term.name is None else self.has(term.name) or self._is_iri(term.name)

    def _is_iri(self, name: str) -> bool:
        return not name.startswith("_:") and (":" in name or self.has_vocabulary)


def _layer(written: object) -> _Layer:
    """What a written context says, all parts of a list together (4.1.2)."""
    terms: dict[str, _Term | None] = {}
    vocabulary, fresh = None, False
    for one in written if isinstance(written, list) and not isinstance(written, _Object) else [written]:
        if one is None:
            terms, vocabulary, fresh = {}, False, True
        elif isinstance(one, _Object):
            stated = one.all("@vocab")
            vocabulary = stated[-1] is not None if stated else vocabulary
            terms.update((key, _term(value)) for key, value in one if not key.startswith("@"))
    return _Layer(terms, vocabulary, fresh)


def _term(written: object) -> _Term | None:
    if isinstance(written, str):
        return _Term(written)
    if not isinstance(written, _Object):
        return None
    last = dict(written)
    reverse, name, container = last.get("@reverse"), last.get("@id"), last.get("@container")
    if "@id" in last and name is None:
        return None
    containers = container if isinstance(container, list) else [container]
    return _Term(
        name if isinstance(name, str) else None, isinstance(reverse, str), last.get("@type"),
        frozenset(one for one in containers if isinstance(one, str)), last.get("@context"),
    )


def unstated(text: str) -> list[str]:
    """The keys that carry no statement, each once, in the order of the text; none of a text that is no JSON.

    What stands below such a key is not looked at. The depth of the text is bounded by whoever calls.
    """
    try:
        whole = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str)
    except ValueError:
        return []
    return list(dict.fromkeys(_Walk().below(whole, _Context())))


class _Walk:
    """Goes down a text; each written context is read once, however many nodes it applies to."""

    def __init__(self) -> None:
        self._layers: dict[int, _Layer] = {}

    def below(self, value: object, context: _Context) -> Iterator[str]:
        """The keys below a value that is a node or holds nodes."""
        if not isinstance(value, _Object):
            for item in value if isinstance(value, list) else ():
                yield from self.below(item, context)
            return
        context = self._of_node(value, context)
        if any(context.keyword(key) == "@value" for key, _ in value):
            return
        for key, inner in value:
            keyword = context.keyword(key)
            if keyword in _HOLDING:
                yield from self.below(inner, context)
            elif keyword is None and not context.states(key):
                yield key
            elif keyword is None:
                yield from self._of_property(inner, context, context.term(key))

    def _of_node(self, node: _Object, context: _Context) -> _Context:
        """The context within a node: with its own, then with those of its types."""
        for written in node.all("@context")[:_MOST]:
            context = self._over(context, written, scoped=False)
        of_types = [term.context for name in _types(node, context) if (term := context.term(name)) and term.context]
        for written in of_types[:_MOST]:
            context = self._over(context, written, scoped=True)
        return context

    def _of_property(self, value: object, context: _Context, term: _Term | None) -> Iterator[str]:
        """The keys below the value of a property."""
        if term is None:
            yield from self.below(value, context)
            return
        if term.type == "@json" or "@language" in term.containers:
            return
        inner = context if term.context is None else self._over(context, term.context, scoped=True)
        if term.containers & _MAPS and isinstance(value, _Object):
            value = [one for _, one in value]
        yield from self.below(value, inner)

    def _over(self, context: _Context, written: object, *, scoped: bool) -> _Context:
        """A context under another that is written over it; where it is scoped, it takes nothing away."""
        layer = self._layers.get(id(written))
        if layer is None:
            layer = self._layers[id(written)] = _layer(written)
        return _Context(layer, None if layer.is_fresh and not scoped else context, scoped)


def _types(node: _Object, context: _Context) -> Iterable[str]:
    """The types of a node as they are written."""
    for key, value in node:
        if context.keyword(key) == "@type":
            yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))
