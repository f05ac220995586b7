"""Where the findings of the gate belong in a form: at the field of their node and path."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.drafting.entries import joined
from kg.drafting.filling import Filled
from kg.rdf import PREFIXES, shorten

_MISSING = PREFIXES["sh"] + "MinCountConstraintComponent"
_IRI = re.compile(r"<([^<>]*)>")
_NAME = re.compile(r"\b[a-z]+:[A-Za-z]\w*")


@dataclass(frozen=True)
class Said:
    """A finding for a reader: how grave, in a sentence, what would do, its rule; ``missing`` if only a value lacks."""

    severity: str
    text: str
    expected: str
    code: str
    rule: str
    line: int | None
    missing: bool


@dataclass
class Judged:
    """The verdict on a form: what is said at which address, and what belongs to none (""), and the counts."""

    conforms: bool
    places: dict[str, list[Said]] = field(default_factory=dict)
    wrong: int = 0
    missing: int = 0
    warnings: int = 0


def placed(report: Mapping[str, Any], filled: Filled, known: Container[str], language: str) -> Judged:
    """A report (``kg.report.objects``) on the triples of a form, its findings at those addresses that are known."""
    judged = Judged(bool(report["conforms"]))
    faulty = {problem.address.partition("@")[0].rpartition(".")[0] for problem in filled.problems}
    for finding in report["findings"]:
        address = next((one for one in _addresses(finding, filled) if one in known), "")
        missing = finding["component"] == _MISSING
        if missing and address in faulty:
            # What was typed there is said to be wrong already, and is no value for that reason.
            continue
        where = finding["where"] or {}
        judged.places.setdefault(address, []).append(
            Said(
                finding["severity"], _told(finding["messages"], language), _told(finding["expected"], language),
                finding["code"], finding["rule"], where.get("line"), missing,
            )
        )  # fmt: skip
        if finding["severity"] == "violation":
            judged.missing += missing
            judged.wrong += not missing
        else:
            judged.warnings += 1
    judged.wrong += len(filled.problems)
    judged.conforms = judged.conforms and not filled.problems
    return judged


def _addresses(finding: Mapping[str, Any], filled: Filled) -> Iterator[str]:
    """The addresses that a finding may belong to, the nearest first: of the value, of the field, of the node."""
    at = filled.addresses.get(finding["focus"])
    if at is None:
        return
    subject, value = finding["focus"], finding["value"]
    told = [t for t in filled.triples if t.subject.value == subject]
    path = finding["path"] or ""
    properties = _IRI.findall(path) if path.startswith(("<", "^", "(")) else [path] if path else []
    if not properties and value:
        properties = [t.predicate.value for t in told if getattr(t.object, "value", None) == _plain(value)]
    yield from (joined(at, shorten(property_)) for property_ in properties)
    if not path:
        # What spans several properties is said at the first that its message names.
        yield from (joined(at, name) for name in _NAME.findall(_told(finding["messages"], "en")))
    # Also of a date that was typed as a text, whose node has no fields of its own.
    yield at


def _plain(value: str) -> str:
    """The text of a literal as a report writes it; anything else as it is."""
    match = re.match(r'"(.*)"(?:\^\^<[^>]*>|@[\w-]+)?$', value, re.DOTALL)
    return match[1] if match else value


def _told(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en", "")
