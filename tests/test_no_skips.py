"""The plugin that turns skips into failures where ``CI`` is set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

SUITE = """
import pytest

@pytest.fixture
def browser():
    pytest.skip("no browser here")

def test_in_the_body(): pytest.skip("no java here")
def test_in_a_fixture(browser): pass
@pytest.mark.skipif(True, reason="no service here")
def test_by_a_mark(): pass
@pytest.mark.xfail(strict=True, reason="the engine cannot do this")
def test_expected_to_fail(): assert False
def test_passes(): pass
"""


def run(folder: Path, suite: str, ci: str | None) -> tuple[int, str]:
    """Exit status and output of pytest, with the plugin, on a suite of one file."""
    (folder / "test_suite.py").write_text(suite, "utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    # Without the plugins of others that are installed here, which take longer to load than the suite to run.
    environment |= {"PYTHONPATH": str(ROOT / "tests"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment |= {"CI": ci} if ci is not None else {}
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "plugins.no_skips", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("ci", [None, "", "false", "0"])
def test_elsewhere_a_skip_is_named_in_the_summary(tmp_path: Path, ci: str | None) -> None:
    status, output = run(tmp_path, SUITE, ci)
    assert status == 0, output
    assert "1 passed, 3 skipped, 1 xfailed" in output
    for reason in ("no browser here", "no java here", "no service here"):
        assert f": {reason}" in output


def test_in_ci_every_skip_fails_and_keeps_its_reason(tmp_path: Path) -> None:
    status, output = run(tmp_path, SUITE, "true")
    assert status == 1
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in output, output
    for reason in ("no browser here", "no java here", "no service here"):
        assert reason in output


def test_in_ci_a_module_that_skips_itself_fails(tmp_path: Path) -> None:
    status, output = run(tmp_path, "import pytest\npytest.importorskip('no_such_module_at_all')", "true")
    assert status != 0
    assert "no_such_module_at_all" in output


def test_in_ci_a_suite_without_skips_passes(tmp_path: Path) -> None:
    status, output = run(tmp_path, "def test_passes(): pass", "true")
    assert status == 0, output
