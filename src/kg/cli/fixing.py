"""Making the repairs that findings propose: shown as a difference, and written on consent.

All that is said here goes to standard error, so that a report on standard output stays one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from kg import files
from kg.edits import apply, as_diff, together
from kg.errors import SourceError, Where
from kg.report.quotes import visible
from kg.report.sheet import Sheet

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
WORDS = {
    "en": {
        "none": "There is nothing that can be repaired without your judgement.",
        "ask": "Write these repairs ({repairs}) to the files ({files})?",
        "nobody": "Nobody can be asked here: add --yes to write these repairs.",
        "kept": "Nothing was written.",
        "done": "Repairs made: {repairs}; files written: {files}.",
        "left": "Repairs left for the next time, as they touch the same place as others: {repairs}.",
    },
    "it": {
        "none": "Non c’è nulla che si possa correggere senza il tuo giudizio.",
        "ask": "Scrivere queste correzioni ({repairs}) nei file ({files})?",
        "nobody": "Qui non si può chiedere a nessuno: aggiungere --yes per scrivere queste correzioni.",
        "kept": "Non è stato scritto nulla.",
        "done": "Correzioni fatte: {repairs}; file scritti: {files}.",
        "left": "Correzioni lasciate alla prossima volta, perché toccano lo stesso punto di altre: {repairs}.",
    },
}


def mend(sheet: Sheet, yes: bool, folder: Path = Path()) -> int:
    """Show what the repairs of the findings change, and write it on consent; gives the number of repairs made.

    The names of the sheet's texts are paths, relative to ``folder``. With ``yes`` nobody is asked; without it, and with
    nobody there to ask, nothing is written. Repairs that do not go together with others are left for the next time.
    Raises SourceError if a file is not any more what was checked, or cannot be written; those before it are written.
    """
    words = WORDS[sheet.language]
    repairs = [finding.repair for finding in sheet.report.findings if finding.repair]
    fit, left = together(sheet.texts, repairs)
    after = apply(sheet.texts, fit)
    if not after:
        click.echo(words["none"], err=True)
        return 0
    for name, text in sorted(after.items()):
        _show(as_diff(sheet.texts[name], text, name))
    if not _agreed(words, len(fit), len(after), yes):
        click.echo(words["kept"], err=True)
        return 0
    for name, text in sorted(after.items()):
        replace_text(folder / name, sheet.texts[name], text, name)
    click.echo(words["done"].format(repairs=len(fit), files=len(after)), err=True)
    if left:
        click.echo(words["left"].format(repairs=len(left)), err=True)
    return len(fit)


def replace_text(file: Path, before: str, after: str, origin: str) -> None:
    """Replace the text of a file in one step, so that an interruption never leaves half of it.

    Raises SourceError if the file does not have the text ``before`` any more, or cannot be written.
    """
    there = files.read(file, origin)
    mark = b"\xef\xbb\xbf" if there.startswith(b"\xef\xbb\xbf") and not before.startswith("\ufeff") else b""
    if there != mark + before.encode("utf-8"):
        raise SourceError("The file has changed since it was checked.", remedy="Check again.", where=Where(origin))
    files.replace(file, mark + after.encode("utf-8"), origin)


def _show(diff: str) -> None:
    for line in diff.removesuffix("\n").split("\n"):
        click.echo(click.style(visible(line), fg=_COLOURS.get(line[:1])), err=True)


def _agreed(words: Mapping[str, str], repairs: int, files: int, yes: bool) -> bool:
    if not yes and not sys.stdin.isatty():
        click.echo(words["nobody"], err=True)
        return False
    return yes or click.confirm(words["ask"].format(repairs=repairs, files=files), err=True)
