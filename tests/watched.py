"""A page in a browser that is watched: it prints nothing, reaches no other host, and axe finds nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

#: What a reader is told of the element that has the focus.
_FOCUSED = """() => {
  const e = document.activeElement;
  return e === document.body ? "" : (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent.trim()
    || e.getAttribute("aria-labelledby") || e.name || e.tagName).trim();
}"""


#: The rules of axe whose judgement can differ between light and dark.
OF_COLOURS = ["color-contrast", "link-in-text-block"]


#: Whether every part that a script makes is there, or has failed; those that wait to be seen are not waited for.
_MOUNTED = """() => document.readyState === "complete" && [...document.querySelectorAll("[data-island]:not([data-when])")]
  .every((e) => "mounted" in e.dataset || "failed" in e.dataset)"""


def when_mounted(page: Page) -> Page:
    """The page, which from now on has arrived anywhere only when its scripts have: a click before is a plain click."""

    def waiting(go: Callable[..., object]) -> Callable[..., object]:
        def gone(*arguments: object, **options: object) -> object:
            answer = go(*arguments, **options)
            page.wait_for_function(_MOUNTED)
            return answer

        return gone

    for name in ("goto", "reload", "go_back", "go_forward", "wait_for_url"):
        setattr(page, name, waiting(getattr(page, name)))
    return page


@contextmanager
def watched(browser: Browser, server: str, width: int = 1280, **options: object) -> Iterator[Page]:
    """A page of its own, in English unless told otherwise; what it prints or asks of others fails the test at the end."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **{"locale": "en-GB", **options})
    page = context.new_page()
    if options.get("java_script_enabled", True):
        when_mounted(page)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(server) else said.append(asked.url))
    try:
        yield page
    finally:
        context.close()
    assert said == []


def violations(page: Page, context: str | None = None, **options: object) -> list[str]:
    """The rules of axe that a page breaks, or the part of it that a selector names, each with the elements that do.

    What passes is only counted: to describe each element that does takes longer than to judge it.
    """
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"], **options})
    return [f"{one['id']}: {[node['html'][:200] for node in one['nodes']]}" for one in found.response["violations"]]


def accessible(page: Page) -> None:
    """Axe finds nothing, in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme


def names_by_tab(page: Page, start: str, end: str) -> list[str]:
    """What Tab leads to, from the element that a selector finds to the one whose name has ``end`` in it."""
    page.locator(start).focus()
    names: list[str] = []
    for _ in range(80):
        names.append(page.evaluate(_FOCUSED))
        if end in names[-1]:
            return names
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never leads to {end!r}: {names}")
