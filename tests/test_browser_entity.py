"""The pages of resources in a browser: from a claim to its evidence, why something holds, what is named together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from watched import when_mounted

pytestmark = pytest.mark.browser


class Printed(list[str]):
    """What a page prints, as errors or warnings."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("console", lambda message: self.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.append(str(error)))


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page that nobody has used yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", base_url=live_server)
    yield when_mounted(context.new_page())
    context.close()


def test_a_claim_leads_to_its_evidence(page: Page, pictures: Path) -> None:
    printed = Printed(page)
    page.goto("/id/actor/italy")
    page.get_by_role("link", name="Italy, one of the contributors to the reassurance forces").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ruled out sending troops")
    page.screenshot(path=pictures / "entity-claim.png", full_page=True)
    page.get_by_role("link", name="Paragraph 4, characters 637 to 684").click()
    expect(page.get_by_text("2d21e67523749a1143d29bb2c7c7fa150d33879efa222a4c12bc7d8d8e604049").first).to_be_visible()
    expect(page.get_by_role("link", name="Poland, one of the contributors")).to_be_visible()
    assert not printed


def test_why_something_holds_is_told_in_place_by_mouse_and_by_keys(page: Page) -> None:
    printed = Printed(page)
    page.goto("/id/actor/giorgia-meloni")
    why = page.get_by_role("button", name="inferred: why?").first
    why.click()
    proof = page.locator(".proof").first
    expect(proof).to_contain_text("ckg:hasHeldOffice")
    expect(proof).to_contain_text("stated in ontology/agents.ttl:")
    why.press("Space")
    expect(proof).to_be_hidden()
    why.press("Enter")
    expect(proof).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert not found and not printed, [one["id"] for one in found]


def test_where_a_claim_is_stated_is_told_to_the_line(page: Page) -> None:
    page.goto("/id/claim/004-italy-excludes-troops?lang=it")
    page.get_by_role("button", name="file e riga").click()
    expect(page.locator(".proof")).to_contain_text("affermato in data/claims/004.ttl:")
    page.get_by_text("Le dichiarazioni registrate, in Turtle").click()
    expect(page.locator("details.turtle pre")).to_contain_text("ckg:stance stance:excludes")


def test_what_is_named_together_is_a_picture_and_a_list_that_says_the_same(page: Page, pictures: Path) -> None:
    printed = Printed(page)
    page.goto("/id/actor/italy#neighbours")
    picture = page.get_by_role("img", name="What is named together with it")
    expect(picture.locator("canvas").first).to_be_visible()
    listed = page.locator("section.near ol a")
    expect(listed).to_have_count(24)
    page.locator("section.near").screenshot(path=pictures / "entity-neighbours.png")
    box = picture.bounding_box()
    assert box
    # The most often named stands at the top of the inner ring.
    first = listed.first.inner_text()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + (box["height"] / 2 - 8) - 0.5 * (box["height"] / 2 - 42))
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    assert not printed


def test_the_colours_of_the_picture_follow_the_theme(page: Page) -> None:
    printed = Printed(page)
    page.goto("/id/actor/poland#neighbours")
    expect(page.locator(".canvas canvas").first).to_be_visible()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not printed


def test_every_control_is_reached_by_tab(page: Page) -> None:
    page.goto("/id/claim/judgement-004-trump-putin-talk")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    wanted = page.locator("main :is(a[href], button, summary, input, select, textarea, [tabindex='0']):visible").count()
    reached = 0
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    for _ in range(wanted + 30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('main') !== null && document.activeElement.id !== 'content'"):
            reached += 1
            assert page.evaluate("document.activeElement.innerText.trim() !== ''")
        elif reached:
            break
    assert reached == wanted


def test_without_scripts_all_is_said(browser: Browser, live_server: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server, viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto("/id/actor/giorgia-meloni")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect(page.locator("section.near ol a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="inferred: why?").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/explain?" in page.url
    context.close()


def test_on_paper_the_record_stands_without_the_frame(page: Page, pictures: Path) -> None:
    page.emulate_media(media="print")
    page.goto("/id/claim/004-trump-will-talk-to-putin-shortly")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    expect(page.get_by_text("Propose a correction")).to_be_hidden()
    page.screenshot(path=pictures / "entity-print.png", full_page=True)
