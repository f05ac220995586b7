"""Every page in a real browser: accessible, within its size, asking nobody else, whole without scripts and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from watched import OF_COLOURS, violations, when_mounted

pytestmark = pytest.mark.browser

_QUERY = quote("SELECT ?s ?label WHERE { ?s a <https://w3id.org/coalition-kg/ontology#State> ; rdfs:label ?label }".replace(
    "rdfs:label", "<http://www.w3.org/2000/01/rdf-schema#label>"
))
#: Name of the picture → address.
PAGES = {
    "home": "/",
    "browse": "/browse?q=troops",
    "positions": "/positions",
    "timeline": "/timeline",
    "map": "/map",
    "sources": "/sources",
    "sparql": "/sparql",
    "answer": f"/sparql?query={_QUERY}",
    "propose": "/propose",
    "proposal": "/propose?class=ckg:Position",
    "check": "/check",
    "ontology": "/ontology",
    "term": "/ontology/term/Position",
    "shapes": "/shapes",
    "about": "/about",
    "actor": "/id/actor/italy",
    "forum": "/id/forum/coalition-of-the-willing",
    "claim": "/id/claim/004-italy-excludes-troops",
    "topic": "/id/topic/troops-in-ukraine",
    "family": "/id/actor/",
    "graphs": "/graphs",
    "graph": "/graph/data/events/events",
    "catalogue": "/dcat",
    "cell": "/positions/cell?actor=actor:italy&topic=topic:troops-in-ukraine",
    "correction": "/propose?correct=https://w3id.org/coalition-kg/id/claim/004-italy-excludes-troops",
    "error": "/id/actor/nobody-of-that-name",
}
#: Bytes of script that a page may load before its reader does anything; the query page has an editor.
AT_LOAD, WITH_EDITOR = 100_000, 150_000


#: Elements of a page from which its colours are looked at in one scheme only.
_MANY = 6_000
#: Height of a page, in pixels, up to which a picture shows the whole of it.
_WHOLE = 6_000


def _picture(page: Page, file: Path) -> None:
    """A picture of a page; of its first screen where ``CI`` is set and nobody looks at the pictures."""
    tall = page.locator("body").bounding_box() or {"height": 0}
    page.screenshot(path=file, full_page="CI" not in os.environ and tall["height"] <= _WHOLE)


class Watched:
    """What a page printed and asked for."""

    def __init__(self, page: Page, server: str) -> None:
        self.host = urlsplit(server).netloc
        self.printed: list[str] = []
        self.elsewhere: list[str] = []
        self.page = page
        page.on("console", self._print)
        page.on("request", self._ask)
        page.on("pageerror", lambda error: self.printed.append(str(error)))

    def _print(self, message: ConsoleMessage) -> None:
        # The browser itself says of a page that is an error that it is one.
        if message.type in ("error", "warning") and "404" not in message.text:
            self.printed.append(message.text)

    def _ask(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.elsewhere.append(request.url)


@pytest.fixture
def opened(browser: Browser, live_server: str) -> Iterator[Callable[..., Watched]]:
    """Opens a page in a context of its own, with these choices of the reader, and waits until it is quiet."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, **choices: object) -> Watched:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **choices})  # type: ignore[arg-type]
        contexts.append(context)
        watched = Watched(context.new_page(), live_server)
        if choices.get("java_script_enabled", True):
            when_mounted(watched.page)
        watched.page.goto(live_server + path, wait_until="networkidle")
        return watched

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_light_and_in_dark(opened: Callable[..., Watched], pictures: Path, name: str) -> None:
    watched = opened(PAGES[name], color_scheme="light")
    page = watched.page
    for scheme, rules in (("light", {}), ("dark", {"runOnly": OF_COLOURS})):
        page.emulate_media(color_scheme=scheme)
        _picture(page, pictures / f"{name}-{scheme}.png")
        if scheme == "dark" and page.locator("*").count() > _MANY:
            # It is made of the same parts as the others, and takes a minute.
            continue
        assert violations(page, **rules) == [], scheme
    assert watched.printed == [] and watched.elsewhere == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/assets/') && e.name.endsWith('.js'))"
        ".map(e => [e.name, e.encodedBodySize])"
    )
    islands = page.evaluate("[...document.querySelectorAll('[data-island][data-when=seen]')].length")
    if not islands:
        most = WITH_EDITOR if name in ("sparql", "answer") else AT_LOAD
        assert sum(size for _, size in loaded) <= most, loaded


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_in_italian(opened: Callable[..., Watched], pictures: Path, name: str) -> None:
    joined = "&" if "?" in PAGES[name] else "?"
    watched = opened(f"{PAGES[name]}{joined}lang=it", viewport={"width": 375, "height": 800}, color_scheme="dark")
    page = watched.page
    _picture(page, pictures / f"{name}-phone-it.png")
    assert page.locator("html").get_attribute("lang") == "it"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert watched.printed == [] and watched.elsewhere == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_something_without_scripts(opened: Callable[..., Watched], pictures: Path, name: str) -> None:
    page = opened(PAGES[name], java_script_enabled=False).page
    _picture(page, pictures / f"{name}-plain.png")
    assert page.locator("h1").count() == 1 and len(page.locator("main").inner_text().strip()) > 60


@pytest.mark.parametrize("name", PAGES)
def test_every_control_is_reached_with_the_tab_key(opened: Callable[..., Watched], name: str) -> None:
    page = opened(PAGES[name]).page
    # What lies in something closed is not to be reached before it is opened; a group of radio buttons is one stop.
    page.evaluate(_MARK)
    wanted = page.evaluate("window.kgWanted.size")
    for _ in range(0, wanted + 40, 10):
        for _ in range(10):
            page.keyboard.press("Tab")
        if not page.evaluate("window.kgWanted.size"):
            break
    missed = page.evaluate("[...window.kgWanted].filter(e => e.isConnected).map(e => e.outerHTML.slice(0, 160))")
    assert missed == [], missed[:5]


#: Keep the controls that were not focused yet, in a page that is left as it is.
_MARK = """() => {
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]');
  const groups = new Set();
  window.kgWanted = new Set([...all].filter((e) => {
    if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || !e.checkVisibility({visibilityProperty: true})) return false;
    if (e.type === 'radio') {
      if (groups.has(e.name) || (!e.checked && document.querySelector(`input[name="${CSS.escape(e.name)}"]:checked`))) {
        return false;
      }
      groups.add(e.name);
    }
    return true;
  }).slice(0, 150));
  document.addEventListener('focusin', (event) => window.kgWanted.delete(event.composedPath()[0]), true);
  document.addEventListener('focusin', (event) => window.kgWanted.delete(event.target), true);
}"""


def test_the_readers_language_and_theme_are_remembered(opened: Callable[..., Watched], live_server: str) -> None:
    page = opened("/", color_scheme="light").page
    page.get_by_role("link", name="it", exact=True).click()
    page.goto(live_server + "/ontology")
    page.wait_for_url("**/ontology?lang=it")
    assert page.locator("html").get_attribute("lang") == "it"
    page.locator("[data-theme-switch]").click()
    page.goto(live_server + "/?lang=it")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("[data-theme-switch]").get_attribute("aria-pressed") == "true"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
