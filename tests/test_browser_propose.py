"""Proposing in a browser: judged while it is filled in, by keyboard, on a phone, without scripts, up to ``kg check``."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from playwright.sync_api import Browser, Page, Request, expect
from serving import wait_for_forms
from watched import accessible, watched, when_mounted

from kg.errors import PassageError
from kg.passages import paragraphs, sha256
from kg.passages.citing import find

pytestmark = pytest.mark.browser

POSITION = "/propose?class=ckg:Position"
WORDS = {
    "en": {
        "mark": "Mark the selected words", "download": "Download the file", "check": "Check", "bad": "This would not pass yet.",
        "good": "This would pass.", "unknown": "Nothing that fits has this name", "stance": "exactly one stance",
        "holder": "Unnamed author of source 004",
    },
    "it": {
        "mark": "Segna le parole selezionate", "download": "Scarica il file", "check": "Controlla",
        "bad": "Così ancora non passerebbe.", "good": "Così passerebbe.", "unknown": "Nulla di adatto ha questo nome",
        "stance": "esattamente un orientamento", "holder": "Autore non nominato della fonte 004",
    },
}  # fmt: skip
#: Controls that can be focused and were not yet.
_UNREACHED = """() => {
  window.kgLeft = new Set([...document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)')].filter(
    (e) => !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility({visibilityProperty: true})));
  document.addEventListener('focusin', (event) => window.kgLeft.delete(event.target));
}"""


@pytest.fixture(scope="module", autouse=True)
def ready(live_server: str) -> None:
    """What forms need is made, and what the server does may take its time."""
    wait_for_forms(live_server)
    expect.set_options(timeout=20_000)


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    with watched(browser, live_server) as one:
        yield one


@pytest.fixture
def unwatched(browser: Browser) -> Iterator[Page]:
    """A page of which the browser itself may say that an address is refused."""
    context = browser.new_context(locale="en-GB")
    yield when_mounted(context.new_page())
    context.close()


def put(page: Page, field: str, value: str) -> None:
    """Fill in a field of the form by its address."""
    control = page.locator(f'[name="{field}"]')
    if control.evaluate("e => e.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)


def fill(page: Page) -> None:
    """Fill in a position that rests on evidence that exists; its holder is left out."""
    if page.locator('[name="ckg:evidence.0/a"]').count():
        page.locator('button[value="close ckg:evidence.0"]').click()
    expect(page.locator('[name="ckg:evidence.0"]')).to_be_visible()
    for field, value in {
        "ckg:summary.0@en": "A test in a browser.", "ckg:summary.0@it": "Una prova in un navigatore.",
        "ckg:topic.0": "topic:troops-in-ukraine", "ckg:evidence.0": "evidence:004-p4-3",
        "ckg:modality.0": "modality:asserted", "ckg:certainty.0": "certainty:plain",
    }.items():  # fmt: skip
        put(page, field, value)


@pytest.mark.parametrize("lang", ["en", "it"])
def test_a_mistake_is_seen_at_its_field_mended_and_the_file_passes(
    page: Page, live_server: str, pictures: Path, tmp_path: Path, lang: str
) -> None:
    said = WORDS[lang]
    page.goto(f"{live_server}{POSITION}&lang={lang}")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    fill(page)
    # Typed as it is called nowhere, and no stance: the first is told while it is filled in, the second on asking.
    put(page, "ckg:holder.0", "nobody of that name")
    expect(page.locator('[data-said="ckg:holder.0"]')).to_contain_text(said["unknown"])
    expect(page.locator('[data-said="ckg:stance"] .needed')).to_contain_text(said["stance"])
    page.get_by_role("button", name=said["check"], exact=True).last.click()
    expect(page.locator("#verdict")).to_contain_text(said["bad"])
    expect(page.locator('[data-said="ckg:stance"] .violation')).to_contain_text(said["stance"])
    expect(page.locator('[name="ckg:stance.0"]')).to_be_focused()
    assert page.locator('[name="ckg:stance.0"]').get_attribute("aria-invalid") == "true"
    page.screenshot(path=pictures / f"propose-mistake-{lang}.png", full_page=True)
    put(page, "ckg:stance.0", "stance:opposes")
    holder = page.get_by_role("combobox", name=re.compile("^(holder|titolare)"))
    holder.fill("source 004" if lang == "en" else "fonte 004")
    expect(page.get_by_role("option", name=said["holder"])).to_be_visible()
    page.screenshot(path=pictures / f"propose-picker-{lang}.png")
    holder.press("ArrowDown")
    while said["holder"] not in (page.locator('[role=option][aria-selected="true"]').inner_text()):
        holder.press("ArrowDown")
    holder.press("Enter")
    expect(holder).to_have_value(f"{said['holder']} (actor:author-of-004)")
    expect(page.locator("#verdict")).to_contain_text(said["good"])
    expect(page.locator('[data-said="ckg:stance"]')).to_be_empty()
    expect(page.locator("#next")).to_contain_text("git switch --create propose-004-a-test-in-a-browser")
    with page.expect_download() as given:
        page.get_by_role("button", name=said["download"]).click()
    assert given.value.suggested_filename == "004-a-test-in-a-browser.ttl"
    file = tmp_path / given.value.suggested_filename
    given.value.save_as(file)
    assert file.read_text("utf-8").strip() == page.locator("pre.turtle").inner_text().strip()
    if lang == "en":
        command = [sys.executable, "-m", "kg", "--repository", str(ROOT), "check", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lang", ["en", "it"])
def test_a_claim_is_corrected_from_its_page(page: Page, live_server: str, pictures: Path, tmp_path: Path, lang: str) -> None:
    words = {
        "en": ("Propose a correction", "Nothing is changed yet.", "Download the patch"),
        "it": ("Proponi una correzione", "Finora non è cambiato nulla.", "Scarica la patch"),
    }[lang]
    page.goto(f"{live_server}/id/claim/004-zelensky-these-things-matter?lang={lang}")
    page.get_by_role("link", name=words[0]).click()
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(words[0])
    expect(page.locator("#next")).to_contain_text(words[1])
    expect(page.locator('[name="ckg:certainty.0"]')).to_have_value("certainty:plain")
    put(page, "ckg:certainty.0", "certainty:hedged")
    expect(page.locator("#verdict")).to_contain_text(WORDS[lang]["good"])
    expect(page.locator("#next")).to_contain_text("git apply ~/Downloads/correct-004-zelensky-these-things-matter.patch")
    expect(page.locator("pre.turtle")).to_contain_text("ckg:certainty certainty:hedged ;")
    page.screenshot(path=pictures / f"propose-correction-{lang}.png", full_page=True)
    if lang == "en":
        accessible(page)
    with page.expect_download() as given:
        page.get_by_role("button", name=words[2]).click()
    patch = tmp_path / given.value.suggested_filename
    given.value.save_as(patch)
    file = tmp_path / "data" / "claims" / "004.ttl"
    file.parent.mkdir(parents=True)
    file.write_bytes((ROOT / "data" / "claims" / "004.ttl").read_bytes())
    subprocess.run(["git", "apply", patch.name], cwd=tmp_path, check=True, timeout=60)
    if lang == "en":
        command = [sys.executable, "-m", "kg", "--repository", str(ROOT), "check", str(file), "--as", "data/claims/004.ttl"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_whose_words_is_offered_from_the_document_first(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}{POSITION}&lang=en")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    put(page, "ckg:evidence.0/ckg:source.0", "doc:004")
    field = page.locator('[name="ckg:evidence.0/ckg:attribution.0"]')
    field.press_sequentially("putin")
    expect(page.locator("[role=option]").first).to_contain_text("Vladimir Putin, Source 004")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"\(step:004-putin\)$"))
    # That of another document is refused at the field itself.
    field.fill("step:000-putin")
    expect(page.locator('[data-said="ckg:evidence.0/ckg:attribution"]')).to_contain_text("another document")


def test_values_are_added_and_removed_with_the_keyboard(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}{POSITION}&lang=en")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    put(page, "ckg:summary.0@en", "Typed before.")
    page.locator('[name="ckg:holder.0"]').fill("actor:italy")
    page.get_by_role("button", name=re.compile("^Add another ?: holder$")).press("Enter")
    expect(page.locator('[name="ckg:holder.1"]')).to_be_focused()
    expect(page.locator('[name="ckg:holder.0"]')).to_have_value("Italy (actor:italy)")
    expect(page.locator('[name="ckg:summary.0@en"]')).to_have_value("Typed before.")
    page.get_by_role("button", name=re.compile("^Remove ?: holder 2$")).press("Enter")
    expect(page.locator('[name="ckg:holder.1"]')).to_have_count(0)
    expect(page.locator('[name="ckg:holder.0"]')).to_be_focused()
    page.locator("summary", has_text="time, target time").press("Enter")
    page.get_by_role("button", name=re.compile("^Describe a new one ?: time$")).press("Enter")
    expect(page.locator('[name="ckg:time.0/ckg:edtf.0"]')).to_be_focused()
    page.keyboard.type("2031-05")
    expect(page.locator("pre.turtle")).to_contain_text('ckg:edtf "2031-05"^^edtf:EDTF')
    page.locator('[name="ckg:time.0/ckg:edtf.0"]').press("Enter")
    expect(page.locator('[data-said="ckg:stance"] .violation')).to_be_visible()


@pytest.mark.parametrize("path", [POSITION, "/check"])
def test_every_control_is_reached_with_tab_and_named(page: Page, live_server: str, path: str) -> None:
    page.goto(live_server + path)
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    page.evaluate(_UNREACHED)
    for _ in range(page.evaluate("window.kgLeft.size") + 60):
        page.keyboard.press("Tab")
    assert page.evaluate("[...window.kgLeft].map((e) => e.outerHTML.slice(0, 120))") == []


def test_the_form_is_accessible_with_what_is_wrong_in_it(page: Page, live_server: str, pictures: Path) -> None:
    page.goto(f"{live_server}{POSITION}&lang=it")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    page.locator("button.main").click()
    expect(page.locator(".said .violation").first).to_be_visible()
    page.locator("summary").first.click()
    accessible(page)
    page.screenshot(path=pictures / "propose-dark-it.png", full_page=True)


def test_a_phone_has_the_whole_form(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server, 375, color_scheme="dark") as page:
        page.goto(f"{live_server}{POSITION}&lang=it")
        expect(page.locator(".island[data-mounted]")).to_be_visible()
        page.locator("button.main").click()
        expect(page.locator(".said .violation").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=pictures / "propose-phone-it.png", full_page=True)


def test_it_all_works_without_scripts(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server, java_script_enabled=False) as page:
        page.goto(live_server + "/propose")
        page.get_by_role("link", name="position", exact=True).click()
        fill(page)
        put(page, "ckg:holder.0", "actor:author-of-004")
        page.locator("button.main").click()
        expect(page.locator('[data-said="ckg:stance"] .violation')).to_be_visible()
        assert page.locator('[name="ckg:summary.0@en"]').input_value() == "A test in a browser."
        put(page, "ckg:stance.0", "stance:opposes")
        page.locator('button[value="add ckg:holder"]').click()
        expect(page.locator('[name="ckg:holder.1"]')).to_be_visible()
        page.locator('button[value="remove ckg:holder.1"]').click()
        page.locator("button.main").click()
        expect(page.locator("#verdict")).to_contain_text("This would pass.")
        page.screenshot(path=pictures / "propose-plain.png", full_page=True)
        with page.expect_download() as given:
            page.get_by_role("button", name="Download the file").click()
        assert "stance:opposes" in Path(given.value.path()).read_text("utf-8")


TEXTS = [
    "One line of words.",
    "First paragraph.\n\n  \nSecond one, with words.\nThird.",
    "\ufeffA mark before, then words.\nAnd more words here.",
    "Windows ends.\r\nAnother line here.\r\n\r\nThe last one.\r\n",
    "Old\rends\rof lines.\nthen one.",
    "Astral 🕊️ doves 🇮🇹 fly 𝔘𝔫𝔦𝔠𝔬𝔡𝔢.\nSecond 🕊 line, e\u0301 apart and é whole.",
    "Spaces\u00a0of\u2003every kind\u2028inside.\x1c\u0085\n\u3000\u00a0\n\x1f\nWords after lines of space.\n",
    "\u200bZero width stays.\n\u200b\nWords.",
    "«Così», disse; “va bene”.\n\tIndented words\t\nlast",
]


def test_a_marked_passage_is_cited_as_the_command_cites_it(page: Page, live_server: str, pictures: Path) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.goto(live_server + POSITION)
    file = page.locator("input[type=file]")
    expect(file).to_be_visible()
    text = page.locator(".marking textarea")
    places = 0
    for content in TEXTS:
        file.set_input_files({"name": "text.txt", "mimeType": "text/plain", "buffer": content.encode("utf-8")})
        shown = content.replace("\r\n", "\n").replace("\r", "\n")
        expect(text).to_have_value(shown)
        for line in paragraphs(content):
            # A word, several, the paragraph with the white space around it: marked where they stand.
            for start, end in _words(content, line.start, line.end):
                units = [len(content[:at].replace("\r\n", "\n").encode("utf-16-le")) // 2 for at in (start, end)]
                text.evaluate("(e, [from, to]) => e.setSelectionRange(from, to)", units)
                page.get_by_role("button", name=WORDS["en"]["mark"]).click()
                words = content[start:end].strip()
                first = start + content[start:end].index(words)
                expected = {
                    "ckg:paragraph": line.paragraph, "oa:start": first, "oa:end": first + len(words),
                    "ckg:sha256": sha256(words),
                }  # fmt: skip
                for field, value in expected.items():
                    expect(page.locator(f'[name="ckg:evidence.0/{field}.0"]')).to_have_value(str(value))
                try:
                    cited = find(content, words)
                except PassageError:
                    continue
                places += 1
                assert (cited.span.paragraph, cited.span.start, cited.span.end, cited.digest) == tuple(expected.values())
    assert places > 15
    page.screenshot(path=pictures / "propose-passage.png", full_page=True)
    told = "\n".join(f"{one.url} {one.post_data or ''}" for one in sent)
    assert "doves" not in told and "Indented" not in told and "Windows" not in told and sha256(TEXTS[0]) in told


def _words(content: str, start: int, end: int) -> set[tuple[int, int]]:
    """The place of a line that has words, with those of its last word and of all but the first."""
    found = [(start + match.start(), start + match.end()) for match in re.finditer(r"[^\W_]+", content[start:end])]
    return {(start, end), found[-1], (found[0][1], end)} if len(found) > 1 else {(start, end)} if found else set()


def test_a_passage_that_is_none_is_told(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}{POSITION}&lang=it")
    file = page.locator("input[type=file]")
    file.set_input_files({"name": "text.txt", "mimeType": "text/plain", "buffer": "uno due\ntre\n".encode()})
    text = page.locator(".marking textarea")
    mark = page.get_by_role("button", name=WORDS["it"]["mark"])
    for start, end, said in ((0, 0, "Selezionare prima"), (0, 11, "in un solo capoverso")):
        text.evaluate("(e, [from, to]) => e.setSelectionRange(from, to)", [start, end])
        mark.click()
        expect(page.locator(".marking")).to_contain_text(said)
    file.set_input_files({"name": "text.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe\x00"})
    expect(page.locator(".marking")).to_contain_text("non è un testo in UTF-8")


def test_turtle_is_dropped_judged_and_led_from_line_to_finding(page: Page, live_server: str, pictures: Path) -> None:
    page.goto(f"{live_server}/check?lang=en")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    page.locator("#file").set_input_files(ROOT / "docs" / "tour" / "mistakes.ttl")
    expect(page.locator("#contribution")).to_have_value(re.compile("PREFIX actor:"))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".listing li.violation").first).to_be_visible()
    page.locator(".listing li.violation a").first.click()
    assert re.search(r"#finding-\d+$", page.url)
    accessible(page)
    page.screenshot(path=pictures / "check-lines.png", full_page=True)


def test_evidence_that_the_graph_has_is_offered_and_pointed_to(page: Page, live_server: str, pictures: Path) -> None:
    page.goto(f"{live_server}{POSITION}&lang=it")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    put(page, "ckg:summary.0@it", "Scritto prima.")
    # The document is known by its digest; its text is not here.
    page.route("**/propose/document*", lambda route: route.fulfill(json={"document": "doc:004", "label": "Fonte 004"}))
    text = page.locator(".marking textarea")
    page.locator("input[type=file]").set_input_files(
        {"name": "text.txt", "mimeType": "text/plain", "buffer": b"a\nb\nc\n" + b"word " * 200}
    )
    expect(text).to_have_value(re.compile("^a"))
    text.evaluate("(e, [from, to]) => e.setSelectionRange(from, to)", [641, 650])
    page.get_by_role("button", name=WORDS["it"]["mark"]).click()
    offered = page.locator(".reuse li", has_text="evidence:004-p4-3")
    expect(offered).to_contain_text("asserzioni vi poggiano")
    expect(offered.get_by_role("link")).to_have_attribute("href", re.compile(r"^/id/evidence/004-p4-3\?lang=it$"))
    page.screenshot(path=pictures / "propose-reuse-it.png", full_page=True)
    accessible(page)
    offered.get_by_role("button", name="Usarla evidence:004-p4-3").press("Enter")
    expect(page.locator('[name="ckg:evidence.0"]')).to_have_value(re.compile("evidence:004-p4-3"))
    expect(page.locator('[name="ckg:evidence.0"]')).to_be_focused()
    expect(page.locator("pre.turtle")).to_contain_text("ckg:evidence evidence:004-p4-3")
    expect(page.locator('[name="ckg:summary.0@it"]')).to_have_value("Scritto prima.")


def test_what_is_filled_in_survives_a_new_load_and_can_be_dropped(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}{POSITION}&lang=en")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    fill(page)
    page.get_by_role("button", name=re.compile("^Add another ?: holder$")).click()
    put(page, "ckg:holder.1", "actor:italy")
    page.goto(f"{live_server}{POSITION}&lang=it")
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    expect(page.locator('[name="ckg:summary.0@en"]')).to_have_value("A test in a browser.")
    expect(page.locator('[name="ckg:holder.1"]')).to_have_value("Italia (actor:italy)")
    expect(page.locator('[name="ckg:evidence.0"]')).to_have_value(re.compile("evidence:004-p4-3"))
    page.get_by_role("button", name="Ricominciare da capo").click()
    expect(page.locator('[name="ckg:summary.0@en"]')).to_have_value("")
    expect(page.locator('[name="ckg:holder.1"]')).to_have_count(0)


def test_whatever_the_browser_has_kept_of_a_form_it_opens(unwatched: Page, live_server: str) -> None:
    page = unwatched
    for kept in ("{", "[1]", '[["a", 3]]', '[["ckg:summary.0@en", "<img src=x onerror=alert(1)>"]]', '[["no such/field.0", "x"]]'):
        page.goto(f"{live_server}/docs/errors?lang=en")
        page.evaluate("kept => sessionStorage.setItem('kg-proposal ckg:Position', kept)", kept)
        page.goto(f"{live_server}{POSITION}&lang=en")
        expect(page.locator(".island[data-mounted]")).to_be_visible()
        assert page.locator("main img").count() == 0
        put(page, "ckg:summary.0@en", "Works.")
        expect(page.locator("pre.turtle")).to_contain_text("Works.")


def test_a_page_whose_site_was_renewed_offers_to_load_it_anew(
    unwatched: Page, live_server: str, pictures: Path
) -> None:
    page = unwatched
    page.route(re.compile(r"/assets/marking-"), lambda route: route.fulfill(status=404, body="gone"))
    page.goto(f"{live_server}{POSITION}&lang=it")
    note = page.locator("main > .reload")
    expect(note).to_contain_text("il sito è stato rinnovato")
    put(page, "ckg:summary.0@it", "Scritto prima.")
    page.screenshot(path=pictures / "reload-it.png")
    page.unroute(re.compile(r"/assets/marking-"))
    note.get_by_role("button", name="Ricarica la pagina").click()
    expect(page.locator(".island[data-mounted]")).to_be_visible()
    expect(page.locator('[name="ckg:summary.0@it"]')).to_have_value("Scritto prima.")
    expect(page.locator("main > .reload")).to_have_count(0)
