"""Reading and writing the ledger as a table (SSSOM 1.1, SSSOM/TSV): what is written is read as the same again.

The table has fewer columns than the standard, and each has one meaning here: an author is an IRI (``author_id``) or a
name (``author_label``); that nothing matches is ``sssom:NoTermFound`` with the cardinality ``1:0``; a refused candidate
has the modifier ``Not``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Table

from kg.errors import SourceError, Where
from kg.linking import header, table
from kg.linking.ledger import Ledger, Mapping, decimal, order
from kg.linking.table import COLUMNS, NO_COUNTERPART, NONE, NOT
from kg.rdf import LEDGER

_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


def read(text: str, origin: str = LEDGER) -> Ledger:
    """The ledger that a table holds. Raises SourceError with line and column; ``errors`` has every fault of it."""
    found = table.read(text, origin)
    if found.faults:
        raise SourceError.of(found.faults)
    return found.ledger


def findings(text: str, origin: str = LEDGER) -> tuple[SourceError, ...]:
    """Every fault of a table, with line and column, sentence and remedy; nothing if it can be read."""
    return table.read(text, origin).faults


def write(ledger: Ledger) -> str:
    """The table of a ledger, in canonical order. Raises SourceError if it would not be read as the same again."""
    curies = {**header.BUILT_IN, **ledger.curies}
    rows = [_row(one, curies) for one in sorted(ledger.mappings, key=order)]
    lines = header.write(ledger.header, ledger.curies)
    lines += ["\t".join(_quoted(cell) for cell in row) for row in (COLUMNS, *rows)]
    text = "".join(line + "\n" for line in lines)
    again = read(text)
    if (dict(again.header), dict(again.curies), sorted(again.mappings, key=order)) != (
        dict(ledger.header), dict(ledger.curies), sorted(ledger.mappings, key=order)
    ):  # fmt: skip
        raise SourceError(
            "The ledger holds what its table cannot say.", remedy="Use IRIs, and texts of one line.",
            where=Where(LEDGER),
        )  # fmt: skip
    return text


def _row(mapping: Mapping, curies: Table[str, str]) -> tuple[str, ...]:
    is_iri = "://" in mapping.author
    return (
        _contracted(mapping.subject, curies), mapping.subject_label, _contracted(mapping.predicate, curies),
        NOT if mapping.negated else "", _contracted(mapping.object or NONE, curies), mapping.object_label,
        _contracted(mapping.justification, curies), _contracted(mapping.author, curies) if is_iri else "",
        "" if is_iri else mapping.author, mapping.date.isoformat() if mapping.date else "",
        "" if mapping.confidence is None else decimal(mapping.confidence),
        NO_COUNTERPART if mapping.is_none else "", mapping.comment,
    )  # fmt: skip


def _contracted(iri: str, curies: Table[str, str]) -> str:
    """An IRI by the longest prefix that fits, else as it is."""
    fitting = (
        (len(space), prefix)
        for prefix, space in curies.items()
        if iri.startswith(space) and _LOCAL.fullmatch(iri[len(space) :])
    )
    length, prefix = max(fitting, default=(0, ""))
    return f"{prefix}:{iri[length:]}" if prefix else iri


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if '"' in cell else cell
