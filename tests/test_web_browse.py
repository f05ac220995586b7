"""Browsing, home, sources, the ontology and the page about the data set, over HTTP on the real graph."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.error
import urllib.request
from html import unescape

import pyoxigraph as ox
import pytest

from kg.rdf import PREFIXES


def get(address: str, language: str = "en", accept: str = "text/html") -> tuple[int, str]:
    """The status and the text at an address."""
    request = urllib.request.Request(address, headers={"Accept": accept, "Accept-Language": language})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8")


def page(address: str, language: str = "en") -> str:
    status, text = get(address, language)
    assert status == 200, text
    return text


def rows(server: str, query: str) -> list[dict[str, str]]:
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("ckg", "skos", "rdfs", "oa", "void"))
    asked = urllib.request.Request(  # noqa: S310
        f"{server}/sparql", (prefixes + query).encode(), {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310
        return list(csv.DictReader(io.StringIO(answer.read().decode("utf-8"))))


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def results(text: str) -> list[str]:
    return [plain(one) for one in re.findall(r'<p class="name">(.*?)</p>', text, re.DOTALL)]


def total(text: str) -> int:
    found = re.search(r"(?:of|di) ([\d,]+)</span></h2>", text)
    return int(found[1].replace(",", "")) if found else 0


def test_a_misspelt_name_is_found_in_both_languages(live_server: str) -> None:
    for asked, language, first in (
        ("Macrn", "en", "Emmanuel Macron"), ("Zelenskij", "it", "Volodymyr Zelensky"), ("Germania", "en", "Germany"),
        ("Germany", "it", "Germania"), ("Regno Unit", "it", "Regno Unito"),
    ):  # fmt: skip
        assert results(page(f"{live_server}/browse?q={asked.replace(' ', '+')}&lang={language}"))[0] == first


def test_the_number_of_results_is_that_of_the_graph_and_pages_go_through_them(live_server: str) -> None:
    counted = rows(live_server, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a ckg:Claim }")[0]["n"]
    first = page(f"{live_server}/browse?kind=ckg:Claim&sort=oldest")
    assert total(first) == int(counted)
    second = page(f"{live_server}/browse?kind=ckg:Claim&sort=oldest&page=2")
    assert len(results(first)) == len(results(second)) == 25 and not set(results(first)) & set(results(second))
    assert results(page(f"{live_server}/browse?kind=ckg:Claim&page=999")) == []


def test_facets_say_how_many_and_keep_what_was_looked_for(live_server: str) -> None:
    shown = page(f"{live_server}/browse?kind=ckg:Position&topic=topic:troops-in-ukraine&lang=en")
    for stance, number in re.findall(r'name="stance" value="([^"]+)".*?class="count">([\d,]+)<', shown):
        query = "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c ckg:stance <%s> ; ckg:topic/skos:broader* <%s> ; a ckg:Position }"
        iris = tuple(PREFIXES[name.split(":")[0]] + name.split(":")[1] for name in (stance, "topic:troops-in-ukraine"))
        assert rows(live_server, query % iris)[0]["n"] == number
    assert 'value="ckg:Position" checked' in shown and "browse?topic=topic%3Atroops-in-ukraine" in shown


def test_nothing_found_proposes_what_may_have_been_meant(live_server: str) -> None:
    shown = page(f"{live_server}/browse?q=Macron&kind=ckg:Meeting&lang=it")
    assert total(shown) == 0 and "Non si è trovato nulla" in shown and "Emmanuel Macron" in plain(shown)


@pytest.mark.parametrize("asked", ["page=0", "page=%C2%B2", "sort=up", "from=yesterday", "q=" + "a" * 400])
def test_what_cannot_be_asked_is_refused_in_a_sentence(live_server: str, asked: str) -> None:
    status, text = get(f"{live_server}/browse?{asked}")
    assert status == 400 and "Traceback" not in text and "<h1>" in text


@pytest.mark.parametrize("asked", ["q=%3Cscript%3Ealert(1)%3C/script%3E", "kind=%22%3E%3Cscript%3E", "q=%00%FF", "topic=nowhere:x"])
def test_what_is_hostile_is_shown_as_text(live_server: str, asked: str) -> None:
    status, text = get(f"{live_server}/browse?{asked}")
    assert status == 200 and "<script>alert" not in text and '"><script>' not in text


def test_the_home_page_leads_in(live_server: str) -> None:
    for language, words in (("en", "claims"), ("it", "affermazioni")):
        shown = page(f"{live_server}/?lang={language}")
        claims = rows(live_server, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a ckg:Claim }")[0]["n"]
        assert f"<strong>{claims}</strong> <span>{words}</span>" in shown
        assert shown.count("/sparql?gallery=") == 6 and f"/about?lang={language}" in shown


def test_a_source_has_its_claims_in_the_order_of_the_text(live_server: str) -> None:
    texts = re.findall(r'href="/sources/([^"?#]+)(?:\?[^"]*)?"', page(f"{live_server}/sources"))
    assert "004" in texts and "contradictions" in texts
    shown = page(f"{live_server}/sources/004")
    paragraphs = [int(one) for one in re.findall(r'<h3 id="p(\d+)"', shown)]
    assert paragraphs == sorted(set(paragraphs)) == list(range(1, 23))
    places = [(int(one), int(other)) for one, other in re.findall(r">characters (\d+)–(\d+)</a>", shown)]
    counted = rows(live_server, f"""SELECT ?start ?end {{ ?c a ckg:Claim ; ckg:evidence ?e .
        ?e ckg:source <{PREFIXES["doc"]}004> ; oa:start ?start ; oa:end ?end ; ckg:paragraph ?p }} ORDER BY ?p ?start ?end ?c""")
    assert places == [(int(row["start"]), int(row["end"])) for row in counted]
    aside = rows(live_server, f"SELECT ?p {{ ?p a ckg:UncitedPassage ; ckg:source <{PREFIXES['doc']}004> }}")
    assert shown.count('<p class="aside">') == len(aside) and "Palazzo Chigi" not in shown.split("<h1")[0]


def test_a_long_source_is_paged_and_nothing_is_lost(live_server: str) -> None:
    first, second = page(f"{live_server}/sources/000"), page(f"{live_server}/sources/000?page=2")
    query = f"SELECT DISTINCT ?c ?e {{ ?c a ckg:Claim ; ckg:evidence ?e . ?e ckg:source <{PREFIXES['doc']}000> }}"
    assert len(results(first)) == 120
    assert len(results(first)) + len(results(second)) == len(rows(live_server, query))
    assert get(f"{live_server}/sources/000?page=50")[0] == 404 and get(f"{live_server}/sources/nothing")[0] == 404
    assert get(f"{live_server}/sources/000?page=-1")[0] == 400


def test_contradictions_stand_side_by_side(live_server: str) -> None:
    shown = page(f"{live_server}/sources/contradictions?lang=it")
    judged = rows(live_server, "SELECT ?j ?c { ?j a ckg:Contradiction ; ckg:between ?c }")
    assert shown.count('<article class="card pair"') == len({row["j"] for row in judged})
    for row in judged:
        assert f'href="{row["c"].removeprefix("https://w3id.org/coalition-kg")}?lang=it"' in shown
    one = page(f"{live_server}/sources/contradictions?source=003")
    assert 0 < one.count('<article class="card pair"') < shown.count('<article class="card pair"')
    assert "<script>" not in page(f"{live_server}/sources/contradictions?kind=%3Cscript%3E&source=%3Cscript%3E")


def test_each_term_of_the_ontology_stands_at_its_fragment(live_server: str) -> None:
    terms = rows(live_server, """SELECT DISTINCT ?t { VALUES ?k { <http://www.w3.org/2002/07/owl#Class>
        <http://www.w3.org/2002/07/owl#ObjectProperty> <http://www.w3.org/2002/07/owl#DatatypeProperty> } ?t a ?k
        FILTER(STRSTARTS(STR(?t), STR(ckg:))) }""")
    shown = page(f"{live_server}/ontology?lang=it")
    for row in terms:
        assert f'id="{row["t"].rpartition("#")[2]}"' in shown
    holder = shown[shown.index('<article class="term" id="holder"') :].split("</article>")[0]
    assert 'href="/ontology?lang=it#Statement"' in holder and "Il codominio" not in holder
    assert "gallery=01-positions-on-troops.rq" in holder and "ClaimShape" in holder
    uses = rows(live_server, "SELECT (COUNT(*) AS ?n) { ?s ckg:holder ?o }")[0]["n"]
    assert f"{uses} usi" in holder
    assert '<svg class="diagram"' in shown and 'href="#Claim"' in shown
    status, turtle = get(f"{live_server}/ontology", accept="text/turtle")
    assert status == 200 and "ckg:Claim" in turtle


def test_the_page_about_the_data_set_counts_cites_and_leads_to_every_file(live_server: str) -> None:
    shown = page(f"{live_server}/about?lang=it")
    assert "@misc{" in shown and "CC BY 4.0" in shown and 'href="/dump.trig"' in shown
    digest = json.loads(get(f"{live_server}/cite?style=csl", accept="*/*")[1])[0]["note"]
    assert re.search(r"[0-9a-f]{64}", digest)[0] in shown  # type: ignore[index]
    for format in ("turtle", "jsonld", "rdfxml"):
        assert f'href="/graphs?default&amp;format={format}"' in shown
    for address in ("/graphs?default&format=ntriples", "/links.sssom.tsv", "/openapi.json", "/void"):
        assert f'href="{address.replace("&", "&amp;")}' in shown and get(live_server + address, accept="*/*")[0] == 200, address


def test_the_files_of_the_whole_data_set_are_the_same_graphs(live_server: str) -> None:
    quads = set(ox.parse(get(f"{live_server}/dump.nq", accept="*/*")[1], format=ox.RdfFormat.N_QUADS))
    assert quads == set(ox.parse(get(f"{live_server}/dump.trig", accept="*/*")[1], format=ox.RdfFormat.TRIG))
    default = sum(quad.graph_name == ox.DefaultGraph() for quad in quads)
    assert default == int(rows(live_server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"])
    ledger = get(f"{live_server}/links.sssom.tsv", accept="*/*")[1]
    assert ledger.startswith("#mapping_set_id") and "subject_id\t" in ledger


def test_claims_of_a_kind_are_a_table_with_a_row_each(live_server: str) -> None:
    shown = page(f"{live_server}/about")
    address = next(one for one in re.findall(r'href="(/sparql\.csv[^"]*)"', shown) if "ontology%23Position" in one)
    table = list(csv.DictReader(io.StringIO(get(live_server + unescape(address), accept="*/*")[1])))
    assert len(table) == int(rows(live_server, "SELECT (COUNT(*) AS ?n) { ?c a ckg:Position }")[0]["n"])
    assert all(row["summary_en"] and row["summary_it"] and row["stance"] and row["sources"] for row in table)
