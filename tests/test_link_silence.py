"""Nothing calls out but the commands that say so: not on import, not at a build, not in a check, not on a page view."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOT
from kg.engine import Engine
from kg.linking import profile as profiles
from kg.model import Query
from link_material import ITEMS, PROFILE, kg, write
from serving import PATIENCE, Server, command, write_snapshot
from wikidata_stand_in import standing_in

Run = Callable[..., subprocess.CompletedProcess[str]]

#: Python runs this as it starts, in each process: it writes down every address that is connected to or looked up.
WATCH = """
import os, sys
def watch(event, arguments):
    if event == "socket.getaddrinfo" or event == "socket.connect" and isinstance(arguments[1], tuple):
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1][0]
        with open(os.environ["SEEN_CONNECTIONS"], "a") as file:
            file.write(f"{event} {address!r}\\n")
sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """The environment in which processes are watched; what they connect to is in ``seen``."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, "utf-8")
    return {"PYTHONPATH": f"{folder}:{ROOT / 'src'}", "SEEN_CONNECTIONS": str(tmp_path / "seen")}


def seen(watched: dict[str, str]) -> list[str]:
    """The connections that were opened or looked up."""
    file = Path(watched["SEEN_CONNECTIONS"])
    return file.read_text("utf-8").splitlines() if file.exists() else []


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that is built."""
    folder = write(tmp_path_factory.mktemp("silent") / "repository")
    assert kg(folder, "build").returncode == 0
    return folder


def test_the_watch_sees_what_calls_out(run_kg: Run, root: Path, watched: dict[str, str]) -> None:
    with standing_in(ITEMS) as service:
        assert run_kg("link", "suggest", "actor:nobody", cwd=root, **watched, **service.variables()).returncode == 0
    assert any("127.0.0.1" in line for line in seen(watched))


@pytest.mark.parametrize(
    "arguments",
    [("build", "--force"), ("check",), ("link", "check"), ("link", "review", "--author", "A"), ("query", "ASK {}")],
    ids=" ".join,
)
def test_a_command_opens_no_connection(
    run_kg: Run, root: Path, watched: dict[str, str], arguments: tuple[str, ...]
) -> None:
    with standing_in() as service:
        result = run_kg(*arguments, cwd=root, **watched, **service.variables())
        assert result.returncode in (0, 1), result.stderr
        assert seen(watched) == [] and service.asked == []


def test_importing_all_of_it_opens_no_connection(watched: dict[str, str]) -> None:
    text = "import pkgutil, kg, importlib\nfor m in pkgutil.walk_packages(kg.__path__, 'kg.'):\n" + (
        "    m.name.endswith('__main__') or importlib.import_module(m.name)\n"
    )
    subprocess.run([sys.executable, "-c", text], env=watched, check=True, timeout=PATIENCE)
    assert seen(watched) == []


def test_serving_opens_no_connection(tmp_path: Path, watched: dict[str, str]) -> None:
    line, environment = command("--port", "0", state=write_snapshot(tmp_path / "state"))
    process = subprocess.Popen(
        line, env={**environment, **watched, "KG_CONTACT": "a@example.org"}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        printed = process.stdout.readline()
        address = re.search(r"http://[^ ]+", printed)
        assert address, printed
        server = Server(process, address[0], printed)
        for path in ("/", "/id/actor/freedonia", "/sparql?query=ASK%7B%7D"):
            assert server.ask("GET", path, {"Accept": "*/*"}).status == 200
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
    # It looks up the addresses that it listens on, in numbers, and nothing else.
    assert set(seen(watched)) <= {"socket.getaddrinfo '127.0.0.1'", "socket.getaddrinfo '0.0.0.0'"}


def test_the_profile_speaks_of_what_the_ontology_has(real_graph: Engine) -> None:
    profile = profiles.read((ROOT / PROFILE).read_text("utf-8"), PROFILE)
    ours = {row.ours for use in (profiles.TYPE, profiles.FETCH) for row in profile.of(use)}
    for one in ours:
        assert real_graph.query(Query(f"ASK {{ <{one}> a <http://www.w3.org/2002/07/owl#Class> }}")), one
    for row in profile.of(profiles.FACT):
        assert real_graph.query(Query(f"ASK {{ ?entity {row.ours} ?value }}")), row
    assert profile.classes() and all(row.meaning for row in profile.rows)
