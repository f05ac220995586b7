"""Repairs are shown, and made only on consent and in files that are still what was checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from report_material import TEXT, UNKNOWN, edit

from kg.cli import fixing
from kg.cli.fixing import WORDS, mend, replace_text
from kg.errors import SourceError
from kg.model import Finding, Report
from kg.report.sheet import Sheet

NAME = "x.ttl"


def finding(old: str, new: str) -> Finding:
    repair = replace(UNKNOWN.repair, edits=(replace(edit(old, new), path=NAME),))
    return replace(UNKNOWN, repair=repair)


def sheet(*findings: Finding, text: str = TEXT) -> Sheet:
    return Sheet(Report(findings, "fast"), {NAME: text})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(TEXT.encode())
    return path


def test_yes_writes_all_that_goes_together_and_shows_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = finding("hodler", "holder"), finding("007", "7"), finding("hodler actor", "x")
    assert mend(sheet(*found), True, file.parent) == 2
    assert file.read_text("utf-8") == TEXT.replace("hodler", "holder").replace("007", "7")
    said = capsys.readouterr()
    assert "-    ckg:hodler actor:italy ;\n+    ckg:holder actor:italy ;" not in said.out
    assert "-    ckg:hodler actor:italy ;" in said.err and "+    ckg:start 7 ;" in said.err
    assert "left for the next time" in said.err
    assert "\x1b" not in said.err, "what a file says must not steer the terminal"
    assert [path.name for path in file.parent.iterdir()] == [NAME]


@pytest.mark.parametrize(("answer", "written"), [(True, 1), (False, 0)])
def test_who_is_there_is_asked(file: Path, monkeypatch: pytest.MonkeyPatch, answer: bool, written: int) -> None:
    monkeypatch.setattr(fixing.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(fixing.click, "confirm", lambda *_, **__: answer)
    assert mend(sheet(finding("hodler", "holder")), False, file.parent) == written
    assert (file.read_text("utf-8") != TEXT) is answer


def test_with_nobody_to_ask_nothing_is_written(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mend(sheet(finding("hodler", "holder")), False, file.parent) == 0
    assert file.read_text("utf-8") == TEXT
    assert "--yes" in capsys.readouterr().err


def test_without_repairs_there_is_nothing_to_do(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mend(sheet(replace(UNKNOWN, repair=None)), True, file.parent) == 0
    assert "without your judgement" in capsys.readouterr().err


def test_a_file_that_changed_meanwhile_is_left(file: Path) -> None:
    file.write_text("other", "utf-8")
    with pytest.raises(SourceError, match="has changed since"):
        mend(sheet(finding("hodler", "holder")), True, file.parent)
    assert file.read_text("utf-8") == "other"


def test_a_file_that_went_away_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        mend(sheet(finding("hodler", "holder")), True, tmp_path)


def test_mode_mark_and_link_of_a_file_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.ttl", tmp_path / "link.ttl"
    real.write_bytes(b"\xef\xbb\xbfa\r\n")
    real.chmod(0o640)
    link.symlink_to(real)
    replace_text(link, "a\r\n", "b\r\n", "link.ttl")
    assert real.read_bytes() == b"\xef\xbb\xbfb\r\n" and link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


def test_the_words_are_there_in_both_languages() -> None:
    assert WORDS["en"].keys() == WORDS["it"].keys()
