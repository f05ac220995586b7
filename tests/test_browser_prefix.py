"""The pages with scripts behind a proxy, below a path of its own: what scripts load and ask for is found there as well."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from serving import serving
from test_proxy import PREFIX, Proxy, fetched
from watched import watched

pytestmark = pytest.mark.browser

QUERY = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\nSELECT ?who { ?claim ckg:holder ?who } ORDER BY ?who LIMIT 3"


@pytest.fixture(scope="module")
def proxied(real_state: Path) -> Iterator[str]:
    """The address of the graph behind a proxy that leaves the prefix where it is."""
    with serving(real_state, "--path-prefix", PREFIX, "--budget", "0") as server:
        proxy = Proxy(server.address.removesuffix(PREFIX), "")
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            # On a machine that is busy the first form may take longer than a request may.
            while fetched(f"{proxy.address}{PREFIX}/propose?class=ckg:Position", headers={"Accept": "text/html"}).status == 504:
                pass
            yield proxy.address + PREFIX
        finally:
            proxy.shutdown()
            thread.join()
            proxy.server_close()


def test_the_editor_asks_and_shows_below_the_prefix(browser: Browser, proxied: str) -> None:
    expect.set_options(timeout=20_000)
    with watched(browser, proxied) as page:
        page.goto(f"{proxied}/sparql?lang=it")
        text = page.locator("[data-part=editor] .cm-content")
        text.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(QUERY.replace("ORDER BY", "ORDER"))
        expect(page.locator("[data-part=mistake]")).to_contain_text("ci si aspetta “BY”")
        page.get_by_role("button", name="Applica la proposta").click()
        page.keyboard.press("ControlOrMeta+Enter")
        link = page.locator("[data-answer] table a[href*='/id/actor/']").first
        expect(link).to_be_visible()
        assert str(link.get_attribute("href")).startswith(f"{PREFIX}/id/actor/")
        expect(page.locator("[data-answer] .using .files")).to_be_visible()
        page.get_by_role("button", name="Impagina").click()
        expect(page.get_by_role("status").first).to_contain_text("Impaginata")
        page.locator("[data-gallery] a[data-text]").first.click()
        expect(page.get_by_role("tab")).to_have_count(2)
        page.get_by_role("button", name="Condividi").click()
        assert page.locator("[data-part=link] input").input_value().startswith(f"{proxied}/sparql?draft=")


def test_the_form_picks_and_finds_below_the_prefix(browser: Browser, proxied: str) -> None:
    with watched(browser, proxied) as page:
        page.goto(f"{proxied}/propose?class=ckg:Position&lang=en")
        holder = page.get_by_role("combobox", name=re.compile("^holder"))
        holder.fill("ital")
        expect(page.get_by_role("option", name=re.compile("^Italy")).first).to_be_visible()
        holder.press("ArrowDown")
        holder.press("Enter")
        expect(page.locator("pre.turtle")).to_contain_text("ckg:holder actor:")
        page.route("**/propose/document*", lambda route: route.fulfill(json={"document": "doc:004", "label": "Source 004"}))
        text = page.locator(".marking textarea")
        page.locator("input[type=file]").set_input_files({"name": "t.txt", "mimeType": "text/plain", "buffer": b"word " * 200})
        expect(text).to_have_value(re.compile("^word"))
        text.evaluate("(e, [from, to]) => e.setSelectionRange(from, to)", [640, 650])
        page.get_by_role("button", name="Mark the selected words").click()
        expect(page.locator(".reuse a").first).to_have_attribute("href", re.compile(f"^{PREFIX}/id/evidence/"))
