"""The page that asks the graph, in a browser: writing with completion, running, stopping, sharing, mending."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from kg.rdf import PREFIXES
from playwright.sync_api import Browser, Locator, Page, Request, TimeoutError, expect
from serving import Server, serving
from watched import when_mounted

pytestmark = pytest.mark.browser

# A bound against hanging, not a measure of speed.
expect.set_options(timeout=20_000)
#: More work than there is time for: a product of four copies of all triples.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d && ?g != ?j) }"


class Noted:
    """What a page prints and asks for."""

    def __init__(self, page: Page) -> None:
        self.printed: list[str] = []
        self.requests: list[Request] = []
        page.on("console", lambda message: self.printed.append(message.text))
        page.on("pageerror", lambda error: self.printed.append(str(error)))
        page.on("request", lambda request: self.requests.append(request))

    def asked(self) -> list[str]:
        """The queries that were sent."""
        return [one.url for one in self.requests if one.method == "POST" and re.search(r"/sparql(\?|$)", one.url)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that nobody has used yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield when_mounted(context.new_page())
    context.close()


@pytest.fixture
def noted(page: Page) -> Noted:
    return Noted(page)


def content(page: Page) -> Locator:
    """What is written in the editor."""
    return page.locator("[data-part=editor] .cm-content")


def write(page: Page, text: str) -> None:
    """Put a text into the editor as a reader pastes it."""
    content(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def text_of(page: Page) -> str:
    """What the form would send."""
    return page.locator("#query").input_value()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(content(page)).to_be_visible()
    return page


def run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Run|Esegui)$")).click()


def offered(page: Page, name: str) -> Locator:
    """The completion of this name, asked for again where a busy machine had none in time."""
    found = page.get_by_role("option", name=re.compile(name))
    for _ in range(4):
        try:
            found.first.wait_for(timeout=4_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
            page.keyboard.press("Control+Space")
    return found


def test_a_query_is_written_with_completion_run_and_shared(
    page: Page, live_server: str, noted: Noted, pictures: Path
) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    write(page, "SELECT ?who WHERE {\n  ?claim a ckg:Position ;\n    ")
    page.keyboard.type("ckg:hol")
    expect(offered(page, "ckg:holder")).to_contain_text("holder")
    page.screenshot(path=pictures / "query-completion.png")
    page.keyboard.press("Enter")
    page.keyboard.type(" ?who }")
    assert "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>" in text_of(page)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("status").first).to_contain_text(re.compile(r"\d+ rows in"))
    expect(page.locator("[data-answer] table").first).to_be_visible()
    page.screenshot(path=pictures / "query-answer.png", full_page=True)

    page.get_by_role("button", name="Share").click()
    link = page.locator("[data-part=link] input").input_value()
    assert "draft=" in link and "query=" not in link
    before = len(noted.asked())
    opened(page, link)
    assert "ckg:holder" in text_of(page)
    assert len(noted.asked()) == before, "a link must not run what it brings"
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("known from an earlier question")
    assert not noted.printed
    assert all(one.url.startswith((live_server, "data:", "blob:")) for one in noted.requests)


def test_values_are_found_by_their_label_in_the_language_of_the_reader(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=it")
    write(page, "SELECT * WHERE { ?claim a ckg:Position ; ckg:holder ")
    page.keyboard.type("ital")
    italy = offered(page, "actor:italy")
    expect(italy).to_contain_text("Italia")
    expect(page.locator("[data-part=editor] completion-section").first).to_contain_text("ha ancora risposta")
    italy.click()
    expect(page.locator("#query")).to_have_value(re.compile("ckg:holder actor:italy$"))
    # That of what was written before as well.
    assert [line.split()[1] for line in text_of(page).splitlines()[:-1]] == ["ckg:", "actor:"]


def test_a_known_prefix_is_declared_when_it_is_written_and_undone_with_it(page: Page, live_server: str) -> None:
    declared = f"PREFIX ckg: <{PREFIXES['ckg']}>\n"
    opened(page, f"{live_server}/sparql?lang=en")
    # Neither in comments, strings and IRIs, nor what is known to nobody, nor what is being declared by hand.
    for text in ("# ckg:a", 'ASK { ?a ?b "ckg:a" }', "ASK { <ckg:a> ?b ?c }", "ASK { ?a nobody:b ?c }", "ASK { ?ckg:", "PREFIX ckg: "):
        write(page, "")
        page.keyboard.type(text)
        assert text_of(page).rstrip("}> ") == text.rstrip("}> ")
    write(page, "SELECT * { }")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)  # What is typed later is another step to undo.
    page.keyboard.type("?c ckg")
    assert text_of(page) == "SELECT * { ?c ckg}"
    page.wait_for_timeout(600)
    page.keyboard.type(":")
    expect(page.locator("#query")).to_have_value(declared + "SELECT * { ?c ckg:}")
    page.keyboard.press("ControlOrMeta+z")
    expect(page.locator("#query")).to_have_value("SELECT * { ?c ckg}")
    page.keyboard.type(":hodler ?who ")
    expect(page.locator("#query")).to_have_value(declared + "SELECT * { ?c ckg:hodler ?who }")
    expect(looked_at(page)).to_contain_text("The graph knows no property ckg:hodler.")
    write(page, f"# Pasted.\nPREFIX actor: <{PREFIXES['actor']}>\nASK {{ ?c ckg:holder actor:italy }}")
    expect(page.locator("#query")).to_have_value(re.compile(r"^# Pasted\.\nPREFIX actor: .*\nPREFIX ckg: .*\nASK "))


def test_a_mistake_is_underlined_and_mended_by_its_proposal(page: Page, live_server: str, pictures: Path) -> None:
    draft = "SELECT ?who WHERE {\n  ?claim ckg:holder ?who\n}\nLIMIT 3"
    opened(page, f"{live_server}/sparql?{urlencode({'lang': 'en', 'draft': draft})}")
    run(page)
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("ckg: is not declared")
    expect(page.locator(".kg-wrong")).to_have_text("ckg:holder")
    page.screenshot(path=pictures / "query-mistake.png")
    page.get_by_role("button", name="Apply the proposal").click()
    expect(problem).to_be_hidden()
    expect(page.locator(".kg-wrong")).to_have_count(0)
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("3 rows")


def test_a_mistake_shows_while_one_writes_and_nothing_is_run(page: Page, live_server: str, noted: Noted) -> None:
    opened(page, f"{live_server}/sparql?lang=it")
    write(page, "SELECT ?who WHERE {\n  ?claim ckg:holder ?who\n} ORDER ?who")
    remark = page.locator("[data-part=mistake]")
    expect(remark).to_contain_text("Riga")
    expect(page.locator(".kg-wrong")).to_have_count(1)
    page.get_by_role("button", name="Applica la proposta").click()
    expect(remark).not_to_contain_text("ckg:")
    assert not noted.asked() and not noted.printed


def looked_at(page: Page) -> Locator:
    """What is said of the names in a query, which is written on a little where a busy machine said nothing in time."""
    said = page.locator("[data-part=unknown]")
    for _ in range(4):
        try:
            said.wait_for(timeout=5_000)
            break
        except TimeoutError:
            content(page).press("ControlOrMeta+End")
            page.keyboard.type(" ")
    return said


def test_a_name_that_the_graph_does_not_have_is_marked_before_a_query_is_run(
    page: Page, live_server: str, noted: Noted, pictures: Path
) -> None:
    draft = f"PREFIX c: <{PREFIXES['ckg']}>\nSELECT ?who WHERE {{\n  ?claim c:hodler ?who\n}}"
    opened(page, f"{live_server}/sparql?{urlencode({'lang': 'it', 'draft': draft})}")
    said = looked_at(page)
    expect(said).to_contain_text("Riga 3: Il grafo non conosce una proprietà ckg:hodler.")
    expect(page.locator(".kg-doubtful")).to_have_text("c:hodler")
    page.screenshot(path=pictures / "query-unknown.png")
    page.get_by_role("button", name="Inserisci c:holder").click()
    expect(content(page)).to_contain_text("?claim c:holder ?who")
    expect(said).to_be_hidden()
    expect(page.locator(".kg-doubtful")).to_have_count(0)
    # It is no mistake: the query can be run, and the mark stays.
    page.keyboard.press("ControlOrMeta+z")
    expect(looked_at(page)).to_be_visible()
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("0 righe")
    expect(said).to_be_visible()
    assert len(noted.asked()) == 1 and not noted.printed


def test_a_day_is_asked_for_as_long_as_the_query_asks_as_of_one(page: Page, live_server: str, noted: Noted) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    day = page.locator("#as-of")
    expect(day).to_be_hidden()
    write(page, f"PREFIX c: <{PREFIXES['ckg']}>\nASK {{ ?c c:statedOn ?day FILTER(?day <= ?asOf) }}")
    day.fill("2026-01-06")
    write(page, "ASK { } # ?asOf")
    expect(day).to_be_hidden()
    # Nor is it asked with one.
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("Answered")
    assert not noted.printed


def test_tabs_and_history_survive_a_reload_and_nothing_is_asked_by_it(page: Page, live_server: str, noted: Noted) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    write(page, "ASK { }")
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("Answered")
    page.get_by_role("button", name="New query").click()
    write(page, "SELECT ?second { }")
    expect(page.get_by_role("tab")).to_have_count(2)
    before = len(noted.asked())
    page.reload()
    expect(page.get_by_role("tab")).to_have_count(2)
    expect(content(page)).to_contain_text("?second")
    page.get_by_role("tab").first.click()
    expect(content(page)).to_contain_text("ASK")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    page.get_by_text("Asked or closed before in this browser").click()
    page.locator("[data-part=asked] li button").click()
    expect(page.get_by_role("tab")).to_have_count(3)
    assert len(noted.asked()) == before
    page.get_by_role("button", name="Close this query").click()
    expect(page.get_by_role("tab")).to_have_count(2)
    page.get_by_role("button", name="Forget these").click()
    expect(page.get_by_role("tab")).to_have_count(1)
    assert json.loads(page.evaluate("localStorage.getItem('kg-queries')"))["asked"] == []


@pytest.fixture(scope="module")
def narrow(real_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one worker, and none for what takes long."""
    with serving(real_state, "--workers", "1", "--deadline", "120", log=tmp_path_factory.mktemp("narrow") / "log") as one:
        yield one


def test_stop_ends_the_work_of_the_server(page: Page, narrow: Server) -> None:
    opened(page, f"{narrow.address}/sparql?lang=en")
    write(page, ENDLESS)
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("Asking")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status").first).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    # The one worker would be taken for two minutes.
    write(page, "ASK { }")
    run(page)
    expect(page.get_by_role("status").first).to_contain_text("Answered")
    slow = re.search(rb'kg_workers\{state="slow"\} (\S+)', narrow.ask("GET", "/metrics").body)
    assert slow and float(slow[1]) == 0


def test_a_lost_connection_and_a_busy_server_are_told_decently(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=it")
    write(page, "ASK { }")
    page.route("**/sparql", lambda route: route.abort())
    run(page)
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("non è raggiungibile")
    page.unroute("**/sparql")
    busy = {"status": 503, "code": "busy", "detail": "All workers are busy.", "remedy": "Try again."}
    page.route("**/sparql", lambda route: route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(busy)))
    page.get_by_role("button", name="Riprova").click()
    expect(problem).to_contain_text("troppo da fare")
    page.unroute("**/sparql")
    page.get_by_role("button", name="Riprova").click()
    expect(page.get_by_role("status").first).to_contain_text("Risposta in")
    expect(problem).to_be_hidden()


def test_an_answer_is_not_taken_for_that_of_another_query(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    write(page, "ASK { }")
    run(page)
    heading = page.locator("#answer")
    expect(heading).to_have_text("Answer")
    write(page, "ASK { ?s ?p ?o }")
    expect(heading).to_have_text("Answer to the query that was asked before")
    page.route("**/sparql", lambda route: route.abort())
    run(page)
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(heading).to_have_text("Answer to the query that was asked before")
    page.unroute("**/sparql")
    page.get_by_role("button", name="Try again").click()
    expect(heading).to_have_text("Answer")


def test_the_gallery_is_searched_and_opens_without_leaving(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=it")
    page.get_by_role("searchbox", name="Cerca tra le domande").fill("cessate il fuoco")
    shown = page.locator("[data-gallery] li:visible")
    expect(shown.first).to_be_visible()
    assert shown.count() < 20
    name = shown.first.locator("a").first.inner_text()
    shown.first.locator("a").first.click()
    expect(page.get_by_role("tab", selected=True)).to_have_text(name)
    assert "SELECT" in text_of(page) and "#+" not in text_of(page)
    page.get_by_role("button", name="Impagina").click()
    expect(page.get_by_role("status").first).to_contain_text("Impaginata")


def test_without_script_the_form_asks_lays_out_and_keeps_a_draft(browser: Browser, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    try:
        page = context.new_page()
        page.goto(f"{live_server}/sparql?draft=select%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20limit%203")
        expect(page.locator("#query")).to_have_value("select * {?s ?p ?o} limit 3")
        page.get_by_role("button", name="Lay out").click()
        expect(page.locator("#query")).to_have_value("SELECT * {\n  ?s ?p ?o\n}\nLIMIT 3\n")
        page.get_by_role("button", name="Run").click()
        expect(page.locator("[data-answer] tbody tr")).to_have_count(3)
        expect(page.locator(".needs-script").first).to_be_hidden()
    finally:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(page: Page, live_server: str, scheme: str, pictures: Path) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 375, "height": 800})
    opened(page, f"{live_server}/sparql?lang=it&draft={quote('SELECT ?c { ?c a skos:Concept }')}")
    run(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.screenshot(path=pictures / f"query-phone-{scheme}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def test_tab_reaches_every_control_and_leaves_the_editor(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    page.locator("#query-tab-0").focus()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("""() => {
            const one = document.activeElement;
            return one.shadowRoot?.activeElement?.getAttribute("aria-label") ?? one.getAttribute("aria-label") ?? one.textContent.trim();
        }"""))
    assert [name[:12] for name in reached[:3]] == ["New query", "Close this q", "SPARQL query"]
    for wanted in ("Run", "Lay out", "Share"):
        assert wanted in reached


def test_two_windows_lose_nothing_that_was_written_in_either(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    write(page, "ASK { } # first")
    other = opened(page.context.new_page(), f"{live_server}/sparql?lang=en")
    expect(content(other)).to_contain_text("# first")
    # The same tab shows the same; another one is there for both.
    write(other, "ASK { } # by the other")
    expect(content(page)).to_contain_text("# by the other")
    page.get_by_role("button", name="New query").click()
    write(page, "SELECT ?mine { }")
    expect(other.get_by_role("tab")).to_have_count(2)
    write(other, "ASK { } # again by the other")
    expect(content(page)).to_contain_text("?mine")
    # What one closes and another looks at stays there.
    page.get_by_role("tab").first.click()
    expect(content(page)).to_contain_text("# again by the other")
    page.get_by_role("button", name="Close this query").click()
    expect(page.get_by_role("tab")).to_have_count(1)
    expect(content(other)).to_contain_text("# again by the other")
    write(other, "ASK { } # written on")
    expect(page.get_by_role("tab")).to_have_count(2)
    page.reload()
    other.reload()
    for one, text in ((page, "?mine"), (other, "# written on")):
        expect(one.get_by_role("tab")).to_have_count(2)
        expect(content(one)).to_contain_text(text)


def test_what_two_windows_write_at_once_is_kept_twice(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=en")
    write(page, "ASK { }")
    expect(page.get_by_role("tab")).to_have_count(1)
    page.reload()
    # Another window keeps something in the moment before this one does.
    page.evaluate("""() => {
        const found = JSON.parse(localStorage.getItem("kg-queries"));
        Object.assign(found.open[0], { text: "ASK { } # theirs", state: "other" });
        localStorage.setItem("kg-queries", JSON.stringify(found));
    }""")
    write(page, "ASK { } # mine")
    expect(page.get_by_role("tab")).to_have_count(2)
    expect(page.get_by_role("status").first).to_contain_text("in another window")
    expect(content(page)).to_contain_text("# mine")
    page.get_by_role("tab").first.click()
    expect(content(page)).to_contain_text("# theirs")


HOSTILE = [
    "null", "[]", "{", '{"open": {"length": 5}, "asked": 3}', '{"open": [null, 1, {"text": 5}, {"text": "ASK {}", "name": {}, "id": [], "asOf": 7}]}',
    '{"open": [{"text": "<img src=x onerror=alert(1)>", "name": "<b>x</b>", "id": "a"}, {"text": "b", "id": "a"}], "cleared": 1e308}',
    '{"asked": [{"text": "<b>asked</b>", "at": "x", "asOf": "<i>"}, {"text": "two", "at": 9e99}]}',
]  # fmt: skip


def test_whatever_the_browser_has_kept_the_page_works(page: Page, live_server: str, noted: Noted) -> None:
    page.goto(f"{live_server}/docs/errors?lang=en")
    for kept in HOSTILE:
        page.evaluate("kept => { sessionStorage.clear(); localStorage.setItem('kg-queries', kept); }", kept)
        opened(page, f"{live_server}/sparql?lang=en")
        assert page.locator("[data-part=tabs] b, [data-part=tabs] img, [data-part=asked] b").count() == 0
        write(page, "ASK { } # works")
        # What was written a moment ago is kept when one leaves.
        page.goto(f"{live_server}/docs/errors?lang=en")
        assert "# works" in page.evaluate("localStorage.getItem('kg-queries')")
    # What an older page kept has no names for its tabs.
    older = {"open": [{"name": "A", "text": "ASK { } # a"}, {"name": "B", "text": "ASK { } # b"}], "current": 1, "asked": []}
    page.evaluate("kept => { sessionStorage.clear(); localStorage.setItem('kg-queries', kept); }", json.dumps(older))
    opened(page, f"{live_server}/sparql?lang=en")
    expect(page.get_by_role("tab")).to_have_text(["A", "B"])
    write(page, "ASK { } # works")
    page.reload()
    expect(page.get_by_role("tab")).to_have_text(["A", "B"])
    assert not noted.printed


def test_groups_and_prefixes_are_folded_by_mouse_and_key(page: Page, live_server: str, noted: Noted) -> None:
    opened(page, f"{live_server}/sparql?lang=it")
    text = "PREFIX a: <urn:a>\nPREFIX b: <urn:b>\nSELECT * {\n  ?a ?b '}' . # }\n  OPTIONAL {\n    ?c ?d ?e\n  }\n}"
    write(page, text)
    marks = page.locator("[data-part=editor] .cm-foldGutter .cm-gutterElement span >> visible=true")
    expect(marks).to_have_count(3)
    expect(marks.nth(0)).to_have_attribute("title", "Ripiega la riga")
    marks.nth(0).click()
    expect(content(page)).not_to_contain_text("urn:b")
    page.locator("[data-part=editor] .cm-foldPlaceholder").click()
    expect(content(page)).to_contain_text("urn:b")
    page.keyboard.press("ControlOrMeta+End")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("ControlOrMeta+.")
    expect(content(page)).not_to_contain_text("?c ?d ?e")
    expect(content(page)).to_contain_text("OPTIONAL")
    page.keyboard.press("ControlOrMeta+.")
    expect(content(page)).to_contain_text("?c ?d ?e")
    assert text_of(page) == text and not noted.printed


def test_a_page_whose_site_was_renewed_keeps_the_query(page: Page, live_server: str) -> None:
    opened(page, f"{live_server}/sparql?lang=en&draft=ASK%20%7B%20%7D")
    write(page, "ASK { } # written")
    page.route(re.compile(r"/assets/results-|/assets/index-"), lambda route: route.fulfill(status=404, body="gone"))
    run(page)
    note = page.locator("main > .reload")
    expect(note).to_contain_text("the site was renewed")
    page.unroute(re.compile(r"/assets/results-|/assets/index-"))
    note.get_by_role("button", name="Load the page anew").click()
    expect(content(page)).to_contain_text("# written")
    expect(page.locator("main > .reload")).to_have_count(0)
    run(page)
    expect(page.locator("[data-answer]")).to_contain_text("Answer")
