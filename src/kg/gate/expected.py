"""What a shape would have accepted, in words: the parameter of the constraint, and the choice nearest to the value.

Left unsaid is what only the message of the shape can say: of queries, logical constraints and nested shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import islice

import pyoxigraph as ox

from kg.gate.hierarchy import Hierarchy
from kg.gate.shapes import SH, ShapesGraph, Term, local_name
from kg.model import Finding
from kg.rdf import shorten

_Choices = tuple[str, list[str]]
_COMPONENT = "ConstraintComponent"
#: Choices that are all named, and members of a class that are looked through for the nearest.
_FEW, _MANY = 8, 2000
#: How alike two names must be for one to be offered for the other, in percent.
_ALIKE = 60

#: Parameter → what is expected, in English and Italian, around the value of the parameter.
_WORDS = {
    "minCount": ("at least {} here", "qui almeno {}"),
    "maxCount": ("at most {} here", "qui al massimo {}"),
    "class": ("a {}", "un nodo della classe {}"),
    "datatype": ("a literal of the type {}", "un letterale del tipo {}"),
    "minLength": ("at least {} characters", "almeno {} caratteri"),
    "maxLength": ("at most {} characters", "al massimo {} caratteri"),
    "minInclusive": ("{} or more", "{} o più"),
    "maxInclusive": ("{} or less", "{} o meno"),
    "minExclusive": ("more than {}", "più di {}"),
    "maxExclusive": ("less than {}", "meno di {}"),
    "pattern": ("a text that the pattern {} fits", "un testo a cui si adatta il modello {}"),
    "hasValue": ("{}", "{}"),
    "equals": ("the same values as of {}", "gli stessi valori di {}"),
    "disjoint": ("no value that {} has too", "nessun valore che abbia anche {}"),
    "lessThan": ("less than each value of {}", "meno di ogni valore di {}"),
    "lessThanOrEquals": ("no more than any value of {}", "non più di alcun valore di {}"),
    "uniqueLang": ("one text in each language", "un solo testo per lingua"),
    "in": ("one of {}", "uno tra {}"),
    "languageIn": ("a text in one of these languages: {}", "un testo in una di queste lingue: {}"),
}
_KINDS = {
    "IRI": ("a node with a name", "un nodo con un nome"),
    "Literal": ("a literal", "un letterale"),
    "BlankNode": ("a node without a name", "un nodo senza nome"),
    "BlankNodeOrIRI": ("a node", "un nodo"),
    "IRIOrLiteral": ("a node with a name, or a literal", "un nodo con un nome, o un letterale"),
    "BlankNodeOrLiteral": ("a node without a name, or a literal", "un nodo senza nome, o un letterale"),
}
_NEAREST = ("; the nearest is {}", "; il più vicino è {}")
_CHOICES = (": {}", ": {}")


def with_expected(findings: Iterable[Finding], shapes: ShapesGraph, known: Hierarchy) -> tuple[Finding, ...]:
    """The findings, those of shapes with what was expected, as far as their constraint tells it in a few words.

    Choices are the members of classes as ``known`` has them.
    """
    # The same few shapes stand behind thousands of findings.
    chosen = cache(lambda name, shape: _choices(name, shapes.objects(shape, SH + name), shape, shapes, known))
    return tuple(replace(found, expected=_expected(found, shapes, chosen)) for found in findings)


def _expected(finding: Finding, shapes: ShapesGraph, chosen: Callable[[str, Term], _Choices]) -> dict[str, str]:
    if finding.component is None or finding.shape is None:
        return dict(finding.expected)
    shape = ox.NamedNode(finding.shape)
    name = local_name(finding.component).removesuffix(_COMPONENT)
    name = name[:1].lower() + name[1:]
    values = shapes.objects(shape, SH + name)
    if not values or (name not in _WORDS and name != "nodeKind"):
        return {}
    if name == "nodeKind":
        pair = _KINDS.get(local_name(values[0].value), ("", ""))
        return {"en": pair[0], "it": pair[1]}
    words, (listed, choices) = _WORDS[name], chosen(name, shape)
    ends = _ends(finding, choices, listed=name == "in")
    return {tag: words[at].format(listed) + ends[at] for at, tag in enumerate(("en", "it"))}


def _choices(
    name: str, values: list[Term], shape: Term, shapes: ShapesGraph, known: Hierarchy
) -> _Choices:
    """The value of a parameter as shown, and what may be chosen from, if that is nodes or terms."""
    if name in ("in", "languageIn"):
        listed = [_shown(term) for term in shapes.members(values[0])]
        more = ", …" if len(listed) > _FEW else ""
        return ", ".join(listed[:_FEW]) + more, listed if name == "in" else []
    classes = values if name == "class" else shapes.objects(shape, SH + "class") if name == "minCount" else []
    nodes = {node for class_ in classes[:1] for node in islice(known.members(class_.value), _MANY)}
    return ", ".join(map(_shown, values)), sorted(map(shorten, nodes))


def _ends(finding: Finding, choices: list[str], listed: bool) -> tuple[str, str]:
    """The end of the sentence: the choice nearest to the value, else the choices if they are few."""
    value = shorten(finding.value) if finding.value and not finding.value.startswith('"') else finding.value or ""
    by_name = {choice.rpartition(":")[2]: choice for choice in choices}
    near = None
    if value and by_name:
        # Loaded when there is something to compare, as it takes longer to load than most contributions to judge.
        near = import_module("kg.gate.alike").nearest(value.rpartition(":")[2], list(by_name), _ALIKE)
    if near and by_name[near] != value:
        return _NEAREST[0].format(by_name[near]), _NEAREST[1].format(by_name[near])
    if choices and len(choices) <= _FEW and not listed:
        return _CHOICES[0].format(", ".join(choices)), _CHOICES[1].format(", ".join(choices))
    return "", ""


def _shown(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return "…" if isinstance(term, ox.BlankNode) else f"“{term.value}”" if not term.value.isdigit() else term.value
