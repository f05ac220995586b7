"""What a page needs that is asked once per snapshot and may be long: whole tables, for as long as anybody may ask."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from kg.sparql import negotiate
from kg.web.site import site, text

Row = dict[str, str]


def gathered(name: str, **values: str | Sequence[str]) -> Iterator[Row]:
    """The rows of a SELECT among the pages' own queries, as text by variable; what has no value is empty.

    They are given the longest time that a query may ask for, and may be of any size.
    """
    data = site().whole(text(name, **values), negotiate.CSV.name)
    return csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
