"""Browsing, home, sources, the ontology and the page about the data set, over HTTP on the real graph."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.error
import urllib.request
from html import unescape
from urllib.parse import quote

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
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("ckg", "skos", "rdfs", "oa", "void", "actor", "topic"))
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


def test_who_looks_around_meets_first_what_is_talked_about(live_server: str) -> None:
    # How firmly something is said is named by every claim, and is nothing that one looks for.
    assert not {"plain", "hedged"} & set(results(page(f"{live_server}/browse")))


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
    # What commitments depend on, too.
    promised = page(f"{live_server}/browse?kind=ckg:Commitment&lang=it")
    assert "<summary>Condizione</summary>" in promised
    condition, number = re.findall(r'name="condition" value="([^"]+)".*?class="count">([\d.]+)<', promised)[0]
    chosen = page(f"{live_server}/browse?kind=ckg:Commitment&condition={condition}&lang=it")
    assert total(chosen) == int(number) and f'value="{condition}" checked' in chosen


def test_nothing_found_proposes_what_may_have_been_meant(live_server: str) -> None:
    shown = page(f"{live_server}/browse?q=Macron&kind=ckg:Meeting&lang=it")
    assert total(shown) == 0 and "Non si è trovato nulla" in shown and "Emmanuel Macron" in plain(shown)


def looked_for(server: str, text: str, language: str, more: str = "") -> str:
    return page(f"{server}/browse?q={quote(text)}&lang={language}{more}")


def notes(text: str) -> list[str]:
    return [plain(one) for one in re.findall(r'<p class="note">(.*?)</p>', text, re.DOTALL)]


@pytest.mark.parametrize("language", ["en", "it"])
def test_what_people_ask_is_answered_by_what_items_are_linked_to(live_server: str, language: str) -> None:
    summary = f"SELECT DISTINCT ?text {{ %s ?c ckg:summary ?text FILTER(LANG(?text) = '{language}') }}"
    italian = {row["text"] for row in rows(live_server, summary % "?c a ckg:Commitment ; ckg:holder actor:italy .")}
    for asked in ("Italia impegni", "Italy commitments", "Italy commitment", "impegno Italia", "Italy's commitments"):
        shown = looked_for(live_server, asked, language)
        assert italian and italian <= set(results(shown)) and not notes(shown), asked
    macron = {row["text"] for row in rows(live_server, summary % "?c a ckg:Commitment ; ckg:statedBy ?p . ?p rdfs:label 'Emmanuel Macron'@en .")}
    assert macron and macron <= set(results(looked_for(live_server, "Macron impegni", language)))
    meloni = "?c ckg:topic/skos:broader* topic:troops-in-ukraine ; ckg:statedBy ?p . ?p rdfs:label 'Giorgia Meloni'@en ."
    troops = {row["text"] for row in rows(live_server, summary % meloni)}
    assert troops and troops <= set(results(looked_for(live_server, "Meloni truppe", language)))
    every = {row["text"] for row in rows(live_server, summary % "?c a ckg:Commitment .")}
    for asked in ("chi si è impegnato", "Who has committed?"):
        shown = looked_for(live_server, asked, language)
        assert total(shown) >= len(every) and set(results(shown)) & every and not notes(shown)


@pytest.mark.parametrize("language", ["en", "it"])
def test_a_form_of_a_word_is_taken_and_not_another_word_like_it(live_server: str, language: str) -> None:
    conditions = rows(live_server, "SELECT DISTINCT ?c { ?c a ckg:Condition }")
    totals = set()
    for asked in ("condizione", "condizioni", "condition", "conditions"):
        shown = looked_for(live_server, asked, language)
        assert not notes(shown) and len(conditions) <= total(shown) < 2 * len(conditions)
        totals.add(total(shown))
    assert len(totals) == 1


def test_what_has_most_of_the_words_is_shown_and_says_so(live_server: str) -> None:
    for language, sentence in (("en", "Nothing has all of these words"), ("it", "Nulla contiene tutte queste parole")):
        shown = looked_for(live_server, "Macron impegni pinguini", language)
        assert total(shown) > 0 and len(notes(shown)) == 1 and sentence in notes(shown)[0] and "pinguini" in notes(shown)[0]
        assert results(shown) == results(looked_for(live_server, "Macron impegni", language))
        shown = looked_for(live_server, "impegni Ucraina condizione", language)
        assert total(shown) > 0 and sentence in notes(shown)[0] and "condizione" in notes(shown)[0]
        # Where nothing is shown, nothing is said to be.
        for more in ("&kind=ckg:Office", "&from=1900-01-01&until=1900-01-02"):
            shown = looked_for(live_server, "coalizionne pinguini", language, more)
            assert total(shown) == 0 and notes(shown) == []


def test_every_value_of_a_facet_has_a_name(live_server: str) -> None:
    for language, name in (("en", "entry of a vocabulary"), ("it", "voce di un vocabolario")):
        shown = page(f"{live_server}/browse?lang={language}")
        values = re.findall(r'<li class="depth-\d"><label>.*? value="([^"]+)".*?> <span>(.*?)</span>', shown)
        assert dict(values)["skos:Concept"] == name and len(values) > 100
        assert [one for one, label in values if unescape(label) == one or re.fullmatch(r"\w+:\S+", label)] == []


@pytest.mark.parametrize("asked", ["page=0", "page=%C2%B2", "sort=up", "from=yesterday", "q=" + "a" * 400])
def test_what_cannot_be_asked_is_refused_in_a_sentence(live_server: str, asked: str) -> None:
    status, text = get(f"{live_server}/browse?{asked}")
    assert status == 400 and "Traceback" not in text and "<h1>" in text


@pytest.mark.parametrize("asked", ["q=%3Cscript%3Ealert(1)%3C/script%3E", "kind=%22%3E%3Cscript%3E", "q=%00%FF", "topic=nowhere:x"])
def test_what_is_hostile_is_shown_as_text(live_server: str, asked: str) -> None:
    status, text = get(f"{live_server}/browse?{asked}")
    assert status == 200 and "<script>alert" not in text and '"><script>' not in text


def test_the_home_page_leads_in(live_server: str) -> None:
    for language, words in (("en", "claims"), ("it", "asserzioni")):
        shown = page(f"{live_server}/?lang={language}")
        claims = rows(live_server, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a ckg:Claim }")[0]["n"]
        assert f"<strong>{claims}</strong> <span>{words}</span>" in shown
        assert shown.count("/sparql?gallery=") == 6 and f"/about?lang={language}" in shown


def test_the_home_page_counts_as_the_pages_it_leads_to_and_overstates_no_contradiction(live_server: str) -> None:
    shown = page(f"{live_server}/")
    events = re.findall(r'href="(/id/event/[^"]+)">[^<]*</a> <small>(\d+) claims?<', shown)
    assert events
    for event, number in events[:2]:
        assert re.search(rf'class="faint total">{number} claims?<', page(live_server + event))
    assert "<span>contradictions, real or apparent</span>" in shown
    source = page(f"{live_server}/sources/004?lang=it")
    assert "(contraddizione, " in source and "contraddetta" not in source


def test_a_source_has_its_claims_in_the_order_of_the_text(live_server: str) -> None:
    texts = re.findall(r'href="/sources/([^"?#]+)(?:\?[^"]*)?"', page(f"{live_server}/sources"))
    assert "004" in texts and "contradictions" in texts
    shown = page(f"{live_server}/sources/004")
    paragraphs = [int(one) for one in re.findall(r'<h3 id="p(\d+)"', shown)]
    assert paragraphs == sorted(set(paragraphs)) == list(range(1, 23))
    written = [one.replace(",", "").split("–") for one in re.findall(r">characters ([\d,]+–[\d,]+)</a>", shown)]
    places = [(int(one), int(other)) for one, other in written]
    counted = rows(live_server, f"""SELECT ?start ?end {{ ?c a ckg:Claim ; ckg:evidence ?e .
        ?e ckg:source <{PREFIXES["doc"]}004> ; oa:start ?start ; oa:end ?end ; ckg:paragraph ?p }} ORDER BY ?p ?start ?end ?c""")
    assert places == [(int(row["start"]), int(row["end"])) for row in counted]
    aside = rows(live_server, f"SELECT ?p {{ ?p a ckg:UncitedPassage ; ckg:source <{PREFIXES['doc']}004> }}")
    assert shown.count('<p class="aside">') == len(aside) and "Palazzo Chigi" not in shown.split("<h1")[0]


def test_numbers_and_dates_are_written_as_readers_of_the_language_do(live_server: str) -> None:
    english, italian = (page(f"{live_server}/sources/001?lang={one}") for one in ("en", "it"))
    length = re.search(r"([\d,]+) characters", english)[1]
    assert "," in length and f"{length.replace(',', '.')} caratteri" in italian
    share = re.search(r"<strong>([\d.]+)%</strong>", english)[1]
    assert f"<strong>{share.replace('.', ',')}%</strong>" in italian
    assert '<span class="date">6 January 2026</span>' in page(f"{live_server}/")
    assert '<span class="date">6 gennaio 2026</span>' in page(f"{live_server}/?lang=it")
    shown = page(f"{live_server}/sources/contradictions?lang=it")
    assert "da gennaio 2026 in poi</span>" in shown and "/..<" not in shown


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


@pytest.mark.parametrize(("language", "other"), [("en", "it"), ("it", "en")])
def test_what_the_curators_note_is_in_the_readers_language_once(live_server: str, language: str, other: str) -> None:
    source = f"<{PREFIXES['doc']}004>"
    told = rows(
        live_server,
        f"""SELECT ?kind ?a ?b WHERE {{
        {{ ?x a ckg:Contradiction BIND("contradictions" AS ?kind) }}
        UNION {{ ?x ckg:source {source} ; a ckg:UncitedPassage BIND("004" AS ?kind) }}
        UNION {{ VALUES ?x {{ {source} }} BIND("004" AS ?kind) }}
        ?x skos:editorialNote ?a , ?b FILTER(LANG(?a) = "{language}" && LANG(?b) = "{other}") }}""",
    )
    assert {one["kind"] for one in told} == {"contradictions", "004"}
    for kind in ("contradictions", "004"):
        texts, number = [], 1
        while f"page={number + 1}" in (text := page(f"{live_server}/sources/{kind}?page={number}", language)):
            texts, number = [*texts, text], number + 1
        shown = unescape("".join([*texts, text]))
        for one in told:
            if one["kind"] == kind:
                assert one["a"] in shown and one["b"] not in shown
        assert f'lang="{other}">{told[0]["a"][:5]}' not in shown


def test_where_a_work_says_so_is_told_in_the_readers_language(live_server: str) -> None:
    claim = quote(f"{PREFIXES['claim']}ref-european-union-belgium")
    for language, said, other in (("en", "(EEC)", "(CEE)"), ("it", "(CEE)", "(EEC)")):
        for asked in (f"cite?iri={claim}&", "id/claim/ref-european-union-belgium?"):
            _, text = get(f"{live_server}/{asked}lang={language}", language, "text/html, application/x-bibtex")
            shown = text.partition('<details class="turtle"')[0]
            assert said in shown and other not in shown, asked


def test_each_term_of_the_ontology_stands_at_its_fragment(live_server: str) -> None:
    terms = rows(live_server, """SELECT DISTINCT ?t { VALUES ?k { <http://www.w3.org/2002/07/owl#Class>
        <http://www.w3.org/2002/07/owl#ObjectProperty> <http://www.w3.org/2002/07/owl#DatatypeProperty> } ?t a ?k
        FILTER(STRSTARTS(STR(?t), STR(ckg:))) }""")
    shown = page(f"{live_server}/ontology?lang=it")
    for row in terms:
        assert f'id="{row["t"].rpartition("#")[2]}"' in shown
    place = shown[shown.index('<li class="term" id="holder"') :].split("</li>")[0]
    assert 'href="/ontology/term/holder?lang=it"' in place and "titolare" in place
    uses = rows(live_server, "SELECT (COUNT(*) AS ?n) { ?s ckg:holder ?o }")[0]["n"]
    assert f"{uses} usi" in place
    assert '<svg class="diagram"' in shown and 'href="#Claim"' in shown
    assert len(shown.encode()) < 150_000
    status, turtle = get(f"{live_server}/ontology", accept="text/turtle")
    assert status == 200 and "ckg:Claim" in turtle


def test_a_term_has_a_page_with_its_properties_rules_questions_and_examples(live_server: str) -> None:
    holder = page(f"{live_server}/ontology/term/holder?lang=it")
    assert 'href="/ontology/term/Statement?lang=it"' in holder and "Il codominio" not in holder
    assert "gallery=01-positions-on-troops.rq" in holder and "/shapes/shape/ClaimShape" in holder
    assert '<link rel="canonical" href="https://w3id.org/coalition-kg/ontology#holder">' in holder
    example = re.search(r'<li class="live"><a href="([^"]+)"', holder)[1]
    assert get(live_server + example.replace("&amp;", "&"))[0] == 200
    position = page(f"{live_server}/ontology/term/Position")
    # Its own properties, and those of the classes above it; the classes above and below, drawn.
    table = position.split('<table class="properties">')[1].split("</table>")[0]
    names = re.findall(r'<th scope="row"><a href="/ontology/term/([A-Za-z]+)"', table)
    assert {"stance", "holder", "statedBy"} <= set(names) and names.index("stance") < names.index("holder")
    drawing = position.split('<svg class="diagram"')[1].split("</svg>")[0]
    assert {"Claim", "Statement", "Position"} <= set(re.findall(r'href="/ontology/term/([A-Za-z]+)"', drawing))
    assert get(f"{live_server}/ontology/term/Nonsense")[0] == 404


def test_every_shape_and_rule_has_its_place_and_a_page(live_server: str) -> None:
    shown = page(f"{live_server}/shapes")
    named = rows(live_server, """PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?s ?k { GRAPH ?g { ?s a ?k FILTER(STRSTARTS(STR(?s), "https://w3id.org/coalition-kg/shapes#")) } }""")
    places = re.findall(r' id="([^"]+)"', shown)
    assert {row["s"].rpartition("#")[2] for row in named} <= set(places) and len(places) == len(set(places))
    assert len(shown.encode()) < 150_000
    claim = page(f"{live_server}/shapes/shape/ClaimShape?lang=it")
    assert 'id="ClaimShape-anonymous"' in claim and "FILTER NOT EXISTS" in claim and "Questa asserzione poggia" in claim
    assert 'href="/ontology/term/Claim?lang=it"' in claim and "ckgsh:ClaimShape\n" in claim
    assert page(f"{live_server}/shapes/shape/ClaimShape-anonymous") == page(f"{live_server}/shapes/shape/ClaimShape")
    assert get(f"{live_server}/shapes/shape/Nonsense")[0] == 404


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


def anchors(text: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', text)


@pytest.mark.parametrize("path", ["/graph/data/claims/001", "/graph/data/links/wikidata", "/void"])
def test_what_is_long_comes_page_by_page_and_all_of_it(live_server: str, path: str) -> None:
    found: set[str] = set()
    number, told = 0, live_server + path
    while told:
        text = page(told)
        number += 1
        # What leads elsewhere on the same page finds its place there.
        inside = {unescape(one) for one in re.findall(r'href="#([^"]*)"', text)}
        assert len(text) < 120_000 and inside <= set(map(unescape, anchors(text))) and len(anchors(text)) == len(set(anchors(text)))
        found |= set(re.findall(r'class="subject"[^>]*><a href="([^"]+)"|<article id="([^"]+)"', text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        told = f"{live_server}{unescape(following[1])}" if following else ""
    subjects = {triple.subject for triple in ox.parse(get(f"{live_server}{path}.nt", accept="*/*")[1], format=ox.RdfFormat.N_TRIPLES)}
    assert number > 1 and (path == "/void" or len(found) == len(subjects))
    assert get(f"{live_server}{path}?page={number + 1}")[0] == 404 and get(f"{live_server}{path}?page=x")[0] == 400


def test_the_first_page_of_a_description_leads_to_each_thing(live_server: str) -> None:
    first = page(f"{live_server}/void?lang=it")
    address, place = re.search(r'<li id="([^"]+)"><a href="(/void\?page=[^"]+)">', first).groups()[::-1]
    assert f'<article id="{place}">' in page(live_server + unescape(address).partition("#")[0])


def test_examples_lead_only_to_what_is_there(live_server: str) -> None:
    made_up, real = (page(f"{live_server}/ontology/term/{name}").split('id="example"')[1] for name in ("adoptedBy", "holder"))
    assert "claim:case-proposal" in made_up and "/id/claim/case-proposal" not in made_up
    assert 'href="/id/claim/' in real
    assert "&amp;lang=en" in re.search(r'href="(/graphs\?default[^"]+)"', page(f"{live_server}/dcat?lang=en"))[1]
