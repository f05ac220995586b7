"""What a worker does with a request: a query, an explanation, or a check of a contribution."""

from __future__ import annotations

import contextlib
import sys
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kg.engine import Engine, unanswered
from kg.errors import KgError, QueryError, WorkerLost
from kg.querytext import may_make_triple_terms
from kg.sparql import results
from kg.texts import Texts
from kg.workers import wire
from kg.workers.outbox import Outbox
from kg.workers.wire import Limits

if TYPE_CHECKING:
    from kg.workers.checker import SnapshotChecker
    from kg.workers.drafter import SnapshotDrafter
    from kg.workers.explainer import SnapshotExplainer

#: A contribution of nothing: judging it makes what judging others needs.
_NOTHING = ("data/incoming/nothing.ttl", b"")

#: What answers under so short a deadline that to load it first would take a part of it.
_QUICK = ("kg.workers.naming", "kg.gate.alike")


class Desk:
    """Answers requests over an engine's snapshot. What only some of them need is made at the first that does."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine, self._limits = engine, limits
        # Opened before a newer snapshot can take the place of this one.
        self._texts = Texts(Path(engine.snapshot.path))
        # Found out once, before the workers are forked.
        _ = engine.has_triple_terms

    @cached_property
    def _explainer(self) -> SnapshotExplainer:
        # Loaded when it is asked for, as the checker: most servers start for queries, which should not wait for both.
        return import_module("kg.workers.explainer").SnapshotExplainer(self._engine, self._texts)

    @cached_property
    def _checker(self) -> SnapshotChecker:
        return import_module("kg.workers.checker").SnapshotChecker(self._engine, self._texts)

    @cached_property
    def _drafter(self) -> SnapshotDrafter:
        return import_module("kg.workers.drafter").SnapshotDrafter(self._engine, self._checker)

    def answer(self, request: wire.Header, content: bytes, outbox: Outbox) -> tuple[wire.Header, bytes]:
        """The header and the body of the answer, or of what ``outbox`` has not sent of it; an error is a header."""
        kind = wire.kind_of(request)
        try:
            if kind == "query":
                return self._query(request, outbox), outbox.rest()
            if "evidence" in request:
                return self._evidence(request)
            if "empty" in request:
                return self._reason(request)
            if "names" in request:
                return {}, self._names(request)
            return {}, self._answered(kind, request, content)
        except KgError as error:
            return wire.from_error(error), b""
        except MemoryError:
            return wire.from_error(
                QueryError(f"The {kind} needs more memory than it may have.", remedy=wire.smaller(kind))
            ), b""
        except wire.Closed:
            raise
        except Exception as error:
            # The cause is for the log; a stranger learns only that it is our fault.
            print(f"kg: a {kind} failed with {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return wire.from_error(WorkerLost(f"The {kind} failed for a reason that is ours, not yours.")), b""

    def _query(self, request: wire.Header, outbox: Outbox) -> wire.Header:
        query = wire.to_query(request["query"])
        found = self._engine.query(query)
        triple_terms = self._engine.has_triple_terms or may_make_triple_terms(query.text)
        try:
            written = results.write(found, request["format"], outbox, request["limit"], triple_terms=triple_terms)
        except (RuntimeError, OSError):
            if query.relays:
                raise unanswered() from None
            raise
        return {"rows": written.rows, "truncated": written.truncated}

    def _evidence(self, request: wire.Header) -> tuple[wire.Header, bytes]:
        # Loaded when it is asked for, as what follows.
        evidencer = import_module("kg.workers.evidencer").SnapshotEvidence(self._engine)
        query = wire.to_query(request["evidence"])
        rows, is_cut, body = evidencer.answer(query, request["format"], request["limit"])
        return {"rows": rows, "truncated": is_cut}, body

    def _reason(self, request: wire.Header) -> tuple[wire.Header, bytes]:
        search = import_module("kg.workers.emptiness").Emptiness(self._engine, request["deadline"])
        body = search.answer(wire.to_query(request["empty"]), request["format"], request["language"])
        return {"spent": search.is_spent}, body

    def _names(self, request: wire.Header) -> bytes:
        naming = import_module("kg.workers.naming")
        return naming.unknown_names(self._engine, wire.to_query(request["names"]), request["deadline"])

    def _answered(self, kind: str, request: wire.Header, content: bytes) -> bytes:
        most = min(self._limits.answer, request["most"] or self._limits.answer)
        if kind == "explanation":
            return self._explainer.answer(request["explain"], request["format"], request["language"], most)
        if kind == "draft":
            return self._drafter.answer(request["draft"], content, request["language"])
        return self._checker.answer(request["check"], content, request["format"], request["language"])

    def prepare(self, kind: str) -> None:
        """Make what requests of a kind need, so that workers forked from this process have it.

        Without effect if it cannot be made: whoever asks for it is told why.
        """
        for module in _QUICK:
            import_module(module)
        with contextlib.suppress(KgError):
            if kind == "check":
                self._checker.answer(*_NOTHING, "json", "en")
            elif kind == "draft":
                self._drafter.prepare()
            else:
                self._explainer.prepare()
