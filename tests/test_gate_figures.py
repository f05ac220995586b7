"""Names that differ in their figures alone are not offered for each other."""

from __future__ import annotations

import pytest

from kg.gate.alike import nearest
from kg.gate.figures import apart


@pytest.mark.parametrize(
    ("one", "other", "is_apart"),
    [
        ("005", "000", True),
        ("04", "004", False),
        ("004-p1-1", "004-p11", True),
        ("2025-09-04", "2025-09-05", True),
        ("article-5", "article", True),
        ("italy-excludes", "italyexcludes", False),
        ("italy-oposes", "italy-opposes", False),
        ("9" * 5_000, "8" * 5_000, True),
        ("same-1", "same-1", False),
    ],
)
def test_apart(one: str, other: str, is_apart: bool) -> None:
    assert apart(one, other) is apart(other, one) is is_apart


def test_the_nearest_is_the_next_that_may_be_offered() -> None:
    assert nearest("004-p1-2", ["004-p1-1", "004-p1-3"], 60) is None
    assert nearest("macron-005", ["macron-004", "macrn-005"], 60) == "macrn-005"
