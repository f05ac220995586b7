"""What is filled into a form: names and values as a browser sends them, and the tree of nodes that they describe.

The name of an input is its address: ``ckg:evidence.0/ckg:paragraph.0`` is the first paragraph of the first evidence. An
address ends in ``@`` and a language for a text in it, in ``/a`` for the class of a node described in place, and in
``/name`` for its name. Whatever somebody sends is bounded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.errors import RequestError, TooLarge

MOST_INPUTS, LONGEST, DEEPEST, MOST_VALUES = 1_000, 20_000, 4, 50
_STEP = re.compile(r"(?P<property>[a-z]{1,20}:[A-Za-z][A-Za-z0-9_-]{0,60})\.(?P<number>[0-9]{1,3})")
_LEAF = re.compile(_STEP.pattern + r"(?:@(?P<language>[a-z]{2,3}))?")
#: What no text of the graph has: controls, but for the end of a line and a tab.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@dataclass
class Entry:
    """A value that is given, as it was typed: in one language or none (""), or as a node described in place."""

    texts: dict[str, str] = field(default_factory=dict)
    node: Described | None = None

    @property
    def is_blank(self) -> bool:
        """True if nothing was typed."""
        return self.node is None and not any(text.strip() for text in self.texts.values())


@dataclass
class Described:
    """A node that is being described: the prefixed name of its class, its own name if one is wanted, its values."""

    class_: str
    name: str = ""
    values: dict[str, list[Entry]] = field(default_factory=dict)

    def walk(self, address: str = "") -> Iterator[tuple[str, Described]]:
        """This node and those described in it, with their addresses; that of this one is empty."""
        yield address, self
        for property_, entries in self.values.items():
            for number, entry in enumerate(entries):
                if entry.node:
                    yield from entry.node.walk(joined(address, f"{property_}.{number}"))


def joined(address: str, step: str) -> str:
    """The address of what is one step below another."""
    return f"{address}/{step}" if address else step


def read(class_: str, given: Iterable[tuple[str, str]]) -> Described:
    """What the inputs of a form describe. Raises RequestError on a name that no form has, TooLarge on too much."""
    inputs = list(given)
    if len(inputs) > MOST_INPUTS:
        raise TooLarge(f"The form has more than {MOST_INPUTS} fields.", remedy="Propose less at once.")
    root = _Numbered(class_)
    seen: set[str] = set()
    for name, value in inputs:
        if name in seen:
            raise RequestError(f"The field {name[:100]!r} is given more than once.", remedy="Give it once.")
        if len(value) > LONGEST:
            raise TooLarge(f"A field has more than {LONGEST} characters.", remedy="Write less in it.")
        seen.add(name)
        _put(root, name, clean(value))
    return root.plain()


def clean(text: str) -> str:
    """A text as it is read: with line feeds, and without what no text of the graph has."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def act(root: Described, action: str) -> str:
    """Do what a button of the form says; the address of what is new, empty if nothing is.

    ``add ADDRESS`` of a property, ``remove ADDRESS`` of a value, ``open ADDRESS CLASS`` to describe a node there,
    ``close ADDRESS``. Raises RequestError on anything else, or where it cannot be done.
    """
    verb, _, rest = action.partition(" ")
    address, _, class_ = rest.partition(" ")
    if verb == "add":
        node, property_ = _parent(root, address + ".0")
        entries = node.values.setdefault(property_, [])
        if len(entries) >= MOST_VALUES:
            raise TooLarge(f"A field has more than {MOST_VALUES} values.", remedy="Propose less at once.")
        entries.append(Entry())
        return f"{address}.{len(entries) - 1}"
    if verb not in ("remove", "open", "close"):
        raise RequestError("That button is none of this form.", remedy="Go back to the form.")
    node, property_ = _parent(root, address)
    number = int(address.rpartition(".")[2])
    entries = node.values.setdefault(property_, [])
    if verb == "open" and number == len(entries):
        entries.append(Entry())
    if number >= len(entries):
        raise RequestError(f"There is no value at {address[:100]!r}.", remedy="Go back to the form.")
    if verb == "remove":
        del entries[number]
        return ""
    if verb == "open" and address.count("/") >= DEEPEST:
        raise RequestError("A form opens no deeper.", remedy="Propose the inner node by itself, then point to it.")
    entries[number] = Entry(node=Described(class_) if verb == "open" else None)
    return address


class _Numbered:
    """A node as it is read, its values by the numbers that they came with."""

    def __init__(self, class_: str = "") -> None:
        self.class_, self.name = class_, ""
        self.values: dict[str, dict[int, tuple[dict[str, str], list[_Numbered]]]] = {}

    def at(self, step: str) -> tuple[dict[str, str], list[_Numbered]]:
        match = _STEP.fullmatch(step)
        if match is None:
            raise RequestError(f"No form has a field {step[:100]!r}.", remedy="Go back to the form.")
        numbered = self.values.setdefault(match["property"], {})
        if len(numbered) >= MOST_VALUES and int(match["number"]) not in numbered:
            raise TooLarge(f"A field has more than {MOST_VALUES} values.", remedy="Propose less at once.")
        return numbered.setdefault(int(match["number"]), ({}, []))

    def plain(self) -> Described:
        values = {
            property_: [
                Entry(texts, nodes[0].plain() if nodes else None) for _, (texts, nodes) in sorted(numbered.items())
            ]
            for property_, numbered in self.values.items()
        }
        return Described(self.class_, self.name, values)


def _put(root: _Numbered, name: str, value: str) -> None:
    *steps, last = name.split("/")
    if len(steps) > DEEPEST:
        raise RequestError("A form opens no deeper.", remedy="Propose the inner node by itself, then point to it.")
    node = root
    for step in steps:
        _, nodes = node.at(step)
        if not nodes:
            nodes.append(_Numbered())
        node = nodes[0]
    if last == "a" and steps:
        node.class_ = value.strip()
    elif last == "name":
        node.name = value.strip()
    else:
        match = _LEAF.fullmatch(last)
        if match is None:
            raise RequestError(f"No form has a field {last[:100]!r}.", remedy="Go back to the form.")
        texts, _ = node.at(last.partition("@")[0])
        texts[match["language"] or ""] = value


def _parent(root: Described, address: str) -> tuple[Described, str]:
    """The node that has the value at an address, and the property. Raises RequestError if there is none."""
    *steps, last = address.split("/")
    node: Described | None = root
    for step in steps:
        match = _STEP.fullmatch(step)
        entries = node.values.get(match["property"], []) if match and node else []
        node = entries[int(match["number"])].node if match and int(match["number"]) < len(entries) else None
    match = _STEP.fullmatch(last)
    if node is None or match is None:
        raise RequestError(f"There is no field {address[:100]!r}.", remedy="Go back to the form.")
    return node, match["property"]
