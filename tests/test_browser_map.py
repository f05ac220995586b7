"""The map in a browser: by topic, by day, by contribution; without scripts, on a phone, by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from watched import accessible, names_by_tab, watched

pytestmark = pytest.mark.browser


def test_topic_and_day_are_chosen_and_the_map_follows(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server) as page:
        page.goto(f"{live_server}/map")
        expect(page.locator("a.place[data-iso=IT]")).to_have_attribute("data-stance", "excludes")
        page.screenshot(path=pictures / "map.png", full_page=True)
        accessible(page)
        page.get_by_label("Topic", exact=True).select_option(label="    Foreign military presence")
        page.get_by_role("button", name="Show").click()
        spain = page.locator("a.place[data-iso=ES]")
        expect(spain).to_have_attribute("data-stance", "open")
        page.get_by_role("slider").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("heading", name=re.compile("1 January 2026"))).to_be_visible()
        expect(spain).to_have_attribute("data-stance", "cautious")
        names = names_by_tab(page, "#by", "See the matrix")
        for wanted in ("By", "Topic", "with narrower topics", "As of", "Show", "Day on which", "Spain"):
            assert any(name.startswith(wanted) for name in names), (wanted, names)
        page.get_by_role("link", name=re.compile("cautious")).first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(": Foreign military presence")


def test_contributions_in_italian_on_a_phone(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server, 375, color_scheme="dark", locale="it-IT") as page:
        page.goto(f"{live_server}/map?lang=it&by=contribution&topic=topic:security-guarantees&narrower=1")
        expect(page.locator("a.place[data-iso=TR]")).to_have_attribute("data-strength", "1")
        expect(page.get_by_role("cell", name="assetti navali")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=pictures / "map-phone.png", full_page=True)
        accessible(page)


def test_without_scripts_the_map_is_there_and_leads_to_claims(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server, java_script_enabled=False) as page:
        page.goto(f"{live_server}/map")
        expect(page.locator("svg path.country")).not_to_have_count(0)
        page.get_by_role("textbox", name="As of").fill("2025-09-04")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", name=re.compile("4 September 2025"))).to_be_visible()
        page.locator("a.place[data-iso=IT] path").first.click(position={"x": 40, "y": 40}, force=True)
        expect(page.get_by_role("heading", name=re.compile("^Italy: Foreign troops"))).to_be_visible()
