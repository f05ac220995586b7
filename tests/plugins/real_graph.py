"""The graph of this repository, built once for all tests that look into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import ROOT
from kg.build import build
from kg.engine import Engine


@pytest.fixture(scope="session")
def real_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot of this repository; not to be changed."""
    state = tmp_path_factory.mktemp("real") / "state"
    build(ROOT, state)
    return state


@pytest.fixture(scope="session")
def real_graph(real_state: Path) -> Engine:
    """An engine over the graph of this repository."""
    return Engine.open(real_state)
