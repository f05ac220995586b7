"""A real Chromium for the tests of the pages: Debian's, or the one that KG_CHROMIUM names.

What is here is imported in ``conftest.py``, which is read after the plugin whose fixture it changes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from checkout import ROOT

from kg.web import assets

#: Where pictures of pages are kept.
PICTURES = ROOT / "build" / "pictures"
#: Chromium looks for nobody but the server under test.
_QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def _chromium() -> str | None:
    return os.environ.get("KG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """How Playwright starts the browser."""
    program = _chromium()
    if program is None:
        pytest.skip("there is no Chromium: install it (on Debian: apt-get install chromium), or name it in KG_CHROMIUM")
    if not assets.is_built():
        pytest.skip("the scripts of the pages are not built: python frontend/build.py")
    return {**browser_type_launch_args, "executable_path": program, "args": _QUIET, "headless": True}


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder that the tests leave their pictures of pages in."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES
