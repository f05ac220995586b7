"""The list of many sources, over HTTP: page by page, none lost, the two lists each in its own order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from kg.rdf import PREFIXES
from serving import Server, serving, write_snapshot

pytestmark = pytest.mark.server

HTML = {"Accept": "text/html"}
TEXTS, WORKS = 45, 230


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    rows = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items()] + ["{"]
    rows += [
        f'doc:t{n:03d} a ckg:Document ; ckg:genre genre:report ; rdfs:label "Text {n:03d}"@en ; ckg:paragraphs 3 ; '
        "ckg:characters 900 ."
        for n in range(TEXTS)
    ]
    for n in range(WORKS):
        rows.append(f'doc:w{n:03d} a ckg:Document ; rdfs:label "Work {n:03d}"@en .')
        rows.append(f"claim:c{n:03d} a ckg:Claim ; ckg:evidence evidence:e{n:03d} . evidence:e{n:03d} ckg:source doc:w{n:03d} .")
    state = write_snapshot(tmp_path_factory.mktemp("sources") / "state", "\n".join([*rows, "}"]))
    with serving(state, "--budget", "0") as running:
        yield running


def page(server: Server, address: str) -> str:
    answer = server.ask("GET", address, HTML)
    assert answer.status == 200
    return answer.text


def test_texts_come_page_by_page_and_none_is_lost(server: Server) -> None:
    found = [re.findall(r">(Text \d{3})</a>", page(server, f"/sources?texts={number}")) for number in (1, 2, 3)]
    assert [len(each) for each in found] == [20, 20, 5]
    assert len(set(sum(found, []))) == TEXTS
    assert f"of {TEXTS}" in page(server, "/sources")
    assert server.ask("GET", "/sources?texts=4", HTML).status == 404


def test_either_list_stays_where_it_is_while_one_turns_the_other(server: Server) -> None:
    text = page(server, "/sources?texts=2&page=3")
    addresses = {unescape(one) for one in re.findall(r'href="(/sources\?[^"]*)"', text)}
    texts = {one for one in addresses if one.endswith("#texts")}
    works = {one for one in addresses if one.endswith("#works")}
    assert texts and all("page=3" in one for one in texts)
    assert works and all("texts=2" in one for one in works)
    seen = re.findall(r">(Work \d{3})</a>", text)
    assert len(seen) == WORKS - 200
