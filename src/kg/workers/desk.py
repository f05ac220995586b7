"""What a worker does with a request: a query, an explanation, or a check of a contribution."""

from __future__ import annotations

import sys
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kg.engine import Engine, Texts
from kg.errors import KgError, QueryError, WorkerLost
from kg.sparql.results import serialise
from kg.workers import wire
from kg.workers.wire import Limits

if TYPE_CHECKING:
    from kg.workers.checker import SnapshotChecker
    from kg.workers.explainer import SnapshotExplainer

_OUT_OF_MEMORY = "The {} needs more memory than it may have."
_SMALLER = "Ask for less at once: add LIMIT, or patterns that narrow it down; or check smaller files."


class Desk:
    """Answers requests over an engine's snapshot. What only some of them need is made at the first that does."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine, self._limits = engine, limits
        # Opened before a newer snapshot can take the place of this one.
        self._texts = Texts(Path(engine.snapshot.path))

    @cached_property
    def _explainer(self) -> SnapshotExplainer:
        # Loaded when it is asked for, as the checker: most servers start for queries, which should not wait for both.
        return import_module("kg.workers.explainer").SnapshotExplainer(self._engine, self._texts)

    @cached_property
    def _checker(self) -> SnapshotChecker:
        return import_module("kg.workers.checker").SnapshotChecker(self._engine, self._texts)

    def answer(self, request: wire.Header, content: bytes) -> tuple[wire.Header, bytes]:
        """The header and the body of the answer; an error is a header."""
        kind = wire.kind_of(request)
        try:
            return {}, self._answered(kind, request, content)
        except KgError as error:
            return wire.from_error(error), b""
        except MemoryError:
            return wire.from_error(QueryError(_OUT_OF_MEMORY.format(kind), remedy=_SMALLER)), b""
        except Exception as error:
            # The cause is for the log; a stranger learns only that it is our fault.
            print(f"kg: a {kind} failed with {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return wire.from_error(WorkerLost(f"The {kind} failed for a reason that is ours, not yours.")), b""

    def _answered(self, kind: str, request: wire.Header, content: bytes) -> bytes:
        most = min(self._limits.answer, request["most"] or self._limits.answer)
        if kind == "explanation":
            return self._explainer.answer(request["explain"], request["format"], request["language"], most)
        if kind == "check":
            return self._checker.answer(request["check"], content, request["format"], request["language"])
        results = self._engine.query(wire.to_query(request["query"]))
        return serialise(results, request["format"], most)
