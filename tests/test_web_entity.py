"""The pages of resources over HTTP: what they say of whom, page by page, for people and for programmes."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from serving import TRIG, Server, serving, write_snapshot

from kg.rdf import BASE, PREFIXES
from kg.settings import Settings
from kg.web import create_app, ordering

pytestmark = pytest.mark.server

HTML = {"Accept": "text/html"}
#: More claims on one topic than stand on a page.
MANY = "".join(
    f"""claim:n{number:03} a ckg:Claim , ckg:Position ; ckg:holder actor:freedonia ; ckg:topic topic:t{number % 3} ;
    ckg:summary "Claim number {number}."@en . """
    for number in range(230)
)
#: More commitments of one holder than stand on a page, on no, one or another condition, in no, one or another domain.
PROMISES = "".join(
    f"""claim:p{number:03} a ckg:Claim , ckg:Commitment ; ckg:holder actor:planner ; ckg:summary "Promise {number}."@en
    {f"; ckg:condition condition:{'zac'[number % 3]}" if number % 3 else ""}
    {f"; ckg:domain domain:{'zac'[number // 3 % 3]}" if number // 3 % 3 else ""} . """
    for number in range(120)
) + "".join(
    f"""condition:{one} a ckg:Condition ; rdfs:label "{label}"@en . domain:{one} a skos:Concept ; skos:prefLabel "in {label}"@en ;
    skos:inScheme scheme:domain . """
    for one, label in (("a", "Zebras"), ("c", "Apples"))
) + "ckg:Commitment a owl:Class ; rdfs:subClassOf ckg:Claim . "
TOPICS = "ckg:Position a owl:Class ; rdfs:subClassOf ckg:Claim . " + "".join(f'topic:t{n} a skos:Concept ; skos:prefLabel "Topic {n}"@en ; skos:inScheme scheme:topic . ' for n in range(3))


def words(html: str) -> str:
    """What a page says, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))).strip()


@pytest.fixture(scope="module")
def shown(live_server: str) -> object:
    def ask(path: str, **headers: str) -> str:
        with urllib.request.urlopen(urllib.request.Request(live_server + path, headers={**HTML, **headers})) as answer:
            return answer.read().decode()

    return ask


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = tmp_path_factory.mktemp("many")
    more = TRIG.replace("{\n  ckg:Claim", "{\n" + MANY + PROMISES + TOPICS + "  ckg:Claim", 1)
    with serving(write_snapshot(state / "state", more), "--workers", "1", "--budget", "0") as one:
        yield one


def test_a_state_has_its_positions_by_topic_and_its_commitments_by_condition(shown: object) -> None:
    html = shown("/id/actor/italy")
    headings = [words(one) for one in re.findall(r"<h[23][^>]*>.*?</h[23]>", html, re.DOTALL)]
    positions, commitments = (next(i for i, one in enumerate(headings) if one.startswith(name)) for name in ("Positions", "Commitments"))
    assert "Foreign troops on Ukrainian soil" in headings[positions:commitments]
    assert any(one.startswith("Condition:") for one in headings[commitments:])
    assert any(one.startswith("Named in what others say") for one in headings)


def test_a_claim_has_its_evidence_to_the_character_and_its_voices(shown: object) -> None:
    said = words(shown("/id/claim/004-italy-excludes-troops"))
    assert "Paragraph 4, characters 637 to 684" in said and "excludes for itself" in said
    assert "2d21e67523749a1143d29bb2c7c7fa150d33879efa222a4c12bc7d8d8e604049" in said
    through = words(shown("/id/claim/004-meloni-reiterates-no-soldiers-in-ukraine"))
    assert re.search(r"From the source to who is quoted Source 004[^.]* Giorgia Meloni", through)


def test_contradicting_claims_stand_side_by_side(shown: object) -> None:
    html = shown("/id/claim/004-trump-will-talk-to-putin-shortly")
    pair = re.search(r'class="against-pair">(.*?)</section>', html, re.DOTALL)
    assert pair and "no new official conversation" in words(pair[1]) and "confirmed that he would shortly" in words(pair[1])
    judgement = words(shown("/id/claim/judgement-004-trump-putin-talk"))
    assert "Side by side" in judgement and "hedged" in judgement


def test_a_hedge_stays_a_hedge(shown: object, live_server: str) -> None:
    query = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#> SELECT ?c ?h { ?c ckg:hedge ?h } ORDER BY ?c LIMIT 1"
    request = urllib.request.Request(f"{live_server}/sparql", query.encode(), {"Content-Type": "application/sparql-query", "Accept": "text/csv"})
    with urllib.request.urlopen(request) as answer:
        claim, hedge = answer.read().decode().splitlines()[1].split(",", 1)
    html = shown(claim.removeprefix(BASE[:-1]))
    assert re.search(rf'<q lang="it">{re.escape(hedge.strip(chr(34)))}</q>', html)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/id/forum/coalition-of-the-willing", ("Memberships", "1–100 of", "Next")),
        ("/id/event/coalition-meeting-paris-2025-09-04", ("place of the event: Paris", "4 September 2025")),
        ("/id/topic/troops-in-ukraine", ("Positions", "wider", "Foreign military presence")),
        ("/id/office/prime-minister-of-italy", ("Offices held", "Giorgia Meloni")),
        ("/id/evidence/004-p4-3", ("paragraph 4", "characters 637–684", "SHA-256 of the passage")),
        ("/id/date/004-2025-09-04", ("4 September 2025",)),
        ("/id/date/000-2021", ("1 January 2021", "31 December 2021")),
        ("/id/actor/keir-starmer", ("alongside Keir Starmer", "candidate Keir Starmer")),
        ("/id/stance/excludes", ("Positions", "vocabulary")),
        ("/id/condition/001-ukraine-request", ("Ukraine asks for it",)),
        ("/id/document/004", ("Positions", "language")),
        ("/id/scheme/stance", ("has no claim",)),
        ("/id/attribution-step/004", ("Source 004",)),
        ("/id/passage/001-p11", ("paragraph",)),
    ],
)
def test_each_kind_has_a_page_in_words(shown: object, path: str, said: tuple[str, ...]) -> None:
    text = words(shown(path))
    for one in said:
        assert one in text
    assert "None" not in text and "Undefined" not in text and "[]" not in text


def test_every_class_of_the_graph_has_a_page_in_both_languages(shown: object, live_server: str) -> None:
    query = f"""SELECT (MIN(?s) AS ?one) {{ ?s a ?class FILTER(STRSTARTS(STR(?s), "{BASE}id/") && STRSTARTS(STR(?class), "{BASE}ontology#")) }}
    GROUP BY ?class ORDER BY ?class"""
    request = urllib.request.Request(f"{live_server}/sparql", query.encode(), {"Content-Type": "application/sparql-query", "Accept": "text/csv"})
    with urllib.request.urlopen(request) as answer:
        ones = sorted(set(answer.read().decode().split()[1:]))
    assert len(ones) > 30
    for number, one in enumerate(ones):
        html = shown(f"{one.removeprefix(BASE[:-1])}?lang={('en', 'it')[number % 2]}")
        anchors = re.findall(r' id="([^"]+)"', html)
        assert "<h1" in html and len(anchors) == len(set(anchors))


def test_what_nobody_stated_is_marked_and_leads_to_its_proof(shown: object) -> None:
    html = shown("/id/actor/giorgia-meloni?lang=it")
    # On paper the question goes, for it leads nowhere there; the word stays.
    link = re.search(r'<a class="why" href="([^"]+)"><small>inferito<span class="no-print">: perché\?', html)
    assert link and "Perché vale" in words(shown(unescape(link[1])))


def test_only_what_is_read_as_a_text_leads_to_its_paragraphs(shown: object) -> None:
    assert 'href="/sources/004"' in shown("/id/document/004")
    assert 'href="/sources/' not in shown("/id/document/ref-caliber").split("<main", 1)[1]


def test_links_to_other_records_say_how_close_and_on_what_ground(shown: object) -> None:
    said = words(shown("/id/actor/italy"))
    assert "the same as Italy (Q38)" in said and "judged by hand; confidence 0.95" in said
    assert "close to Kingdom of Denmark" in words(shown("/id/actor/denmark"))
    assert "lo stesso che Italia (Q38)" in words(shown("/id/actor/italy?lang=it"))
    assert 'lang="en">Kingdom of Denmark</a>' in shown("/id/actor/denmark?lang=it")


def test_italian_throughout(shown: object) -> None:
    said = words(shown("/id/actor/italy?lang=it"))
    assert "Posizioni" in said and "esclude" in said and "capoverso" in said and "Nominati insieme" in said
    assert not re.search(r"\b(Positions|paragraph|characters|Evidence)\b", said)


def test_programmes_are_led_to_the_other_forms(live_server: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(f"{live_server}/id/actor/italy", headers=HTML)) as answer:
        links, html = ", ".join(answer.headers.get_all("Link")), answer.read().decode()
    assert f'<{BASE}id/actor/italy>; rel="cite-as"' in links
    for media_type in ("text/turtle", "application/ld+json", "application/n-triples"):
        assert f'type="{media_type}"' in links and f'rel="alternate" type="{media_type}"' in html
    assert 'rel="describedby"' in links and 'rel="collection"' in links


def test_a_resource_can_be_cited(shown: object) -> None:
    html = shown("/id/claim/004-italy-excludes-troops")
    links = [unescape(one) for one in re.findall(r'href="(/cite\?[^"]+)"', html)]
    texts = [shown(one, Accept="*/*") for one in links]
    assert len(links) == 3 and all("id/claim/004-italy-excludes-troops" in text for text in texts)
    assert texts[1].startswith("@misc{") and '"type": "entry"' in texts[2] and "Italy, one of the contributors" in texts[0]


@pytest.mark.parametrize("iri", ["https://example.org/x", BASE + "id/actor/nobody", "x", f"{BASE}id/x%3E", BASE + "<x>"])
def test_what_is_no_resource_is_not_cited(live_server: str, iri: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{live_server}/cite?iri={urllib.parse.quote(iri, safe='')}")
    assert refused.value.code in (400, 404) and b"Traceback" not in refused.value.read()


def test_many_claims_come_page_by_page_and_none_is_lost(small: Server) -> None:
    found: list[str] = []
    for number in (1, 2, 3):
        text = small.ask("GET", f"/id/actor/freedonia?page={number}", HTML).text
        found += re.findall(r'<p class="says"><a href="(/id/claim/[^"]+)"', text)
        assert f"{(number - 1) * 100 + 1}–{min(number * 100, 231)} of 231 claims" in words(text)
    assert len(found) == len(set(found)) == 231
    names = [one.rpartition("n")[2] for one in found if one.rpartition("n")[2].isdigit()]
    assert [int(one) % 3 for one in names] == sorted(int(one) % 3 for one in names)


def test_a_hub_of_very_many_claims_has_all_its_pages(tmp_path: Path) -> None:
    """More than are looked through for how each names it, which is asked then for those of a page."""
    rows = "".join(f"  claim:many{n} a ckg:Claim ; ckg:holder actor:freedonia ; ckg:topic actor:freedonia .\n" for n in range(1_700))
    more = TRIG.replace("{\n  ckg:Claim", "{\n" + rows + "  ckg:Claim", 1)
    with serving(write_snapshot(tmp_path / "state", more), "--workers", "1", "--budget", "0") as one:
        found: set[str] = set()
        for number in range(1, 19):
            answer = one.ask("GET", f"/id/actor/freedonia?page={number}", HTML)
            assert answer.status == 200
            found |= set(re.findall(r'<p class="says"><a href="(/id/claim/[^"]+)"', answer.text))
        assert len(found) == 1_701


def test_commitments_come_by_condition_and_domain_also_from_page_to_page(small: Server) -> None:
    groups: list[tuple[str, str]] = []
    for number in (1, 2):
        text = small.ask("GET", f"/id/actor/planner?page={number}", HTML).text
        text = text[text.index('<section aria-labelledby="Commitment"') :].split("</section>")[0]
        condition, domain = "", ""
        for level, heading, claim in re.findall(r'<(h3|h4)[^>]*>(.*?)</h|<p class="says"><a href="(/id/claim/[^"]+)"', text):
            if level == "h3":
                condition, domain = words(heading), ""
            elif level == "h4":
                domain = words(heading)
            else:
                assert claim
                groups.append((condition, domain))
    conditions = ["Condition: Apples", "Condition: Zebras", "No condition stated"]
    domains = ["Domain in Apples", "Domain in Zebras", "No domain stated"]
    assert len(groups) == 120
    assert list(dict.fromkeys(groups)) == [(one, other) for one in conditions for other in domains]
    assert sum(one != other for one, other in zip(groups, groups[1:], strict=False)) == 8


def test_a_family_comes_page_by_page(shown: object) -> None:
    first, second = shown("/id/claim/"), shown("/id/claim/?page=2&lang=it")
    total = re.search(r"1–500 of (\d+) entries", words(first))
    assert total and f"501–{total[1]} di {total[1]} voci" in words(second)
    members = [set(re.findall(r'<li><a href="(/id/claim/[^"?]+)', html)) for html in (first, second)]
    assert len(members[0]) == 500 and len(members[0] | members[1]) == int(total[1])
    assert "entries" in words(shown("/id/forum/"))


@pytest.mark.parametrize("number", ["0", "-1", "x", "4", "99999999999999", "1e3", "%00", "²", "<b>"])
def test_a_page_that_is_not_there_is_refused_in_a_sentence(small: Server, number: str) -> None:
    answer = small.ask("GET", f"/id/actor/freedonia?page={urllib.parse.quote(number)}", HTML)
    assert answer.status == 400 and "Traceback" not in answer.text and "page" in words(answer.text)


def test_markup_in_a_label_is_shown_as_text(small: Server) -> None:
    html = small.ask("GET", "/id/actor/markup", HTML).text
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html
    assert not re.search(r'href="javascript:', html)


def test_a_page_is_the_same_again_and_of_its_own_snapshot(small: Server, tmp_path: Path) -> None:
    first, second = (small.ask("GET", "/id/claim/one?lang=it", HTML) for _ in range(2))
    assert first.body == second.body and first.headers["etag"] == second.headers["etag"]
    assert second.headers["link"] == first.headers["link"] and second.headers["vary"] == first.headers["vary"]
    unchanged = small.ask("GET", "/id/claim/one?lang=it", {**HTML, "If-None-Match": first.headers["etag"]})
    assert unchanged.status == 304 and not unchanged.body
    digest = first.headers["kg-snapshot"]
    old = small.ask("GET", f"/id/claim/one?lang=it&snapshot={digest}", HTML).text
    assert f"snapshot={digest}" in old


def test_very_many_claims_come_in_the_order_of_all_others_and_each_stands_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [f"20{number % 50 + 10}-0{number % 9 + 1}-01" for number in range(130)]
    claims = "".join(
        f"""claim:b{number:03} a ckg:Claim , ckg:Position ; ckg:holder actor:busy ; ckg:summary "Claim {number}."@en ;
        ckg:certainty certainty:stated ; ckg:time date:b{number} . date:b{number} ckg:edtf "{day}" ; ckg:earliest "{day}" . """
        for number, day in enumerate(days)
    )
    more = TRIG.replace("{\n  ckg:Claim", "{\n" + claims + TOPICS + "  ckg:Claim", 1)
    more += f"graph:data\\/claims\\/busy {{ {claims} }}"
    app = create_app(Settings(state=write_snapshot(tmp_path, more), budget=0.0))

    def on_page(number: int, way: str) -> list[str]:
        answer = app.test_client().get(f"/id/actor/busy?page={number}&way={way}", headers=HTML)
        assert answer.status_code == 200 and "130 claims" in words(answer.text), answer.text
        return re.findall(r'<p class="says"><a href="/id/claim/b(\d+)"', answer.text)

    serving = app.extensions["kg"].serving
    with closing(serving):
        asked = [on_page(1, "asked"), on_page(2, "asked")]
        # What more name than this is found before anybody asks.
        monkeypatch.setattr(ordering, "_MANY", 100)
        serving.current.made.clear()
        with app.test_request_context("/"):
            ordering.make_ready()
            assert ordering.hub(PREFIXES["actor"] + "busy") and not ordering.hub(PREFIXES["actor"] + "freedonia")
        assert [on_page(1, "known"), on_page(2, "known")] == asked
    assert [len(page) for page in asked] == [100, 30]
    # All are positions without a topic: by day, then by name.
    assert asked[0] + asked[1] == sorted((f"{number:03}" for number in range(130)), key=lambda one: (days[int(one)], one))
