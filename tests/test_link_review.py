"""``kg link review``: what is typed, and what the ledger says afterwards."""

from __future__ import annotations

import datetime
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOT
from kg.linking.ledger import EXACT, PREDICATES, Mapping
from kg.wikidata import pending
from link_material import ID, ITEMS, WD, Done, kg, ledger, write
from wikidata_stand_in import standing_in

Review = Callable[..., Done]


@pytest.fixture(scope="module")
def suggested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository for which suggestions were made: Meloni (one), Ada (two candidates), Nobody (none)."""
    root = write(tmp_path_factory.mktemp("review") / "repository")
    assert kg(root, "build").returncode == 0
    with standing_in(ITEMS) as service:
        assert kg(root, "link", "suggest", "--type", "Person", **service.variables()).returncode == 0
    return root


@pytest.fixture
def root(suggested: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(suggested, tmp_path / "repository"))


@pytest.fixture
def review(root: Path) -> Review:
    return lambda typed, *arguments: kg(root, "link", "review", "--author", "Ada Tester", *arguments, typed=typed)


def about(root: Path, name: str) -> tuple[Mapping, ...]:
    return ledger(root).of(f"{ID}actor/{name}")


def test_each_judgement_is_written_with_who_and_when(review: Review, root: Path) -> None:
    result = review("n seen at the ministry\na 1\n", "actor:giorgia-meloni")
    (one,) = about(root, "giorgia-meloni")
    assert (
        result.returncode == 0
        and "Judgements written to data/links/wikidata.sssom.tsv: 1; still to judge: 0" in result.stdout
    )
    assert (one.predicate, one.object, one.author) == (EXACT, WD + "Q451791", "Ada Tester")
    assert one.date == datetime.date.today() and one.comment == "seen at the ministry"
    assert one.subject_label == one.object_label == "Giorgia Meloni" and 0.8 < one.confidence <= 1
    assert "held the office Q796897" in result.stdout
    # The gate has nothing to say against what the walk wrote.
    assert "Conforms: 0 violations, 0 warnings" in kg(root, "link", "check").stdout


def test_without_a_note_the_evidence_is_the_comment(review: Review, root: Path) -> None:
    said = review("?\nx\nforse\nn\na\n", "actor:giorgia-meloni", "--lang", "it").stdout
    assert "Da giudicare: 1; giudica Ada Tester" in said and "è un'istanza di «essere umano»" in said
    assert "accettare: la stessa cosa" in said and said.count("[s/N]") == 2 and "ancora da giudicare: 0" in said
    # The ledger is in one language, whoever judges.
    assert "it is an instance of human (Q5)" in about(root, "giorgia-meloni")[0].comment


@pytest.mark.parametrize(("key", "predicate"), list(zip("acbw", PREDICATES, strict=True)))
def test_each_kind_of_link(review: Review, root: Path, key: str, predicate: str) -> None:
    # Nothing beside name and type speaks for it, so that somebody has to insist.
    review(f"{key} Q900000041\ny\n", "actor:ada-example")
    (one,) = about(root, "ada-example")
    assert (one.predicate, one.object, one.negated) == (predicate, WD + "Q900000041", False)


def test_who_does_not_insist_links_nothing(review: Review, root: Path) -> None:
    result = review("a\nn\nq\n", "actor:ada-example")
    assert "Not all of name, type and one more fact agree" in result.stdout and about(root, "ada-example") == ()
    assert "another thing" in review("a 2\nn\nq\n", "actor:ada-example").stdout and about(root, "ada-example") == ()


def test_what_is_rejected_stays_so_and_none_can_be_left(review: Review, root: Path) -> None:
    result = review("n a namesake\nr 2\nr\na\nx\n", "actor:ada-example")
    found = {one.object: one for one in about(root, "ada-example")}
    assert found[WD + "Q900000041"].negated and found[WD + "Q900000042"].negated and found[""].is_none
    assert found[WD + "Q900000042"].comment == "a namesake" and found[WD + "Q900000042"].confidence is None
    assert found[WD + "Q900000041"].comment != "a namesake" and "no candidate left" in result.stdout


def test_that_there_is_no_item_is_asked_twice_where_there_are_candidates(review: Review, root: Path) -> None:
    review("x\nn\nq\n", "actor:ada-example")
    assert about(root, "ada-example") == ()
    review("x\ny\n", "actor:ada-example")
    review("x\n", "actor:nobody")
    assert about(root, "ada-example")[0].is_none and about(root, "nobody")[0].is_none


def test_a_walk_can_be_broken_off_and_taken_up(review: Review, root: Path) -> None:
    # The first is deferred, the second judged, and at the third the input ends.
    first = review("d\na\n")
    assert (
        first.returncode == 0
        and "3 to judge" in first.stdout
        and "written to data/links/wikidata.sssom.tsv: 1; still to judge: 2" in first.stdout
    )
    second = review("q\n")
    assert "2 to judge" in second.stdout
    # What was deferred comes last.
    assert "nobody" in second.stdout and "ada-example" not in second.stdout
    assert review("x\na\ny\n").stdout.endswith("still to judge: 0.\n")
    assert "Nothing awaits a judgement" in review("").stdout


def test_an_item_is_one_entity(review: Review, root: Path) -> None:
    review("a Q900000041\ny\n", "actor:ada-example")
    state = root / ".kg"
    mine = pending.load(state)
    taken = {**mine[ID + "actor/nobody"], "candidates": mine[ID + "actor/ada-example"]["candidates"]}
    pending.save(state, [taken])
    result = review("a 1\nc 1\ny\n", "actor:nobody")
    assert "one item is one entity" in result.stdout
    assert [one.predicate for one in about(root, "nobody")] == [PREDICATES[1]]


def test_what_makes_no_sense_changes_nothing(review: Review, root: Path) -> None:
    before = ledger(root)
    result = review("z\na 7\n?\nn\n\nq\n", "actor:ada-example")
    assert (
        "Type ? for what can be typed" in result.stdout
        and "from 1 to 2" in result.stdout
        and "defer: ask again" in result.stdout
    )
    assert ledger(root) == before and "written to data/links/wikidata.sssom.tsv: 0" in result.stdout


def test_somebody_has_to_judge(root: Path, tmp_path: Path) -> None:
    result = kg(
        root, "link", "review", GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null", HOME=str(tmp_path)
    )
    assert result.returncode == 2 and "--author" in result.stderr
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Grace Tester\n", "utf-8")
    result = kg(root, "link", "review", "actor:nobody", typed="x\n", GIT_CONFIG_GLOBAL=str(config), HOME=str(tmp_path))
    assert about(root, "nobody")[0].author == "Grace Tester", result.stderr


@pytest.mark.parametrize("author", ["https://orcid.org/0000 0002", "://", "\t ", "x://y<z>"])
def test_who_judges_is_asked_for_before_anything_is(root: Path, author: str) -> None:
    before = (root / "data/links/wikidata.sssom.tsv").read_bytes()
    result = kg(root, "link", "review", "--author", author, typed="r\nq\n", GIT_CONFIG_GLOBAL="/dev/null")
    assert result.returncode == 2 and "--author" in result.stderr and "? >" not in result.stdout
    assert (root / "data/links/wikidata.sssom.tsv").read_bytes() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "[",
        lambda text: text.replace('"candidates"', '"canditates"'),
        lambda text: text.replace('"evidence"', '"evidences"'),
        lambda text: text.replace('"Q451791"', "7"),
        lambda text: text.replace('"Q451791"', '"Q1 Q2"'),
        lambda text: text.replace('"score": ', '"score": "high", "was": '),
        lambda text: text.replace(f'"{ID}actor/nobody"', '"nobody"'),
    ],
    ids=["no JSON", "no candidates", "no evidence", "a number", "no item", "no score", "no entity"],
)
def test_damaged_suggestions_are_said_to_be(review: Review, root: Path, spoil: Callable[[str], str]) -> None:
    file = root / ".kg/wikidata/suggested.json"
    text = file.read_text("utf-8")
    assert spoil(text) != text
    file.write_text(spoil(text), "utf-8")
    result = review("a\ny\n")
    assert result.returncode == 2 and "damaged" in result.stderr and "suggested.json" in result.stderr


def test_two_who_judge_at_once_lose_nothing(root: Path) -> None:
    (one, *_) = pending.load(root / ".kg").values()
    pending.save(root / ".kg", [{**one, "entity": f"{ID}actor/p{number}"} for number in range(60)])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = {**clean, "PYTHONPATH": str(ROOT / "src")}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "kg", "link", "review", "--author", name, *mine],
            cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for name, start in (("Ada Tester", 0), ("Grace Tester", 1))
        for mine in [[f"actor:p{number}" for number in range(start, 60, 2)]]
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("c\ny\n" * 30)
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in running]
    assert all(": 30; still to judge: 0." in said for said, _ in told), told
    assert sum(each.subject.startswith(f"{ID}actor/p") for each in ledger(root).mappings) == 60


def test_at_a_real_terminal(root: Path) -> None:
    master, slave = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = {**clean, "PYTHONPATH": str(ROOT / "src"), "TERM": "dumb"}
    command = [sys.executable, "-m", "kg", "link", "review", "--author", "Ada Tester", "actor:giorgia-meloni"]
    with subprocess.Popen(command, cwd=root, env=environment, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        seen = until(master, b"? > ")
        os.write(master, b"a\n")
        seen += until(master, b"still to judge")
        assert process.wait(60) == 0
    os.close(master)
    assert b"Q451791" in seen and about(root, "giorgia-meloni")[0].object == WD + "Q451791"


def until(descriptor: int, text: bytes, patience: float = 60.0) -> bytes:
    """What a terminal shows, up to a text; all it shows if that never comes."""
    seen, end = b"", time.monotonic() + patience
    while text not in seen and time.monotonic() < end:
        if select.select([descriptor], [], [], 1.0)[0]:
            try:
                seen += os.read(descriptor, 10_000)
            except OSError:
                break
    return seen
