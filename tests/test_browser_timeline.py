"""The timeline in a browser: between two dates, from a bar to its items; without scripts, on a phone, by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from watched import accessible, names_by_tab, watched

pytestmark = pytest.mark.browser


def test_two_dates_are_compared_and_a_change_leads_to_its_claims(
    browser: Browser, live_server: str, pictures: Path
) -> None:
    with watched(browser, live_server) as page:
        page.goto(f"{live_server}/timeline")
        accessible(page)
        page.screenshot(path=pictures / "timeline.png")
        names = names_by_tab(page, "#from", "Picture of the dates")
        for wanted in ("From", "to", "Actor", "Forum", "Topic", "Events", "Other reports", "Show"):
            assert any(name.startswith(wanted) for name in names), (wanted, names)
        page.get_by_role("textbox", name="From").fill("2026-01-05")
        page.get_by_role("textbox", name="to", exact=True).fill("2026-01-06")
        page.get_by_label("Actor").select_option(label="Spain")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", name="What changed between 5 January 2026 and 6 January 2026")).to_be_visible()
        change = page.get_by_role("listitem").filter(has_text="Spain may have moved on")
        change.get_by_role("link", name=re.compile("^claims")).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Spain: Foreign military presence")


def test_in_italian_on_a_phone(browser: Browser, live_server: str, pictures: Path) -> None:
    with watched(browser, live_server, 375, color_scheme="dark", locale="it-IT") as page:
        page.goto(f"{live_server}/timeline?lang=it&from=2025-09-01&to=2025-12-31")
        expect(page.get_by_role("heading", name=re.compile("^Che cosa è cambiato tra il 1º settembre 2025"))).to_be_visible()
        expect(page.get_by_role("heading", name="dal 4 settembre 2025 in poi")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=pictures / "timeline-phone.png")


def test_without_scripts_a_bar_leads_to_its_items(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server, java_script_enabled=False) as page:
        page.goto(f"{live_server}/timeline?kind=event")
        page.locator("a.bar").first.click()
        expect(page).to_have_url(re.compile("#when-2021$"))
        expect(page.locator("li:target")).to_contain_text("Withdrawal of NATO from Afghanistan")
        page.get_by_label("Positions").check()
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#list [data-group=position]").first).to_be_visible()


def test_the_picture_is_zoomed_and_moved_by_mouse_and_keys_and_the_list_follows(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server) as page:
        page.goto(f"{live_server}/timeline?kind=event")
        region = page.get_by_role("region", name="Picture of the dates")
        expect(page.get_by_text("Drag to move")).to_be_visible()
        page.get_by_role("link", name="2025", exact=True).click()
        expect(page).to_have_url(re.compile("from=2025-01-01&to=2025-12-31"))
        expect(page.get_by_role("heading", name="The dates drawn")).to_contain_text("2025")
        expect(page.get_by_label("From")).to_have_value("2025-01-01")
        expect(page.locator("#list")).not_to_contain_text("Afghanistan")
        region.focus()
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile("from=2026-01-01&to=2026-12-31"))
        expect(region).to_be_focused()
        page.keyboard.press("+")
        expect(page).to_have_url(re.compile("from=2026-0[34]-"))
        page.keyboard.press("0")
        expect(page).not_to_have_url(re.compile("from="))
        # Nearer with the wheel, then along with the mouse.
        box = region.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -300)
        page.keyboard.up("Control")
        expect(page).to_have_url(re.compile("from=202"))
        before = page.get_by_label("From").input_value()
        expect(region).not_to_have_class(re.compile("dragged"))
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 60, steps=4)
        expect(region).to_have_class(re.compile("dragged"))
        page.mouse.up()
        expect(page.get_by_label("From")).not_to_have_value(before)
        assert page.get_by_label("From").input_value() < before


def test_the_picture_is_zoomed_with_two_fingers(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server, has_touch=True) as page:
        page.goto(f"{live_server}/timeline?from=2025-08-01&to=2026-01-10")
        expect(page.get_by_text("two fingers")).to_be_visible()
        drawn = page.get_by_role("region", name="Picture of the dates").locator("svg")
        hand = page.context.new_cdp_session(page)

        def touch(kind: str, *places: float) -> None:
            box = drawn.bounding_box()
            assert box
            points = [{"x": box["x"] + box["width"] * x, "y": box["y"] + 40, "id": n} for n, x in enumerate(places)]
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        def stretch() -> tuple[str, str]:
            found = re.search(r"from=([\d-]+)&to=([\d-]+)", page.url)
            assert found
            return found[1], found[2]

        # Apart: nearer, about what is between them.
        touch("touchStart", 0.5, 0.6)
        for step in range(1, 4):
            touch("touchMove", 0.5 - 0.02 * step, 0.6 + 0.02 * step)
        touch("touchEnd")
        expect(page).not_to_have_url(re.compile("from=2025-08-01"))
        nearer = stretch()
        assert "2025-08-01" < nearer[0] < nearer[1] < "2026-01-10"
        # Together again: further.
        expect(page.locator(".moving[transform]")).to_have_count(0)
        touch("touchStart", 0.3, 0.7)
        touch("touchMove", 0.4, 0.6)
        touch("touchEnd")
        expect(page).not_to_have_url(re.compile(f"from={nearer[0]}"))
        assert stretch()[0] < nearer[0] and nearer[1] < stretch()[1]


def test_without_scripts_the_years_and_months_are_links(browser: Browser, live_server: str) -> None:
    with watched(browser, live_server, 375, java_script_enabled=False) as page:
        page.goto(f"{live_server}/timeline?lang=it")
        expect(page.get_by_label("Consesso")).to_be_hidden()
        page.get_by_role("link", name="2025", exact=True).click()
        page.get_by_role("link", name="terzo trimestre 2025").click()
        page.get_by_role("link", name="settembre 2025", exact=True).click()
        expect(page.get_by_role("heading", name="Le date disegnate")).to_contain_text("settembre 2025")
        page.get_by_role("link", name="Tutte le date").click()
        expect(page.get_by_role("link", name="2021", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
