"""The one list of the rules that are no shapes: what each finding of the programme's own is about.

The list is ``codes.json`` beside this module. A rule that is a shape says in ``shapes/`` what it is about;
``docs/findings.md``, and the page of each group of rules in ``docs/findings/``, are written from both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kg.rdf import BASE

#: The page of the rules, below the address that everything of the project has.
PAGE = BASE + "docs/findings"


@dataclass(frozen=True)
class Code:
    """A rule of the programme's own: its name, the gravest severity of its findings, a title and what it is about, by
    language.

    A name that ends with a hyphen stands for all that begin with it.
    """

    name: str
    severity: str
    title: Mapping[str, str]
    text: Mapping[str, str]


CODES = tuple(Code(**code) for code in json.loads((resources.files(__package__) / "codes.json").read_text("utf-8")))
_BY_NAME = {code.name: code for code in CODES}


def find(code: str) -> Code | None:
    """The rule of the programme that a code belongs to; None for that of a shape."""
    name = code
    while name not in _BY_NAME and "-" in name:
        name = name.rpartition("-")[0]
    return _BY_NAME.get(name) or _BY_NAME.get(code.partition("-")[0] + "-")


def group(code: str) -> str:
    """The group of rules that a code belongs to: what stands before the first hyphen, a shape or a part of the gate."""
    return code.partition("-")[0]


def anchor(code: str) -> str:
    """The fragment at which the page of the rules speaks of a code."""
    found = find(code)
    return (found.name if found else code).strip("-").lower()
