"""What changed about a resource between versions of the data that are kept, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from serving import DIGEST, TRIG, Server, serving, write_snapshot

pytestmark = pytest.mark.server

HTML = {"Accept": "text/html"}
OLDER = "1" * 64
CLAIMS = """graph:data\\/claims\\/x {{ claim:one ckg:holder actor:freedonia ; ckg:summary "Freedonia is {stance} it."@en .
  actor:freedonia ckg:describedRole "a {role}" . {more} }}"""


def trig(stance: str, role: str, more: str = "") -> str:
    return TRIG + CLAIMS.format(stance=stance, role=role, more=more)


def words(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a snapshot and an older one that says something else."""
    folder = tmp_path_factory.mktemp("history")
    state = write_snapshot(folder / "state", trig("for", "kingdom"))
    gone = 'claim:gone ckg:holder actor:freedonia ; ckg:summary "This was withdrawn."@en .'
    before = write_snapshot(folder / "before", trig("against", "kingdom", gone)) / "snapshots" / DIGEST
    manifest = json.loads((before / "manifest.json").read_text("utf-8")) | {"digest": OLDER, "built": "2026-01-05T00:00:00Z"}
    (before / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    before.rename(state / "snapshots" / OLDER)
    with serving(state, "--workers", "1", "--budget", "0") as one:
        yield one


def test_what_changed_is_told_claim_by_claim(two: Server) -> None:
    answer = two.ask("GET", "/history/id/actor/freedonia", HTML)
    said = words(answer.text)
    assert answer.status == 200 and "Between the version built on 5 January 2026" in said
    assert "changed Freedonia is for it." in said and "removed This was withdrawn." in said and "kingdom" not in said
    assert re.search(r"<del>[^<]*against it[^<]*</del>", answer.text) and re.search(r"<ins>[^<]*is for it[^<]*</ins>", answer.text)


def test_it_is_told_in_italian(two: Server) -> None:
    said = words(two.ask("GET", "/history/id/actor/freedonia?lang=it", HTML).text)
    assert "Che cosa è cambiato" in said and "tolto This was withdrawn." in said


def test_what_is_the_same_is_said_to_be(two: Server) -> None:
    said = words(two.ask("GET", "/history/id/actor/markup", HTML).text)
    assert "Nothing in the graph" in said or "has changed" in said


def test_the_oldest_version_has_nothing_to_be_compared_with(two: Server) -> None:
    said = words(two.ask("GET", f"/history/id/actor/freedonia?snapshot={OLDER}", HTML).text)
    assert "nothing to compare with" in said and "compare with it" in said


@pytest.mark.parametrize("wanted", ["x", "%00", "2" * 64, "../..", "<b>"])
def test_no_such_version_is_a_sentence(two: Server, wanted: str) -> None:
    answer = two.ask("GET", f"/history/id/actor/freedonia?with={wanted}", HTML)
    assert answer.status == 404 and "Traceback" not in answer.text


def test_of_nothing_there_is_no_history(two: Server) -> None:
    assert two.ask("GET", "/history/id/actor/nobody", HTML).status == 404
    assert two.ask("GET", "/history/etc/passwd", HTML).status == 404
