"""The first and last day of the dates of EDTF levels 0 to 2, by the edtf package.

Loaded for dates that are not plain.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Where Python is told to warn, pyparsing has something to say about the grammar of this package.
    warnings.simplefilter("ignore")
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

Day = tuple[int, int, int]


def bounds(text: str) -> tuple[Day | None, Day | None]:
    """Year, month and day of the first and the last day that a string names, by the strict bounds.

    None stands for an open end. Raises ValueError on a string that the package cannot read.
    """
    try:
        parsed = parse_edtf(text)
        return _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (EDTFParseException, AttributeError, TypeError) as error:
        raise ValueError("it is no EDTF date") from error


def _day(moment: object) -> Day | None:
    """A day of the package's; it gives an infinite float for an open end."""
    if isinstance(moment, float):
        return None
    year, month, day = tuple(moment)[:3]
    return year, month, day
