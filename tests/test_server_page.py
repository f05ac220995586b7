"""docs/server.md says what a server does: its requests are asked, and its tables hold what there is, all of it."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from checkout import ROOT
from serving import serving, write_snapshot

from kg.settings import SETTINGS
from kg.web.errors_page import CODES

PAGE = ROOT / "docs" / "server.md"
TEXT = PAGE.read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"
#: A request and its answer: the command ends where its quotation marks are closed.
SHOWN = re.compile(r"^```text\n\$ (?P<command>curl [^']*(?:'[^']*'[^'\n]*)*)\n(?P<answer>.*?)^```$", re.M | re.S)


def asked(command: str, address: str) -> str:
    """What curl prints for a request of the page, sent to a real server."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: the requests shown in docs/server.md are run with it")
    words = shlex.split(command.replace(ADDRESS, address))
    done = subprocess.run([*words, "--silent", "--show-error"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\r\n", "\n").replace(address, ADDRESS)


def column(heading: str, number: int = 0) -> set[str]:
    """What is quoted as code in a column of the tables below a heading."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert section is not None, heading
    rows = re.findall(r"^\| (.+) \|$", section[1], re.M)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[number])}


@pytest.mark.server
@pytest.mark.parametrize("shown", [one.groupdict() for one in SHOWN.finditer(TEXT)], ids=lambda one: one["command"][-40:])
def test_requests_shown_have_the_answers_shown(shown: dict[str, str], live_server: str) -> None:
    printed = asked(shown["command"], live_server)
    expected = ".*".join(map(re.escape, shown["answer"].rstrip("\n").split("…")))
    assert re.fullmatch(expected, printed.rstrip("\n"), re.S | re.I), printed


def test_a_request_of_each_kind_is_shown() -> None:
    assert len(SHOWN.findall(TEXT)) == TEXT.count("\n$ curl ") >= 6


@pytest.mark.server
def test_every_metric_is_documented_and_no_other(live_server: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(live_server).netloc)
    connection.request("GET", "/metrics")
    told = connection.getresponse().read().decode()
    connection.close()
    assert {one for one in column("Health") if one.startswith("kg_")} == set(re.findall(r"^# TYPE (\w+)", told, re.M))


@pytest.mark.server
def test_every_field_of_the_log_is_documented_and_no_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    nobody = ("--services", "local+http://127.0.0.1:1/")
    with serving(write_snapshot(tmp_path), "--log", "json", "--log-queries", "true", *nobody, log=log) as server:
        assert server.query("ASK {}").headers["kg-answer"] == "complete"
        assert server.query("ASK {").status == 400
        assert server.query("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }").status == 502
    complete, refused, other = map(json.loads, log.read_text("utf-8").splitlines())
    assert complete["answer"] == "complete" and refused["error"] == "query" and other["error"] == "service"
    assert column("The log") - {"KG_LOG=json", "KG_LOG_QUERIES=true"} == {*complete, *refused, *other}


def test_every_status_of_an_error_is_documented() -> None:
    rows = re.findall(r"^\| ([0-9, ]+) \|", TEXT, re.M)
    documented = {int(number) for row in rows for number in row.split(", ")}
    # Of snapshots and of settings nobody is told over HTTP while the server runs, but those two have a status as well.
    assert {one.status for one in CODES} <= documented


def test_the_file_of_settings_shown_can_be_read() -> None:
    (shown,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.M | re.S)
    assert set(tomllib.loads(shown)) <= {one.name for one in SETTINGS}


def write_answers(address: str) -> None:
    """Write the answers of the requests shown anew, as a server at this address gives them; what varies is left out."""
    left_out = (
        (r"(?m)^(Accept-Query|Access-|Cache-|Content-|Date|Etag|Last-|Link|Referrer|Server|Vary|X-).*\n", ""),
        (r"[0-9a-f]{64}(-[0-9a-f]{16})?", "…"), (r"(?<=-)[0-9a-f]{10}(?=,)", "…"), (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "…"),
        (r"(?<=note = {Snapshot …).*(?= SHA-256)", ""),
        (r"(?<=year = {)[0-9]+", "…"), (r"(?<=version = {)[0-9.]+", "…"),
        (r"(?<=be )[0-9]+(?= solutions)", "…"),
    )  # fmt: skip

    def answered(shown: re.Match[str]) -> str:
        text = asked(shown["command"], address).rstrip("\n") + "\n"
        for pattern, instead in left_out:
            text = re.sub(pattern, instead, text)
        if text.startswith("HTTP"):
            text = re.sub(r"(?m)^(HTTP/.*)\n", r"\1\n…\n", text).replace("\n\n", "\n…\n\n")
        return f"```text\n$ {shown['command']}\n{text}```"

    PAGE.write_text(SHOWN.sub(answered, TEXT), "utf-8")


if __name__ == "__main__":
    write_answers(sys.argv[1])
