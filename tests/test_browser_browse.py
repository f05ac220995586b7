"""Browsing, the sources and the ontology in a browser: what changes while one writes, and what leads where."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from watched import when_mounted

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that nobody has used yet, whose console stays empty and which asks only the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(60_000)
    page = when_mounted(context.new_page())
    printed: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: printed.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: printed.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    yield page
    context.close()
    assert printed == [] and all(host.startswith("127.0.0.1") for host in hosts)


def test_results_follow_what_is_written_chosen_and_turned_to(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/browse")
    expect(page.locator("[data-island=browse]")).to_have_attribute("data-mounted", "")
    page.get_by_role("searchbox", name="Look for").fill("Macrn")
    expect(page.locator(".result .name").first).to_have_text("Emmanuel Macron")
    expect(page.locator(".note")).to_contain_text("macron")
    assert "q=Macrn" in page.url
    # The field keeps what is in it and the place of the cursor, since only the results were made anew.
    expect(page.get_by_role("searchbox", name="Look for")).to_be_focused()
    page.get_by_role("searchbox", name="Look for").fill("")
    page.get_by_role("checkbox", name="position", exact=True).check()
    expect(page.locator(".chosen")).to_contain_text("position")
    expect(page.get_by_role("checkbox", name="position", exact=True)).to_be_focused()
    expect(page.locator("#results [role=status]")).to_contain_text("1–25 of")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#results [role=status]")).to_contain_text("26–50 of")
    first = page.locator(".result .name a").first
    words = first.inner_text()
    first.click()
    expect(page.locator("main")).to_contain_text(words)
    page.go_back()
    expect(page.locator("#results [role=status]")).to_contain_text("26–50 of")


def test_a_search_in_italian_without_scripts(browser: Browser, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{live_server}/?lang=it")
    page.get_by_role("searchbox", name="Cerca attori, consessi, temi e asserzioni").fill("Zelenskij")
    page.get_by_role("button", name="Cerca").click()
    expect(page.locator(".result .name").first).to_have_text("Volodymyr Zelensky")
    page.get_by_role("checkbox", name="evento", exact=True).check()
    page.get_by_role("button", name="Mostra").click()
    expect(page.locator(".chosen")).to_contain_text("evento")
    assert "lang=it" in page.url and "kind=ckg%3AEvent" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    context.close()


def test_from_the_sources_to_a_claim_and_to_a_contradiction(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/sources")
    page.get_by_role("link", name=re.compile("^Source 004")).first.click()
    page.get_by_role("navigation", name="Paragraphs").get_by_role("link", name="8", exact=True).click()
    assert page.url.endswith("#p8")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("section[aria-labelledby=p8] .name a").first.click()
    page.wait_for_url("**/id/claim/**")
    page.goto(f"{live_server}/sources/contradictions")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    pair = page.locator("article.pair").first
    assert pair.locator(".side").count() == 2 and pair.locator(".rests li").count() >= 2
    one, other = (pair.locator(".side").nth(number).bounding_box() for number in (0, 1))
    assert one and other and other["x"] > one["x"] + one["width"] - 1
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_term_is_found_and_its_fragment_resolves(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/ontology#holder")
    expect(page.locator("#holder")).to_be_in_viewport()
    # By any of its words; the words of vocabularies are found, too, and folded again afterwards.
    page.get_by_role("searchbox", name="Find a term").fill("undertakes holder")
    expect(page.locator("#Signature")).to_be_hidden()
    expect(page.locator(".term:visible")).to_have_count(1)
    expect(page.locator(".term:visible")).to_have_attribute("id", "Commitment")
    page.get_by_role("searchbox", name="Find a term").fill("observing ceasefire")
    expect(page.locator(".term:visible")).to_have_count(0)
    expect(page.locator(".word:visible")).to_contain_text("monitoring")
    page.get_by_role("searchbox", name="Find a term").fill("nothing-of-the-kind")
    expect(page.locator(".find-term [role=status]")).to_have_text("No term has these words.")
    expect(page.locator(".word:visible")).to_have_count(0)
    # What leads to a hidden term shows it again.
    page.locator("svg.diagram a").first.click()
    expect(page.locator(".term:target")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Find a term")).to_have_value("")
    expect(page.locator("details.vocabulary[open]")).to_have_count(0)
