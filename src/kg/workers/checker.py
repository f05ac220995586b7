"""Judging a contribution in a worker, against nothing but the snapshot."""

from __future__ import annotations

import time
from collections import ChainMap
from functools import cached_property

from kg.engine import Engine
from kg.forms import written
from kg.gate.base import Base
from kg.gate.contribution import Bench, check
from kg.model import Change, Contribution
from kg.report.page import fragment
from kg.report.sheet import Sheet
from kg.rulebook import rules_among
from kg.texts import Texts
from kg.workers.wire import CONFORMS, DOES_NOT, FRAGMENT


class SnapshotChecker:
    """Judges contributions to an engine's snapshot. What stays the same is made at the first one."""

    def __init__(self, engine: Engine, texts: Texts) -> None:
        """``texts`` are those of the snapshot."""
        self._engine, self._texts = engine, texts

    def answer(self, path: str, content: bytes, form: str, language: str) -> bytes:
        """Whether one file, which is to stand at ``path``, conforms (``wire.CONFORMS``), and the report in a form.

        The form is one of ``kg.forms``, or FRAGMENT. Raises SnapshotError if the snapshot lacks the texts it was built
        from.
        """
        start = time.perf_counter()
        known = self._texts.by_path.get(path)
        before = known.encode("utf-8") if known is not None else None
        report = check(Contribution((Change(path, before, content),)), self.bench)
        texts = ChainMap({path: content.decode("utf-8", "replace")}, self._texts.by_path)
        sheet = Sheet(report, texts, time.perf_counter() - start, language)
        told = fragment(sheet, path) if form == FRAGMENT else written(sheet, form)
        return (DOES_NOT if sheet.failed else CONFORMS) + told.encode("utf-8")

    @cached_property
    def bench(self) -> Bench:
        """What contributions are judged against and with."""
        texts, files = self._texts.by_path, frozenset(self._engine.snapshot.files)
        base = Base(self._engine.store, files, lambda path: texts[path].encode("utf-8"))
        return Bench.of(base, rules_among(texts))
