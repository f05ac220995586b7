"""The gate at the disk: what was asked to be judged, read and judged. To be called where it can be ended.

The two ways are modules of their own: judging a contribution must not wait for what only the whole repository needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.model import Report

ENGINES = ("fast", "pyshacl")

#: Is told what is being done.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What to judge: files, what is staged, or a range of revisions; of none of these, the whole repository."""

    files: tuple[Path, ...] = ()
    staged: bool = False
    diff: str | None = None
    place: str | None = None
    everything: bool = False
    prove: bool = False
    engine: str = "fast"
    texts: Path | None = None

    @property
    def is_contribution(self) -> bool:
        """True if it is not the whole repository."""
        return bool(self.files) or self.staged or self.diff is not None

    @property
    def is_compared(self) -> bool:
        """True if the whole is to be judged before and after the contribution as well."""
        return self.prove or self.everything


@dataclass(frozen=True)
class Judged:
    """A report, and the texts of the files that it speaks of, by the names it gives them."""

    report: Report
    texts: Mapping[str, str]
