"""The matrix of positions in a browser: the slider, the claims of a cell, without scripts, on a phone, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from watched import accessible, names_by_tab, watched

pytestmark = pytest.mark.browser

@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    with watched(browser, live_server) as one:
        yield one


def test_the_slider_moves_through_time_and_cells_change(page: Page, live_server: str, pictures: Path) -> None:
    page.goto(f"{live_server}/positions")
    spain = page.get_by_role("row", name=re.compile("^Spain"))
    expect(spain.locator("[data-stance=open]")).to_have_count(1)
    slider = page.get_by_role("slider", name="Day on which something changes")
    expect(slider).to_have_attribute("aria-valuetext", "6 January 2026")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "1 January 2026")
    expect(page.get_by_role("heading", name="As of 1 January 2026")).to_be_visible()
    expect(spain.locator("[data-stance=open]")).to_have_count(0)
    expect(spain.locator("[data-stance=cautious]")).to_have_count(1)
    assert "date=2026-01-01" in page.url
    page.get_by_role("button", name="Later change").click()
    expect(spain.locator("[data-stance=open]")).to_have_count(1)
    page.screenshot(path=pictures / "positions.png", full_page=True)
    accessible(page)


def test_a_cell_opens_its_claims_and_leads_to_one(page: Page, live_server: str, pictures: Path) -> None:
    page.goto(f"{live_server}/positions?topic=topic:troops-in-ukraine")
    page.get_by_role("row", name=re.compile("^Italy")).get_by_role("link", name=re.compile("excludes for itself")).click()
    dialog = page.get_by_role("dialog", name="Claims")
    expect(dialog.get_by_role("heading", name=re.compile("^Italy: Foreign troops"))).to_be_visible()
    expect(dialog.get_by_text("6 January 2026").first).to_be_visible()
    page.screenshot(path=pictures / "positions-claims.png")
    accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("row", name=re.compile("^Italy")).get_by_role("link", name=re.compile("excludes for itself")).click()
    dialog.get_by_role("link", name=re.compile("^Open the claim")).first.click()
    page.wait_for_url(re.compile("/id/claim/"))


def test_members_of_a_forum_are_chosen_by_keyboard(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/positions")
    expect(page.get_by_role("rowheader", name="Russia")).to_be_visible()
    page.get_by_label("Members of").select_option(label="European Union")
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url(re.compile("forum=forum%3Aeuropean-union"))
    expect(page.get_by_role("rowheader", name="Russia")).to_have_count(0)
    expect(page.get_by_role("rowheader", name="Italy", exact=True)).to_be_visible()


def test_a_group_is_folded_and_unfolded_by_keyboard_in_its_place(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/positions")
    states = page.locator("a.fold[data-fold='ckg:State']")
    states.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Italy", exact=True)).to_have_count(0)
    expect(states).to_be_focused()
    expect(states).to_have_attribute("aria-expanded", "false")
    expect(page).to_have_url(re.compile("close=ckg:State"))
    accessible(page)
    # Another day leaves it folded.
    page.get_by_role("button", name="Earlier change").click()
    expect(page.get_by_role("heading", name="As of 1 January 2026")).to_be_visible()
    expect(states).to_have_attribute("aria-expanded", "false")
    states.press("Enter")
    expect(page.get_by_role("rowheader", name="Italy", exact=True)).to_be_visible()


def test_every_control_is_reached_by_tab_and_has_a_name(page: Page, live_server: str) -> None:
    page.goto(f"{live_server}/positions?topic=topic:military-presence")
    expect(page.get_by_role("slider")).to_be_visible()
    names = names_by_tab(page, "#date", "How to read it")
    assert all(names), names
    for wanted in ("Members of", "Kind of actor", "Topic", "Show", "Day on which something changes", "Earlier change"):
        assert any(name.startswith(wanted) for name in names), (wanted, names)
    assert any("supports" in name for name in names) and any("How to read it" in name for name in names)


def test_in_italian_on_a_phone_in_the_dark(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server, 375, color_scheme="dark", locale="it-IT") as page:
        page.goto(f"{live_server}/positions?lang=it")
        expect(page.get_by_role("heading", name="Posizioni", exact=True)).to_be_visible()
        # What is picked from is folded away until it is wanted, or something is picked.
        expect(page.get_by_label("Membri di")).to_be_hidden()
        page.get_by_text("Scegli che cosa mostrare").click()
        expect(page.get_by_label("Membri di")).to_be_visible()
        page.get_by_role("button", name="Cambiamento precedente").click()
        expect(page.get_by_role("heading", name="Alla data: 1º gennaio 2026")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=pictures / "positions-phone.png", full_page=True)


def test_all_of_it_works_without_scripts(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server, java_script_enabled=False) as page:
        page.goto(f"{live_server}/positions")
        expect(page.get_by_role("slider")).to_have_count(0)
        page.get_by_role("textbox", name="As of").fill("2025-09-04")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", name="As of 4 September 2025")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Fold: Security guarantees")).click()
        page.get_by_role("link", name=re.compile("^Unfold: Security guarantees")).click()
        page.get_by_role("row", name=re.compile("^Italy")).get_by_role("link", name=re.compile("excludes for itself")).click()
        expect(page.get_by_role("heading", name=re.compile("^Italy: Foreign troops"))).to_be_visible()
        expect(page.get_by_text("Recorded only for later days")).to_be_visible()
