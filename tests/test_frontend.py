"""What the pages run in a browser: how it is built, how it is served, and what happens where it cannot be built."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT

from kg.web import assets

BUILD = ROOT / "frontend" / "build.py"
#: Bytes of compressed script that a page may load before its reader asks for more.
AT_LOAD, ON_DEMAND = 100_000, 140_000


def _checkout(folder: Path) -> Path:
    """A copy of what the build of the scripts and of the wheel reads."""
    for name in ("frontend", "src", "ontology", "data", "shapes", "rules", "queries"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__", "dist"))
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "CITATION.cff", "LICENSE", "LICENSE-DATA"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def _run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=os.environ | environment, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


#: No registry: nobody listens there.
NOWHERE = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0", "npm_config_offline": "false"}


@pytest.fixture(scope="module")
def without_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout on a machine whose npm reaches nothing and has kept nothing."""
    return _checkout(tmp_path_factory.mktemp("checkout"))


def _nowhere(folder: Path) -> dict[str, str]:
    return NOWHERE | {"npm_config_cache": str(folder / "npm-cache")}


def test_without_a_registry_a_wheel_is_built_and_a_notice_says_what_it_lacks(without_registry: Path) -> None:
    out = without_registry / "wheels"
    wheel = ("-m", "pip", "wheel", "-v", "--no-deps", "--no-build-isolation", "--wheel-dir", out, ".")
    done = _run(*wheel, folder=without_registry, KG_FRONTEND="auto", **_nowhere(without_registry))
    assert done.returncode == 0, done.stderr[-2000:]
    assert "NOTICE: the scripts of the pages cannot be built" in done.stdout + done.stderr
    with zipfile.ZipFile(next(out.glob("*.whl"))) as inside:
        assert not [name for name in inside.namelist() if name.startswith("kg/web/dist/")]
        assert "kg/web/static/style.css" in inside.namelist()


def test_a_release_without_scripts_is_refused(without_registry: Path) -> None:
    done = _run(BUILD.relative_to(ROOT), folder=without_registry, KG_FRONTEND="require", **_nowhere(without_registry))
    assert done.returncode != 0
    assert "The scripts of the pages cannot be built" in done.stderr and "Traceback" not in done.stderr


def test_a_word_that_is_no_mode_is_refused(without_registry: Path) -> None:
    done = _run(BUILD.relative_to(ROOT), folder=without_registry, KG_FRONTEND="perhaps")
    assert done.returncode != 0 and "perhaps" in done.stderr


def test_nothing_is_built_twice(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_once", BUILD)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.DIST = tmp_path / "dist"
    module.DIST.mkdir()
    assert not module.is_current()
    (module.DIST / module.STAMP).write_text(module.digest(), "ascii")
    assert module.is_current()
    module.node = lambda: pytest.fail("looked for Node.js although there is nothing to build")
    module.build()


def test_the_lock_file_names_no_host() -> None:
    for name in ("package-lock.json", "package.json", "node.lock", ".npmrc"):
        text = (ROOT / "frontend" / name).read_text("utf-8")
        assert '"resolved"' not in text and "://registry" not in text and "--index-url" not in text, name


@pytest.fixture(scope="module")
def built() -> None:
    """Only where the scripts were built."""
    if not assets.is_built():
        pytest.skip("the scripts of the pages are not built: python frontend/build.py")


def _get(address: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.usefixtures("built")
def test_scripts_are_served_for_ever_and_compressed_where_that_is_taken(live_server: str) -> None:
    address = f"{live_server}/assets/{assets.entry('site')}"
    plain, headers = _get(address)
    assert "immutable" in headers["cache-control"] and headers["content-type"].startswith("text/javascript")
    small, headers = _get(address, **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip" and gzip.decompress(small) == plain
    assert "Accept-Encoding" in headers["vary"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", ["../words.py", "..%2fwords.py", "%2e%2e/site.py", ".stamp", "nothing.js"])
def test_nothing_else_is_served_as_a_script(live_server: str, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(f"{live_server}/assets/{name}")
    with refused.value as answer:
        assert answer.code == 404


@pytest.mark.usefixtures("built")
def test_the_licences_of_what_is_built_in_are_told(live_server: str) -> None:
    told = _get(f"{live_server}/assets/licences.md")[0].decode("utf-8")
    assert all(name in told for name in ("codemirror", "cytoscape", "d3-geo", "@observablehq/plot"))


@pytest.mark.usefixtures("built")
def test_no_script_is_larger_than_agreed() -> None:
    manifest = json.loads((Path(assets.__file__).with_name("dist") / "manifest.json").read_text("utf-8"))
    entries = {part["file"] for part in manifest.values() if part.get("isEntry")}
    scripts = {part["file"] for part in manifest.values() if part["file"].endswith(".js")}
    sizes = {name: len(assets.content(f"{name}.gz") or b"") for name in scripts}
    assert sum(sizes[name] for name in entries) <= 10_000
    assert {name: size for name, size in sizes.items() if size > ON_DEMAND} == {}
