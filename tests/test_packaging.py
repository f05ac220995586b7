"""What is packed holds on another machine: the lock file is complete, and an installed wheel brings its data set."""

from __future__ import annotations

import email.parser
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT, repository_files
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import kg

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
DATASET = ("ontology", "data", "shapes", "rules", "queries")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def locked() -> dict[str, tuple[str, list[str]]]:
    """Name → version and hashes of everything in the lock file."""
    entries = re.findall(r"^([\w.-]+)==([^\s;\\]+)[^\n]*\n((?:    --hash=sha256:[0-9a-f]{64}[ \\]*\n?)+)", LOCK, re.M)
    return {name: (version, re.findall(r"[0-9a-f]{64}", hashes)) for name, version, hashes in entries}


def declared() -> list[Requirement]:
    """Everything that pyproject.toml asks for: to run, to test and to build."""
    project = PROJECT["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["test"], *PROJECT["dependency-groups"]["build"]]
    return [Requirement(text) for text in texts]


def test_every_entry_of_the_lock_has_a_version_and_hashes() -> None:
    names = re.findall(r"^([A-Za-z][\w.-]*)", LOCK, re.M)
    assert names == list(locked())
    assert all(hashes for _, hashes in locked().values())


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK and "find-links" not in LOCK


def test_the_lock_satisfies_what_is_declared() -> None:
    for requirement in declared():
        version, _ = locked()[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}: run make lock"


def test_every_dependency_has_bounds() -> None:
    for text in PROJECT["project"]["dependencies"]:
        operators = {specifier.operator for specifier in Requirement(text).specifier}
        assert operators == {">=", "<"}, f"{text} needs a lowest version that works and an upper bound"


def test_the_supported_pythons_agree() -> None:
    classified = {c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)}
    assert classified == set(PYTHONS)
    bounds = Requirement("python" + PROJECT["project"]["requires-python"]).specifier
    assert all(bounds.contains(f"{python}.1") for python in PYTHONS)
    assert not bounds.contains("3.10.9") and not bounds.contains("3.15.0")


def test_versions_agree_everywhere() -> None:
    assert f"\nversion: {kg.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## [{kg.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_lock_tool_is_pinned_and_make_installs_only_from_the_lock() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^UV_VERSION := [\d.]+$", makefile, re.M)
    assert "--require-hashes --requirement requirements.lock" in makefile
    assert "--no-deps --no-build-isolation" in makefile


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built as ``pip install .`` does it, but with the build tool that is here."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("coalition_kg-*.whl"))


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        folder = f"coalition_kg-{kg.__version__}.dist-info"
        metadata = email.parser.Parser().parsestr(packed.read(f"{folder}/METADATA").decode("utf-8"))
        assert (metadata["Name"], metadata["Version"]) == ("coalition-kg", str(Version(kg.__version__)))
        assert "kg = kg.cli:main" in packed.read(f"{folder}/entry_points.txt").decode("utf-8")
        assert {f"{folder}/licenses/LICENSE", f"{folder}/licenses/LICENSE-DATA"} <= set(packed.namelist())


def test_the_wheel_holds_the_programme_and_the_data_set(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for path in repository_files():
        relative = path.relative_to(ROOT)
        if relative.parts[0] in DATASET:
            assert f"kg/dataset/{relative.as_posix()}" in names
        elif relative.parts[:2] == ("src", "kg"):
            assert relative.relative_to("src").as_posix() in names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "benchmarks/"))]


def test_the_installed_wheel_builds_and_answers_far_from_any_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*install, str(wheel)], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # The folder of the wheel stands before the environment's own (editable) installation of this checkout.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment |= {"PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "kg", *arguments]
        done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("build")
    classes = "SELECT (COUNT(*) AS ?n) { ?c a <http://www.w3.org/2002/07/owl#Class> }"
    assert int(run("query", classes, "--format", "csv").split()[-1]) > 0
    assert (tmp_path / "cache" / "coalition-kg").is_dir()
    assert not list(elsewhere.iterdir())
