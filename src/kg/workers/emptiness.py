"""Finding out in a worker why a query has no answer, as far as the time allows."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pyoxigraph as ox

from kg import binding, querytext
from kg.engine import Engine, check_syntax
from kg.errors import QueryError
from kg.model import Query
from kg.sparql import groups
from kg.sparql.cursor import NotRead
from kg.sparql.dropping import Reduced
from kg.sparql.empty import MOST_COUNTED, Found, Search
from kg.sparql.nearby import Nearby, shown
from kg.sparql.structure import read
from kg.sparql.suspects import Suspects
from kg.sparql.whysaid import Told, lines
from kg.sparql.whywords import sentence

#: The part of its deadline that the search may take, that one query of it may, and when looking at terms ends.
_SHARE, _ONE, _NOTES = 0.6, 0.3, 0.75
#: Characters of the longest query that is looked into: each part that is left out takes reading the whole anew.
MOST_TEXT = 20_000


class Emptiness:
    """Answers why one query has no answer. To be used once."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        """``seconds`` is the deadline of the request."""
        self._engine = engine
        self._until, self._last = (time.monotonic() + seconds * part for part in (_SHARE, _NOTES))
        self._one = seconds * _ONE
        #: True if a query is still running that nobody waits for: the process is to be replaced.
        self.is_spent = False

    def answer(self, query: Query, form: str, language: str) -> bytes:
        """Why the query has no answer, as ``json`` or ``text``; or that it has one.

        Raises QueryError if it is malformed or too long, or has what SPARQL 1.1 has not, or has no patterns.
        """
        if len(query.text) > MOST_TEXT:
            told = f"Why a query is empty is told of one of at most {MOST_TEXT} characters; this has {len(query.text)}."
            raise QueryError(told, remedy="Shorten its lists of values, or leave out explain=empty.")
        check_syntax(query.text, query.base)
        query = replace(query, text=binding.bind(query.text, query.bindings), bindings={})
        try:
            structure = read(query.text, query.base)
        except NotRead as stopped:
            where = querytext.place(query.text, stopped.token.start) if stopped.token else None
            raise QueryError(
                "Why a query is empty can be told of SPARQL 1.1 only.", remedy="Leave out explain=empty.", where=where
            ) from None
        if structure.where is None:
            raise QueryError("A query without patterns cannot be explained.", remedy="Add WHERE { … }.")
        told = self._told(query, structure)
        text = json.dumps(told, ensure_ascii=False) if form == "json" else "\n".join(lines(told, language))
        return (text + "\n").encode("utf-8")

    def _told(self, query: Query, structure: groups.Query) -> dict[str, object]:
        reduced = Reduced(query.text, structure, query.base)
        count, sample = self._count, self._sample
        found = Search(
            reduced, lambda text: count(replace(query, text=text)), lambda text: sample(replace(query, text=text))
        ).run()
        if found.rows:
            return Told(reduced, found, [], self._with_rows(query, structure, found)).as_json()
        default, named = query.default_graphs, query.named_graphs
        if not (default or named):
            clauses = querytext.dataset(query.text, query.base)
            default, named = clauses.default, clauses.named
        nearby = Nearby(self._engine.store, default, named)
        suspects = Suspects(structure, nearby, lambda: time.monotonic() > self._last)
        notes = [] if self.is_spent else suspects.notes((*query.default_graphs, *query.named_graphs))
        found = replace(found, is_complete=found.is_complete and not suspects.is_cut)
        return Told(reduced, found, notes, self._without_rows(structure, found)).as_json()

    def _without_rows(self, structure: groups.Query, found: Found) -> dict[str, str]:
        if found.rows is None:
            return sentence("unknown")
        always = structure.form == "SELECT" and structure.has_aggregates and "GROUP" not in structure.modifiers
        return sentence("aggregate" if always and "HAVING" not in structure.modifiers else "none")

    def _with_rows(self, query: Query, structure: groups.Query, found: Found) -> dict[str, str]:
        """What is said of a query whose patterns match something: it has an answer, or what follows them empties it."""
        assert found.rows is not None
        if structure.form == "ASK" or self._has_answer(query):
            return sentence("some", rows=found.rows)
        if structure.form in ("CONSTRUCT", "DESCRIBE") and structure.limit != 0 and not structure.offset:
            return sentence("template", rows=found.rows)
        spans = [structure.modifiers[word] for word in ("HAVING", "LIMIT", "OFFSET") if word in structure.modifiers]
        what = " ".join(query.text[one.start : one.end] for one in spans)
        return sentence("modifiers", rows=found.rows, what=what or structure.form)

    def _has_answer(self, query: Query) -> bool:
        return bool(self._limited(query, 1))

    def _count(self, query: Query) -> int | None:
        return self._limited(query, MOST_COUNTED + 1)

    def _sample(self, query: Query) -> dict[str, str]:
        """The values of one solution of a query that was counted before, as they are written."""
        if self.is_spent or time.monotonic() > self._until:
            return {}
        table = self._engine.query(query)
        assert isinstance(table, ox.QuerySolutions)
        names = [one.value for one in table.variables]
        for row in table:
            return {name: shown(term) for name, term in zip(names, row, strict=True) if term is not None}
        return {}

    def _limited(self, query: Query, most: int) -> int | None:
        """The number of rows or triples of a query, at most so many; None if there is no time to find out.

        Raises KgError if it cannot be answered.
        """
        left = min(self._until - time.monotonic(), self._one)
        if left <= 0 or self.is_spent:
            return None
        found: list[int | BaseException] = []

        def ask() -> None:
            try:
                found.append(_size(self._engine.query(query), most))
            except BaseException as error:
                found.append(error)

        # The engine cannot be interrupted: a query that takes too long is left behind in a thread of its own.
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(left)
        if not found:
            self.is_spent = True
            return None
        if isinstance(found[0], MemoryError):
            # What it takes to find out is more than there is; that there is nothing would be a guess.
            return None
        if isinstance(found[0], BaseException):
            raise found[0]
        return found[0]


def _size(results: object, most: int) -> int:
    if isinstance(results, ox.QueryBoolean):
        return int(bool(results))
    return sum(1 for _ in zip(range(most), results, strict=False))  # type: ignore[call-overload]
