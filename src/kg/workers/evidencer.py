"""Answering a query together with what is behind each row, in a worker."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from kg import querytext
from kg.engine import Engine, check_syntax
from kg.errors import NotAcceptable, QueryError
from kg.model import Query
from kg.sparql.evidence import Dataset, Finder, Matched, Row, claims_of, told
from kg.sparql.extending import Extended, extend
from kg.sparql.rows import cell
from kg.sparql.sourcing import Sourcing

#: Rows that evidence is given for, and matches that may lie behind the rows of one DISTINCT.
MOST_ROWS, MOST_MATCHES = 1_000, 50_000
#: Bytes of an answer with evidence.
MOST_BYTES = 4_000_000


class SnapshotEvidence:
    """Answers queries to an engine's snapshot with the evidence for each row."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answer(self, query: Query, form: str, limit: int | None = None) -> tuple[int, bool, bytes]:
        """The number of rows, whether ``limit`` cut some off, and the answer as ``json`` or ``csv``.

        Raises QueryError if the query cannot be read, evidence cannot be given for it, or it has too many rows or too
        much behind them; NotAcceptable for another form.
        """
        if form not in ("json", "csv"):
            raise NotAcceptable(
                f"An answer with evidence cannot be written as {form}.", remedy="Ask for json, csv or html."
            )
        check_syntax(query.text, query.base)
        extended = extend(query.text, query.base)
        columns = _columns(self._engine, query)
        rows, is_cut = self._rows(query, extended, columns, limit)
        dataset = self._dataset(query)
        finder, sourcing = Finder(extended.patterns, dataset), Sourcing(self._engine.store)
        table = [_Told(columns, one, finder, dataset, sourcing) for one in rows]
        is_json = form == "json"
        written = _json(columns, table, sourcing, query.base or "") if is_json else _csv(columns, table, sourcing)
        if len(written) > MOST_BYTES:
            raise QueryError(
                f"The answer with evidence is larger than {MOST_BYTES / 1_000_000:g} MB and was not sent at all.",
                remedy="Add LIMIT, or patterns that narrow it down.",
            )
        return len(rows), is_cut, written

    def _rows(
        self, query: Query, extended: Extended, columns: list[str], limit: int | None
    ) -> tuple[list[list[Row]], bool]:
        """The solutions behind each row of the answer, and whether there were more rows than ``limit``."""
        found: dict[object, list[Row]] = {}
        for number, row in enumerate(self._solutions(query, extended)):
            if number >= MOST_MATCHES:
                raise QueryError(
                    f"More than {MOST_MATCHES:,} matches lie behind the rows of this query.",
                    remedy="Add patterns that narrow it down, or leave out evidence=1.",
                )
            key: object = tuple(row.get(name) for name in columns) if extended.distinct else number
            found.setdefault(key, []).append(row)
            if not extended.distinct and len(found) > min(limit or MOST_ROWS, MOST_ROWS):
                break
        rows = list(found.values())
        if extended.distinct:
            end = None if extended.limit is None else extended.offset + extended.limit
            rows = rows[extended.offset : end]
        if limit is not None and len(rows) > limit and limit <= MOST_ROWS:
            return rows[:limit], True
        if len(rows) > MOST_ROWS:
            raise QueryError(
                f"The answer has more than {MOST_ROWS:,} rows; evidence is given for at most so many.",
                remedy=f"Add LIMIT {MOST_ROWS}, with OFFSET for those that follow.",
            )
        return rows, False

    def _solutions(self, query: Query, extended: Extended) -> Iterator[Row]:
        table = self._engine.query(replace(query, text=extended.text))
        assert isinstance(table, ox.QuerySolutions)
        names = [one.value for one in table.variables]
        for solution in table:
            yield {name: term for name, term in zip(names, solution, strict=True) if term is not None}

    def _dataset(self, query: Query) -> Dataset:
        default, named = query.default_graphs, query.named_graphs
        if not (default or named):
            clauses = querytext.dataset(query.text, query.base)
            default, named = clauses.default, clauses.named
        return Dataset(self._engine.store, default, named)


def _columns(engine: Engine, query: Query) -> list[str]:
    """The variables that the query itself returns, in its order. Raises QueryError if it is malformed."""
    table = engine.query(query)
    assert isinstance(table, ox.QuerySolutions)
    return [one.value for one in table.variables]


class _Told:
    """A row with what is behind it."""

    def __init__(
        self, columns: list[str], solutions: list[Row], finder: Finder, dataset: Dataset, sourcing: Sourcing
    ) -> None:
        self.cells = [solutions[0].get(name) for name in columns]
        self.matched: list[Matched] = list(dict.fromkeys(one for row in solutions for one in finder.behind(row)))
        self.claims, self.entities = claims_of(self.cells, self.matched, dataset)
        for claim in self.claims:
            sourcing.add_claim(claim)
        for entity in self.entities:
            sourcing.add_entity(entity)


def _json(columns: list[str], table: list[_Told], sourcing: Sourcing, base: str) -> bytes:
    bindings = [
        {name: cell(term) for name, term in zip(columns, row.cells, strict=True) if term is not None} for row in table
    ]
    evidence = [
        {"claims": row.claims, "entities": row.entities, "triples": [told(one, base) for one in row.matched]}
        for row in table
    ]
    answer = {
        "head": {"vars": columns},
        "results": {"bindings": bindings},
        "evidence": evidence,
        "claims": sourcing.claims,
        "entities": sourcing.entities,
        "sources": sourcing.sources,
    }
    return (json.dumps(answer, ensure_ascii=False) + "\n").encode("utf-8")


def _csv(columns: list[str], table: list[_Told], sourcing: Sourcing) -> bytes:
    """SPARQL 1.1 Query Results CSV with two columns more, each of IRIs with spaces between them."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    added = [name if name not in columns else f"evidence_{name}" for name in ("claims", "sources")]
    writer.writerow([*columns, *added])
    for row in table:
        sources = sourcing.documents_of([*row.claims, *row.entities])
        writer.writerow([*map(_text, row.cells), " ".join(row.claims), " ".join(sources)])
    return output.getvalue().encode("utf-8")


def _text(term: object) -> str:
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else "" if term is None else str(term)
