"""Writing a report in the form that was asked for; only that form is loaded."""

from __future__ import annotations

import importlib
from importlib import resources

from kg.report.sheet import Sheet

#: Forms a report can be written in → module and function, from a sheet to text.
_OF_SHEETS = {
    "text": ("text", "to_text"),
    "json": ("objects", "to_json"),
    "sarif": ("sarif", "to_sarif"),
    "github": ("annotations", "to_annotations"),
    "junit": ("junit", "to_junit"),
    "html": ("page", "to_html"),
}
#: The same, from a report.
_OF_REPORTS = {"turtle": ("triples", "to_turtle"), "jsonld": ("triples", "to_json_ld")}
FORMS = (*_OF_SHEETS, *_OF_REPORTS)


def written(sheet: Sheet, form: str, colour: bool = False) -> str:
    """The report in one of the ``FORMS``, without a line feed at the end; ``colour`` is for text alone."""
    module, name = (_OF_SHEETS | _OF_REPORTS)[form]
    write = getattr(importlib.import_module(f"kg.report.{module}"), name)
    if form == "text":
        return write(sheet, colour)
    if form == "html":
        return write(sheet, _styles()).rstrip("\n")
    return write(sheet.report if form in _OF_REPORTS else sheet).rstrip("\n")


def _styles() -> str:
    """The style sheet of the site, so that the page looks as on it."""
    return (resources.files("kg") / "web" / "static" / "style.css").read_text("utf-8")
