"""The register of exceptions: the tests that are known to fail, each with its kind and its reason.

It is held both ways. A test that fails and is not in it is a failure, and so is one that passes and is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from kg.conformance.suites import SUITES, Case, Suite
from kg.errors import SettingError

#: Why a test can be an exception: what it needs the server refuses on purpose, or the query engine does otherwise.
KINDS = {
    "read-only": "needs to write, and the server is read-only",
    "guard": "is refused on purpose",
    "engine": "is answered otherwise by the query engine, pyoxigraph",
}
PASSED, FAILED, INAPPLICABLE, UNTESTED = "passed", "failed", "inapplicable", "untested"


@dataclass(frozen=True)
class Excepted:
    """One line of the register."""

    iri: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of a test: ``fault`` is empty if it passed; ``excepted`` is its line of the register, if it has one.

    ``verdict`` is the name of its outcome in EARL 1.0 (section 2.7).
    """

    case: Case
    fault: str
    excepted: Excepted | None = None

    @property
    def surprising(self) -> str:
        """What the register does not say, in words, or an empty string if all is as it says."""
        if self.case.outside or bool(self.fault) == bool(self.excepted):
            return ""
        return self.fault or "passes, and the register says it does not: take its line out"

    @property
    def verdict(self) -> str:
        """Passed, failed, inapplicable (a part that the server does not have), or untested."""
        if self.case.outside:
            return UNTESTED if _suite(self.case.suite).untested else INAPPLICABLE
        if not self.fault:
            return PASSED
        return INAPPLICABLE if self.excepted and self.excepted.kind == "read-only" else FAILED


def _suite(name: str) -> Suite:
    return next(suite for suite in SUITES if suite.name == name)


def read_register() -> Mapping[str, Excepted]:
    """The register by the IRI of the test. Raises SettingError if a line of it cannot be read."""
    text = resources.files("kg.conformance").joinpath("exceptions.tsv").read_text("utf-8")
    return parse_register(text)


def parse_register(text: str) -> Mapping[str, Excepted]:
    """The register from its text: lines of IRI, kind and reason, separated by tabs. Raises SettingError."""
    found: dict[str, Excepted] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 3 or cells[1] not in KINDS or not cells[2].strip() or cells[0] in found:
            raise SettingError(
                f"Line {number} of the register of exceptions is not one test, its kind and its reason.",
                remedy=f"Write the IRI of a test, one of {', '.join(KINDS)}, and the reason, separated by tabs.",
            )
        found[cells[0]] = Excepted(*cells)
    return found


def forgotten(register: Mapping[str, Excepted], cases: Iterable[Case]) -> list[str]:
    """The lines of the register that are of no test that is run."""
    return sorted(set(register) - {case.iri for case in cases if not case.outside})
