"""``POST /check`` over a real server process: a contribution in, a report out, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from conftest import FILES, PREFIXES, write_repository
from kg.build import build
from kg.rdf import LEDGER
from serving import Answer, Server, serving, token_in

GOOD = (PREFIXES + "claim:new-1 a ckg:Position ; ckg:holder actor:sylvania ; ckg:topic topic:ships .\n").encode()
BAD = (PREFIXES + "claim:new-1 a ckg:Position ;\n    ckg:hodler actor:sylvania .\n").encode()
LINE = PREFIXES.count("\n") + 2
TURTLE = {"Content-Type": "text/turtle"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a snapshot of the tiny repository."""
    folder = tmp_path_factory.mktemp("check")
    build(write_repository(folder / "repository"), folder / "state")
    with serving(folder / "state") as running:
        yield running


def send(server: Server, body: bytes, headers: dict[str, str] | None = None, path: str = "/check") -> Answer:
    """The answer to a contribution."""
    return server.ask("POST", path, headers or TURTLE, body)


def codes(answer: Answer) -> set[str]:
    return {one["code"] for one in answer.json()["findings"]}


def test_a_contribution_is_judged(server: Server) -> None:
    answer = send(server, BAD)
    assert (answer.status, answer.media_type, answer.headers["kg-conforms"]) == (200, "application/json", "false")
    assert codes(answer) >= {"Vocabulary-unknown"}
    (unknown,) = (one for one in answer.json()["findings"] if one["code"] == "Vocabulary-unknown")
    assert (unknown["where"]["line"], unknown["where"]["column"]) == (LINE, 5)
    assert send(server, GOOD).headers["kg-conforms"] == "true"


def test_nothing_is_kept(server: Server) -> None:
    for _ in range(4):
        assert send(server, GOOD).status == 200
        answer = server.query("ASK { <https://w3id.org/coalition-kg/id/claim/new-1> ?p ?o }", Accept="application/json")
        assert answer.json()["boolean"] is False


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json", "text/turtle", "application/ld+json", "text/plain", "application/sarif+json",
        "application/xml", "text/html",
    ],
)
def test_the_report_comes_in_the_form_asked_for(server: Server, media_type: str) -> None:
    answer = send(server, BAD, {**TURTLE, "Accept": media_type})
    assert (answer.status, answer.media_type) == (200, media_type)
    if "json" in media_type:
        answer.json()
    elif media_type == "text/turtle":
        assert len(list(ox.parse(answer.body, format=ox.RdfFormat.TURTLE))) > 5
    elif media_type == "application/xml":
        assert ElementTree.fromstring(answer.text).tag == "testsuites"
    assert "Vocabulary-unknown" in answer.text


def test_a_browser_sends_a_form_and_gets_it_back_with_the_report(server: Server) -> None:
    page = server.ask("GET", "/check?lang=it", {"Accept": "text/html"})
    assert page.status == 200 and "multipart/form-data" in page.text
    token = f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token_in(page.text)}\r\n'
    field = '--x\r\nContent-Disposition: form-data; name="contribution"\r\n\r\n'
    sent = token + field + BAD.decode().replace("\n", "\r\n") + "<script>\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "text/html"}
    answer = send(server, sent.encode(), headers, "/check?lang=it")
    assert answer.status == 200 and "<script>" not in answer.text and "&lt;script&gt;" in answer.text


def test_a_file_may_stand_in_place_of_one(server: Server) -> None:
    changed = PREFIXES + "claim:two-1 a ckg:Commitment ; ckg:topic topic:ships .\nactor:freedonia a ckg:State .\n"
    found = codes(send(server, changed.encode(), path="/check?as=data/claims/two.ttl"))
    assert "ClaimShape-holder" in found and "Reference-owner" not in found
    assert "Reference-owner" in codes(send(server, changed.encode()))


TABLE = {"Content-Type": "text/tab-separated-values"}
HEAD, COLUMNS = FILES[LEDGER].split("subject_id")
COLUMNS = "subject_id" + COLUMNS.splitlines()[0] + "\n"
ROW = "actor:{}\tskos:exactMatch\twd:{}\tsemapv:ManualMappingCuration\tsomebody\t2026-01-02\n"
FIRST_ROW = HEAD.count("\n") + 2


@pytest.mark.parametrize("path", ["/check", f"/check?as={LEDGER}"])
def test_the_ledger_of_links_is_judged_as_a_table_in_its_place(server: Server, path: str) -> None:
    known = HEAD + COLUMNS + ROW.format("freedonia", "Q1")
    fine = send(server, (known + ROW.format("sylvania", "Q2")).encode(), TABLE, path)
    assert (fine.status, fine.headers["kg-conforms"]) == (200, "true")
    assert "actor:sylvania is linked to wd:Q2 by skos:exactMatch." in send(
        server, (known + ROW.format("sylvania", "Q2")).encode(), {**TABLE, "Accept": "text/plain"}, path
    ).text
    same = send(server, (known + ROW.format("sylvania", "Q1")).encode(), TABLE, path)
    (finding,) = (one for one in same.json()["findings"] if one["severity"] == "violation")
    assert (finding["code"], finding["where"]["file"], finding["where"]["line"]) == (
        "Duplicate-match", LEDGER, FIRST_ROW + 1,
    )  # fmt: skip
    assert send(server, (known + ROW.format("nobody", "Q3")).encode(), TABLE, path).headers["kg-conforms"] == "false"


@pytest.mark.parametrize(
    ("name", "place", "field"), [("l.tsv", "", "file"), ("l.sssom.TSV", LEDGER, "file"), ("", LEDGER, "contribution")]
)
def test_the_ledger_may_be_sent_by_a_form(server: Server, name: str, place: str, field: str) -> None:
    filename = f'; filename="{name}"' if name else ""
    text = (HEAD + COLUMNS + ROW.format("freedonia", "Q01")).replace("\n", "\n" if name else "\r\n")
    sent = (
        f'--x\r\nContent-Disposition: form-data; name="as"\r\n\r\n{place}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="{field}"{filename}\r\n\r\n{text}\r\n--x--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
    answer = send(server, sent.encode(), headers)
    (finding,) = answer.json()["findings"]
    assert (finding["code"], finding["where"]["line"]) == ("Syntax-ledger-item", FIRST_ROW)


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        pytest.param(b"", "Syntax-ledger", 1, id="empty"),
        pytest.param(b"\x00\xff\xfe\x00 binary", "Syntax-encoding", 1, id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "Syntax-encoding", 1, id="an image"),
        pytest.param(("a\tb\n" * 3).encode("utf-16"), "Syntax-encoding", 1, id="utf-16"),
        pytest.param((HEAD + "subject_id\tobject_id\n").encode(), "Syntax-ledger", FIRST_ROW - 1, id="columns that lack"),
        pytest.param((HEAD + "a\tb\tc\nx\ty\tz\n").encode(), "Syntax-ledger", FIRST_ROW - 1, id="other columns"),
        pytest.param((HEAD + COLUMNS + "x\n").encode(), "Syntax-ledger", FIRST_ROW, id="one cell"),
        pytest.param((HEAD + COLUMNS + '"x\n' * 3).encode(), "Syntax-ledger", FIRST_ROW, id="unclosed"),
        pytest.param(("#a: &a [x]\n" + "#b: [*a,*a]\n" + COLUMNS).encode(), "Syntax-ledger", 1, id="YAML of aliases"),
        pytest.param(b"#" + b"[" * 50_000, "Syntax-ledger", 1, id="YAML that nests"),
        pytest.param(b"#comment: " + b"a" * 30_000 + b"\n" + COLUMNS.encode(), "Syntax-ledger", 1, id="a long head"),
        pytest.param((HEAD + COLUMNS).encode() + b"x\t" * 900_000, "Syntax-ledger", FIRST_ROW, id="one long line"),
        pytest.param((HEAD + COLUMNS + "\t\t\t\t\t\n" * 90_000).encode(), "Syntax-ledger", FIRST_ROW, id="empty cells"),
        pytest.param(GOOD, "Syntax-ledger", 1, id="Turtle"),
    ],
)
def test_a_table_that_is_none_is_told_with_its_line_and_the_server_goes_on(
    server: Server, body: bytes, code: str, line: int
) -> None:
    answer = send(server, body, TABLE)
    assert answer.status == 200 and answer.headers["kg-conforms"] == "false"
    findings = answer.json()["findings"]
    assert (code, line) in {(one["code"], one["where"]["line"]) for one in findings}
    assert all(one["messages"]["en"] and one["messages"]["it"] for one in findings)
    assert send(server, GOOD).headers["kg-conforms"] == "true"


def test_a_ledger_that_is_not_laid_out_is_warned_of(server: Server) -> None:
    row = ROW.format("freedonia", "Q2")
    assert "Style-layout" not in codes(send(server, (HEAD + COLUMNS + row).encode(), TABLE)), "It was not before, either."


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "said"),
    [
        ("/check", b"x", {"Content-Type": "image/png"}, 415, "no format of RDF"),
        ("/check?as=../../etc/passwd", GOOD, TURTLE, 400, "is not the path"),
        ("/check?as=shapes/ClaimShape.ttl", GOOD, TURTLE, 400, "is not the path"),
        (f"/check?as={LEDGER}", GOOD, TURTLE, 400, "is a table"),
        ("/check?as=data/links/wikidata.ttl", GOOD, TURTLE, 400, "is not the path"),
        ("/check?as=data/claims/two.ttl", b"", TABLE, 400, "is not the path of the ledger"),
        ("/check", b"a" * 2_100_000, TABLE, 413, "larger"),
        ("/check", b"a" * 2_100_000, TURTLE, 413, "larger"),
        ("/check", b"x=1", {"Content-Type": "application/x-www-form-urlencoded"}, 400, "Nothing was sent"),
        ("/check", GOOD, {**TURTLE, "Accept": "image/png"}, 406, ""),
    ],
)
def test_what_cannot_be_judged_is_a_problem(
    server: Server, path: str, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = send(server, body, headers, path)
    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00\xff\xfe\x00 binary", id="binary"),
        pytest.param("PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n".encode("utf-16"), id="utf-16"),
        pytest.param(b"<<( " * 3_000, id="triple terms"),
        pytest.param(b"<urn:a> <urn:b> " + b"[ <urn:c> " * 2_000 + b"]" * 2_000 + b" .", id="nested"),
        pytest.param(b"<urn:a> <urn:b> \"\"\"" + b"x" * 40_000, id="unclosed"),
        pytest.param(b"<urn:a b> <urn:c> <urn:d> .", id="space in an IRI"),
        pytest.param(
            "\n".join(f"_:b{a} <urn:p> _:b{b} ." for a in range(9) for b in range(9) if a != b).encode(), id="clique"
        ),
        pytest.param(b"<urn:l> <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <urn:l> .", id="cyclic list"),
    ],
)
def test_bad_input_is_told_and_the_server_goes_on(server: Server, body: bytes) -> None:
    answer = send(server, body)
    assert answer.status == 200 and answer.headers["kg-conforms"] == ("true" if body == b"" else "false")
    assert all(one["messages"]["en"] and one["messages"]["it"] for one in answer.json()["findings"])
    assert send(server, GOOD).headers["kg-conforms"] == "true"


ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
DESCRIPTION = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:a">'
    "<rdf:value>{}</rdf:value></rdf:Description></rdf:RDF>"
)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/rdf+xml", f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]>{DESCRIPTION.format("&e9;")}'),
        ("application/rdf+xml", f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{DESCRIPTION.format("&a;")}'),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/context", "@id": "urn:a", "b": "c"}'),
        ("application/ld+json", '{"@context": "file:///etc/passwd", "@id": "urn:a"}'),
    ],
)
def test_no_format_opens_a_file_or_a_connection(server: Server, media_type: str, body: str) -> None:
    answer = send(server, body.encode(), {"Content-Type": media_type})
    assert answer.headers["kg-conforms"] == "false"
    assert [one["code"].partition("-")[0] for one in answer.json()["findings"]] == ["Syntax"]
    assert "root:" not in answer.text


def test_other_sites_may_ask(server: Server) -> None:
    answer = server.ask("OPTIONS", "/check")
    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert server.ask("PUT", "/check", TURTLE, GOOD).status == 405
