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
    # The first explanation of a server draws the conclusions anew.
    expect(proof).to_contain_text("has held office", timeout=20_000)
    expect(proof).to_contain_text("Stated in ontology/agents.ttl, line")
    why.press("Space")
    expect(proof).to_be_hidden()
    why.press("Enter")
    expect(proof).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert not found and not printed, [one["id"] for one in found]


def test_where_a_claim_is_stated_is_told_to_the_line(page: Page) -> None:
    page.goto("/id/claim/004-italy-excludes-troops?lang=it")
    page.get_by_role("button", name="file e riga").click()
    # The first explanation of a server draws the conclusions anew.
    expect(page.locator(".proof")).to_contain_text("Affermato in data/claims/004.ttl, riga", timeout=20_000)
    page.get_by_text("Ciò che è registrato, in Turtle").click()
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
    # Nothing is folded, and the address in a finding leads to its rule.
    page.goto("/sources/contradictions")
    expect(page.locator("details.fold:not([open])")).to_have_count(0)
    page.goto("/docs/findings#claimshape-summary")
    page.locator("#claimshape-summary a").click()
    expect(page.locator("article#claimshape-summary")).to_be_in_viewport()
    assert page.url.endswith("/docs/findings/ClaimShape#claimshape-summary")
    context.close()


def test_long_pages_fold_on_small_screens_and_open_where_a_link_leads(browser: Browser, live_server: str, pictures: Path) -> None:
    context = browser.new_context(base_url=live_server, viewport={"width": 375, "height": 800}, locale="en-GB")
    page = when_mounted(context.new_page())
    printed = Printed(page)
    page.goto("/id/actor/italy")
    sections = page.locator("details.fold")
    expect(sections.first).to_have_attribute("open", "")
    expect(page.locator("details.fold[open]")).to_have_count(1)
    page.screenshot(path=pictures / "entity-folded.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert not found, [one["id"] for one in found]
    # By touch, by key, by a link in the page, by the address.
    page.get_by_role("heading", name="Commitments").click()
    expect(page.locator("details.fold[open]")).to_have_count(2)
    page.locator("summary", has=page.locator("#mentioned")).press("Enter")
    expect(page.locator("details:has(> summary > #mentioned)")).to_have_attribute("open", "")
    page.evaluate("location.hash = '#Membership'")
    expect(page.locator("details:has(#Membership)")).to_have_attribute("open", "")
    for path, fragment in (("/ontology", "holder"), ("/shapes", "ClaimShape-summary"), ("/docs/findings", "claimshape-summary")):
        page.goto(f"{path}#{fragment}")
        expect(page.locator(f"#{fragment}")).to_be_visible()
        expect(page.locator(f"#{fragment}")).to_be_in_viewport()
        assert page.locator("details.fold:not([open])").count() or path == "/docs/findings"
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("details.fold:not([open])")).to_have_count(0)
    assert not printed
    context.close()


def test_on_paper_the_record_stands_without_the_frame(page: Page, pictures: Path) -> None:
    page.emulate_media(media="print")
    page.goto("/id/claim/004-trump-will-talk-to-putin-shortly")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    expect(page.get_by_text("Propose a correction")).to_be_hidden()
    page.screenshot(path=pictures / "entity-print.png", full_page=True)
