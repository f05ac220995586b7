"""The results of a query in a real browser: the table, its pictures, and how to go on with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from watched import OF_COLOURS, violations, when_mounted

pytestmark = pytest.mark.browser

CKG = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n"
POSITIONS = CKG + (
    "SELECT ?holder ?stance ?claim ?date (STRLEN(?summary) AS ?length) ?summary WHERE {\n"
    "  ?claim a ckg:Position ; ckg:holder ?holder ; ckg:stance ?stance ; ckg:summary ?summary .\n"
    '  OPTIONAL { ?claim ckg:time/ckg:edtf ?date }\n  FILTER(LANG(?summary) = "en")\n} ORDER BY ?claim'
)
FEW = POSITIONS + " LIMIT 4"
MANY = "SELECT ?s ?p (STRLEN(STR(?o)) AS ?n) WHERE { ?s ?p ?o } LIMIT 10000"
GRAPH = CKG + "CONSTRUCT WHERE { ?m a ckg:Membership ; ckg:member ?who ; ckg:forum ?forum ; ckg:summary ?said } LIMIT 12"
NASTY = (
    "SELECT ?a ?b ?c { VALUES (?a ?b ?c) { (<javascript:alert(1)> '<img src=x onerror=alert(1)>' UNDEF)"
    " (<https://example.org/x> \"a`${b}\\\\\"@en <<( <urn:s> <urn:p> 'o' )>>) } }"
)
#: What a page may be slow with on a busy machine, in milliseconds.
PATIENCE = 30_000


class Reader:
    """A page of an answer, and what went wrong with it."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.page, self.server, self.wrong = when_mounted(context.new_page()), server, []
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self._ask(request.url))

    def _ask(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme.startswith(("http", "ws")) and parts.netloc != urlsplit(self.server).netloc:
            self.wrong.append(address)

    def ask(self, query: str, more: str = "") -> Page:
        self.page.goto(f"{self.server}/sparql?format=html&query={quote(query)}{more}")
        self.page.locator(".results").wait_for()
        return self.page


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def reader(browser: Browser, live_server: str, contexts: list[BrowserContext]) -> Iterator[Reader]:
    contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
    one = Reader(contexts[0], live_server)
    yield one
    assert one.wrong == []


def column(page: Page, name: str) -> list[str]:
    """The texts of a column of the part of the table that is shown."""
    names = [re.findall(r"\w+", text)[0] for text in page.locator(".rows thead tr").first.locator("th").all_inner_texts()[1:]]
    cells = page.locator(f".rows tbody td:nth-child({names.index(name) + 2})")
    return [text.strip() for text in cells.all_inner_texts()]


def header(page: Page, name: str) -> Locator:
    """The header of a column."""
    return page.locator(".rows thead th", has_text=re.compile(rf"^\s*{name}\b"))


def test_rows_are_sorted_by_type(reader: Reader) -> None:
    page = reader.ask(POSITIONS)
    header(page, "length").get_by_role("button").click()
    expect(header(page, "length")).to_have_attribute("aria-sort", "ascending")
    lengths = [int(text) for text in column(page, "length")]
    assert lengths == sorted(lengths) and len(lengths) > 20
    header(page, "length").get_by_role("button").press("Enter")
    expect(header(page, "length")).to_have_attribute("aria-sort", "descending")
    assert [int(text) for text in column(page, "length")] == sorted(lengths, reverse=True)
    header(page, "length").get_by_role("button").click()
    expect(header(page, "length")).to_have_attribute("aria-sort", "none")
    header(page, "holder").get_by_role("button").click()
    expect(header(page, "holder")).to_have_attribute("aria-sort", "ascending")
    # By the names that are shown, which the answer does not have.
    holders = column(page, "holder")
    assert holders == sorted(holders, key=str.casefold) and "Italy" in holders
    header(page, "date").get_by_role("button").click()
    expect(header(page, "date")).to_have_attribute("aria-sort", "ascending")
    dates = column(page, "date")
    assert dates[0] and not dates[-1], "rows without a date come last"


def test_rows_are_filtered_by_all_and_by_columns(reader: Reader) -> None:
    page = reader.ask(POSITIONS)
    page.get_by_role("searchbox", name="Filter the rows").fill("italy excl")
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("rows match")
    assert set(column(page, "holder")) <= {"Italy"} | {text for text in column(page, "holder") if "Ital" in text}
    page.get_by_role("searchbox", name="Filter the rows").fill("")
    expect(page.locator(".table-of-rows").get_by_role("status")).not_to_contain_text("rows match")
    page.get_by_role("button", name="Filter by column").click()
    page.get_by_role("searchbox", name="Filter length").fill("> 150")
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("rows match")
    assert min(int(text) for text in column(page, "length")) > 150
    page.get_by_role("searchbox", name="Filter stance").fill("supports")
    expect(page.locator(".rows tbody td:nth-child(3)", has_not_text="supports")).to_have_count(0)
    assert page.get_by_role("searchbox", name="Filter stance").evaluate("e => e === document.activeElement")


def test_ten_thousand_rows_are_paged_and_the_page_answers(reader: Reader) -> None:
    page = reader.ask(MANY)
    said = page.locator(".table-of-rows").get_by_role("status")
    expect(said).to_contain_text("Rows 1–100 of 10,000")
    assert page.locator(".rows tbody tr").count() == 100
    page.locator(".pager").get_by_role("button", name="Next").click()
    expect(said).to_contain_text("Rows 101–200 of 10,000")
    page.locator(".pager").get_by_role("combobox", name="Page").first.select_option("99")
    expect(said).to_contain_text("Rows 9,901–10,000 of 10,000")
    expect(page.locator(".pager").get_by_role("button", name="Next")).to_be_disabled()
    header(page, "n").get_by_role("button").click()
    expect(said).to_contain_text("Rows 1–100 of 10,000")
    page.locator(".pager").get_by_role("combobox", name="Rows per page").select_option("500")
    expect(page.locator(".rows tbody tr")).to_have_count(500)
    numbers = [int(text) for text in column(page, "n")]
    assert numbers == sorted(numbers)


def test_names_and_iris_change_places(reader: Reader) -> None:
    page = reader.ask(POSITIONS)
    link = page.locator(".rows tbody a", has_text=re.compile("^Italy$")).first
    expect(link).to_have_attribute("href", "/id/actor/italy")
    link.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("https://w3id.org/coalition-kg/id/actor/italy")
    expect(page.get_by_role("tooltip")).to_contain_text("state")
    page.keyboard.press("Escape")
    expect(page.locator(".iri-tip")).to_be_hidden()
    page.get_by_role("button", name="Show IRIs").click()
    expect(page.locator(".rows tbody a", has_text=re.compile("^actor:italy$")).first).to_be_visible()
    page.get_by_role("button", name="Show IRIs").click()
    expect(page.locator(".rows tbody a", has_text=re.compile("^Italy$")).first).to_be_visible()


def test_rows_and_columns_are_copied_and_hidden(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.ask(POSITIONS)
    expect(page.locator(".rows tbody a").first).not_to_contain_text(":")
    page.get_by_role("button", name="Copy row 1", exact=True).click()
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("Row 1 copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.split("\t")[0] == column(page, "holder")[0] and copied.count("\t") == 5
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Copy row 2", exact=True)).to_be_focused()
    page.locator(".columns summary").click()
    page.get_by_role("button", name="Copy the column length").click()
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("values of length")
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == column(page, "length")
    page.get_by_role("checkbox", name="summary").uncheck()
    expect(header(page, "summary")).to_have_count(0)


def test_an_answer_is_drawn_as_a_chart_and_saved(reader: Reader, pictures: Path, tmp_path: Path) -> None:
    page = reader.ask(POSITIONS)
    page.get_by_role("button", name="Chart").click()
    figure = page.locator("figure.chart svg")
    expect(figure).to_be_visible()
    page.get_by_label("Along").select_option(label="stance")
    page.get_by_label("How much").select_option(label="number of rows")
    expect(page.get_by_role("img", name="Chart: number of rows, stance")).to_be_visible()
    expect(page.locator("figure.chart")).to_contain_text("supports")
    page.get_by_label("Apart by").select_option(label="all together")
    page.locator(".picture").screenshot(path=pictures / "results-chart.png")
    for ending in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {ending}").click()
        download.value.save_as(tmp_path / f"chart.{ending}")
    assert (tmp_path / "chart.PNG").read_bytes().startswith(b"\x89PNG")
    saved = (tmp_path / "chart.SVG").read_text("utf-8")
    assert "supports" in saved and "var(" not in saved and "<style" not in saved
    assert page.locator(".rows tbody tr").count() > 20, "the table stays beside it"


def test_an_answer_is_drawn_along_time(reader: Reader, pictures: Path) -> None:
    page = reader.ask(POSITIONS)
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_role("img", name="Timeline of")).to_be_visible()
    page.get_by_label("Named by").select_option(label="holder")
    expect(page.locator("figure.timeline")).to_contain_text("Italy")
    expect(page.locator(".picture")).to_contain_text("rows have no date.")
    page.locator(".picture").screenshot(path=pictures / "results-timeline.png")


def test_an_answer_and_a_graph_are_drawn_as_networks(reader: Reader, pictures: Path, tmp_path: Path) -> None:
    page = reader.ask(POSITIONS)
    page.get_by_role("button", name="Network").click()
    expect(page.get_by_role("img", name="Network of")).to_be_visible()
    page.locator(".nodes summary").click()
    expect(page.locator(".nodes li a", has_text=re.compile("^Italy$"))).to_have_attribute("href", "/id/actor/italy")
    for ending in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {ending}").click()
        download.value.save_as(tmp_path / f"network.{ending}")
    assert (tmp_path / "network.PNG").read_bytes().startswith(b"\x89PNG")
    assert "Italy" in (tmp_path / "network.SVG").read_text("utf-8")
    # What has no room for its name is told of, and has it when one comes near.
    page.set_viewport_size({"width": 375, "height": 900})
    page.get_by_role("button", name="Fit").click()
    hidden = page.locator(".names-left")
    expect(hidden).to_contain_text("Signs without their names, for want of room:")
    for _ in range(12):
        page.get_by_role("button", name="Larger").click()
    expect(hidden).to_be_empty()
    page = reader.ask(GRAPH)
    expect(page.locator(".turtle summary", has_text="claim:").first).to_be_visible()
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(page.locator(".statements .turtle[open]")).to_have_count(0)
    page.get_by_role("button", name="Network").click()
    expect(page.get_by_role("img", name="Network of")).to_be_visible()
    page.locator(".picture").screenshot(path=pictures / "results-network.png")


def test_states_are_drawn_on_the_map(reader: Reader, pictures: Path, tmp_path: Path) -> None:
    page = reader.ask(POSITIONS)
    page.get_by_role("button", name="Map", exact=True).click()
    figure = page.locator("figure.map")
    expect(figure.locator("svg")).to_be_visible()
    page.get_by_label("What").select_option(label="stance")
    expect(figure.locator(".legend")).to_contain_text("supports")
    expect(figure.get_by_role("listitem").filter(has_text="Italy")).to_contain_text("excludes for itself")
    page.get_by_label("What").select_option(label="number of rows")
    expect(figure.locator("text").first).to_have_text(re.compile(r"^\d+$"))
    expect(figure.get_by_role("link", name="How the borders are drawn")).to_have_attribute("href", "/map#borders")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    download.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    page.locator(".picture").screenshot(path=pictures / "results-map.png")
    page = reader.ask("SELECT ?s { ?s a <http://www.w3.org/2002/07/owl#Class> } LIMIT 5")
    expect(page.get_by_role("button", name="Show IRIs")).to_be_visible()
    expect(page.locator("[data-picture=map]")).to_have_count(0)


def test_code_and_citation_are_copied(reader: Reader) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.ask(POSITIONS)
    page.locator(".snippet summary", has_text="Python").click()
    page.locator(".snippet[open]").get_by_role("button", name="Copy").click()
    expect(page.locator(".snippet[open]").get_by_role("status")).to_have_text("Copied.")
    tree = ast.parse(page.evaluate("navigator.clipboard.readText()"))
    [value] = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "query"]
    assert ast.literal_eval(value) == POSITIONS
    page.locator(".citation summary").click()
    expect(page.locator(".citation pre")).to_have_count(3)
    expect(page.locator(".citation pre").first).to_contain_text("SHA-256 of the answer")


def test_what_strangers_write_is_text(reader: Reader) -> None:
    page = reader.ask(NASTY)
    expect(page.locator(".rows tbody tr")).to_have_count(2)
    assert column(page, "b") == ["<img src=x onerror=alert(1)>", "a`${b}\\ en"]
    assert page.locator(".rows tbody a").evaluate_all("all => all.map(a => a.href)") == ["https://example.org/x"]
    assert page.locator(".results img").count() == 0
    assert column(page, "c") == ["", "<<( urn:s urn:p o )>>"]


def test_the_same_in_italian_and_dark_on_a_phone(
    browser: Browser, live_server: str, contexts: list[BrowserContext], pictures: Path
) -> None:
    contexts.append(browser.new_context(viewport={"width": 375, "height": 800}, color_scheme="dark"))
    reader = Reader(contexts[0], live_server)
    page = reader.ask(POSITIONS, "&lang=it")
    expect(page.locator(".rows tbody a", has_text=re.compile("^Italia$")).first).to_have_attribute("href", "/id/actor/italy?lang=it")
    page.get_by_role("button", name="Cronologia").click()
    expect(page.get_by_role("img", name="Cronologia di")).to_be_visible()
    page.get_by_role("searchbox", name="Filtra le righe").fill("Italia")
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("Corrispondono")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.locator(".answer").screenshot(path=pictures / "results-phone-it.png")
    assert violations(page, ".answer") == []
    assert reader.wrong == []


def test_pictures_and_graphs_are_accessible_in_light_and_dark(reader: Reader) -> None:
    for query, pressed in ((FEW, "Chart"), (FEW, "Map"), (GRAPH, "Network")):
        page = reader.ask(query)
        page.get_by_role("button", name=pressed, exact=True).click()
        expect(page.locator("figure.drawing :is([role=img], svg)").first).to_be_visible()
        if query is FEW:
            page.get_by_role("button", name="Filter by column").click()
        assert violations(page, ".answer") == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, ".answer", runOnly=OF_COLOURS) == []
        page.emulate_media(color_scheme="light")


def test_every_control_of_the_results_is_reached_with_tab(reader: Reader) -> None:
    page = reader.ask(POSITIONS + " LIMIT 3")
    page.get_by_role("button", name="Chart").click()
    expect(page.locator("figure.chart svg")).to_be_visible()
    page.locator(".columns summary").click()
    page.locator("#answer").focus()
    page.evaluate(
        """() => {
          window.kgWanted = new Set([...document.querySelectorAll('.answer :is(a[href], button, input, select, summary, pre, [tabindex="0"])')]
            .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})));
          document.addEventListener('focusin', (event) => window.kgWanted.delete(event.target));
        }"""
    )
    for _ in range(page.evaluate("window.kgWanted.size") + 3):
        page.keyboard.press("Tab")
    assert page.evaluate("[...window.kgWanted].map(e => e.outerHTML.slice(0, 120))") == []


def test_without_a_script_the_rows_are_there_with_names_and_parts(
    browser: Browser, live_server: str, contexts: list[BrowserContext], pictures: Path
) -> None:
    contexts.append(browser.new_context(java_script_enabled=False))
    page = contexts[0].new_page()
    page.goto(f"{live_server}/sparql?format=html&query={quote(MANY)}")
    expect(page.locator(".rows tbody tr")).to_have_count(100)
    page.locator(".pager").get_by_role("link", name="Next rows").click()
    expect(page.locator(".rows caption")).to_contain_text("101–200")
    page.locator(".rows thead th a", has_text=re.compile(r"^\s*n\s*$")).click()
    expect(header(page, "n")).to_have_attribute("aria-sort", "ascending")
    page.locator(".snippet summary", has_text="curl").click()
    expect(page.locator(".snippet[open] code")).to_contain_text("--data-urlencode")
    page.screenshot(path=pictures / "results-plain.png")


def test_a_connection_that_is_lost_leaves_the_table(reader: Reader) -> None:
    reader.page.route("**/labels*", lambda route: route.abort())
    page = reader.ask(POSITIONS)
    expect(page.locator(".table-of-rows").get_by_role("status")).to_contain_text("Some names could not be loaded.")
    expect(page.locator(".rows tbody a", has_text="actor:italy").first).to_be_visible()
    # That a request failed is what the browser itself prints.
    reader.wrong = [text for text in reader.wrong if "ERR_FAILED" not in text]
