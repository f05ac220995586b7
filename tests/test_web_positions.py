"""The matrix of positions over HTTP, on the real graph: what it shows as of a day, and what it does not claim."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from conftest import write_repository
from flask.testing import FlaskClient
from serving import page_at

from kg.build import build
from kg.settings import Settings
from kg.web import create_app

CELL = "/positions/cell?actor=actor:italy&topic=topic:troops-in-ukraine"


class Matrix(HTMLParser):
    """The table: its columns, and for each row the marks of its cells as (column, stance, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[str, list[tuple[str, dict[str, str | None]]]] = {}
        self.columns: list[str] = []
        self._within: list[str] = []
        self._row, self._column, self._heading = "", -1, ""
        table = re.search(r"<table>.*</table>", page, re.DOTALL)
        self.feed(table[0] if table else "")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "tr":
            self._column, self._row, self._heading = -1, "", ""
            self._within = [found.get("class") or ""]
        elif tag == "th":
            self._heading = found.get("scope") or ""
        elif tag == "td":
            self._heading, self._column = "", self._column + 1
        elif "data-stance" in found and self._row:
            self.rows[self._row].append((self.columns[self._column], found))

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if self._heading == "col" and text and self._within == ["topics"]:
            self.columns.append(text)
        elif self._heading == "row" and text and not self._row:
            self._row = text
            self.rows[text] = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self.columns = self.columns[1:]

    def stances(self, actor: str) -> dict[str, list[str | None]]:
        """Of an actor, the stances in each column."""
        found: dict[str, list[str | None]] = {}
        for column, mark in self.rows.get(actor, []):
            found.setdefault(column, []).append(mark["data-stance"])
        return found


def matrix(server: str, **asked: str) -> Matrix:
    status, page = page_at(f"{server}/positions?{urllib.parse.urlencode(asked)}")
    assert status == 200
    return Matrix(page)


def test_a_cell_has_the_last_stance_by_the_day_and_no_later_one(live_server: str) -> None:
    topic = "Foreign military presence in Ukraine"
    column = next(name for name in matrix(live_server, date="2026-01-06").columns if name.startswith("Foreign military"))
    assert column in (topic, "Foreign military presence")
    before = matrix(live_server, date="2026-01-05").stances("Spain")
    after = matrix(live_server, date="2026-01-06").stances("Spain")
    assert before == {column: ["cautious"]} and after == {column: ["open", "cautious"]}


def test_low_certainty_open_dates_and_contradictions_are_seen_in_the_cell(live_server: str) -> None:
    found = matrix(live_server, date="2026-01-06", topic="topic:military-presence")
    france = [mark for column, mark in found.rows["France"] if mark["data-stance"] == "supports"]
    assert france and all("data-low" in mark and "data-open" in mark for mark in france)
    british = [mark for column, mark in found.rows["United Kingdom"] if "data-contradicted" in mark]
    assert british and "data-doubted" in str(found.rows["United Kingdom"])
    italian = [mark for column, mark in found.rows["Italy"] if mark["data-stance"] == "excludes"]
    assert italian and not any("data-low" in mark or "data-open" in mark for mark in italian)


def test_what_is_known_from_long_before_is_shown_as_old(live_server: str) -> None:
    ages = [
        {mark["data-age"] for column, mark in matrix(live_server, date=day, topic="topic:troops-in-ukraine").rows["Italy"]}
        for day in ("2026-01-06", "2026-08-01", "2027-02-01")
    ]
    assert ages == [{"recent"}, {"older"}, {"old"}]


def test_members_are_those_of_the_day(live_server: str) -> None:
    nato = matrix(live_server, forum="forum:nato", everybody="1", date="2026-01-06").rows
    earlier = matrix(live_server, forum="forum:nato", everybody="1", date="2003-06-01").rows
    assert "Finland" in nato and "Finland" not in earlier and "Italy" in earlier
    assert "Russia" not in nato and nato.keys() > earlier.keys()


def test_kinds_and_topics_narrow_the_matrix_and_branches_fold(live_server: str) -> None:
    states = matrix(live_server, kind="ckg:State").rows
    assert "Italy" in states and "Coalition of the Willing (Ukraine)" not in states
    narrow = matrix(live_server, topic="topic:pressure-on-russia")
    assert set(narrow.columns) <= {"Pressure on Russia", "Sanctions on Russia"} and "France" not in narrow.rows
    folded = matrix(live_server, fold="topic:security-guarantees")
    whole = matrix(live_server)
    assert len(folded.columns) < len(whole.columns)
    assert {"excludes", "supports", "cautious"} <= set(sum(folded.stances("Italy").values(), []))


def test_a_group_of_actors_folds_into_a_row_that_counts_who_stands_where(live_server: str) -> None:
    everyone = page_at(f"{live_server}/positions")[1]
    link = re.search(r'data-fold="ckg:State" href="([^"]+)" aria-expanded="true"', everyone)[1].replace("&amp;", "&")
    page = page_at(live_server + link.split("#")[0])[1]
    assert 'aria-expanded="false"' in page and '/id/actor/italy"' not in page and '/id/actor/' in page.split('<table>')[1]
    closed = page.split('class="group closed"')[1].split("</tr>")[0]
    counted: dict[tuple[str, str], int] = {}
    columns = Matrix(page).columns
    for column, cell in zip(columns, closed.split("<td>")[1:], strict=True):
        for stance, number in re.findall(r'data-stance="([^"]+)".*?</span> (\d+)</span>', cell):
            counted[column, stance] = int(number)
    states = Matrix(page_at(f"{live_server}/positions?kind=ckg:State")[1])
    expected: dict[tuple[str, str], int] = {}
    for marks in states.rows.values():
        for column, mark in marks:
            expected[column, mark["data-stance"]] = expected.get((column, mark["data-stance"]), 0) + 1
    assert counted == expected and len(expected) > 8
    # With all groups folded nothing is paged, and the form keeps what is folded.
    every = re.search(r'data-fold="close-all" href="([^"]+)"', everyone)[1].replace("&amp;", "&")
    page = page_at(live_server + every.split("#")[0])[1]
    assert page.count('class="group closed"') == len(re.findall(r'name="close" value="', page)) > 3
    assert 'data-fold="open-all"' in page and "/id/actor/" not in page.split("<table>")[1]


def test_the_page_says_what_an_empty_cell_means_and_how_many_are_undated(live_server: str) -> None:
    english, italian = (page_at(f"{live_server}/positions?lang={spoken}")[1] for spoken in ("en", "it"))
    assert "nothing is recorded" in english and re.search(r"\d+ positions have no date", english)
    assert "nulla è registrato" in italian and re.search(r"\d+ posizioni non hanno data", italian)
    assert '<html lang="it">' in italian and "lo esclude per sé" in italian and "excludes for itself" not in italian


def test_a_cell_opens_its_claims_with_what_carries_them(live_server: str) -> None:
    status, page = page_at(f"{live_server}{CELL}&date=2026-01-06")
    assert status == 200
    assert "/id/claim/001-italy-excludes-sending-troops" in page and "/id/document/" in page
    assert "<time>6 January 2026</time>" in page and "undated" in page
    earlier = page_at(f"{live_server}{CELL}&date=2025-09-04")[1]
    now, later = earlier.split("Recorded only for later days")
    assert "001-italy-excludes-sending-troops" in later and "001-italy-excludes-sending-troops" not in now
    assert "004-meloni-reiterates-no-soldiers-in-ukraine" in now


def test_several_stances_are_said_to_be_several(live_server: str) -> None:
    asked = "/positions/cell?actor=actor:united-kingdom&topic=topic:troops-in-ukraine"
    page = page_at(live_server + asked)[1]
    assert "More than one stance may be the latest" in page
    # Of what kind a contradiction is stands beside it: most are none when looked at closely.
    assert "Contradiction, undatable" in page and "Contradicted by" not in page


def test_a_cell_shows_what_the_curators_note_on_its_claims(live_server: str) -> None:
    asked = "/positions/cell?actor=actor:italy&topic=topic:collective-security-mechanism&lang="
    assert "Here only NATO is named; Article 5 stands in P1." in page_at(f"{live_server}{asked}en")[1]
    assert "Nota dei curatori:</strong> <span>Qui è nominata soltanto la NATO" in page_at(f"{live_server}{asked}it")[1]


def test_links_take_language_and_day_along(live_server: str) -> None:
    page = page_at(f"{live_server}/positions?lang=it&date=2025-09-04&forum=forum:nato")[1]
    links = re.findall(r'class="cell" href="([^"]+)"', page)
    assert links
    for link in links:
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(link.replace("&amp;", "&")).query)
        assert asked["lang"] == ["it"] and asked["date"] == ["2025-09-04"] and asked["forum"] == ["forum:nato"]
    assert page_at(live_server + links[0].replace("&amp;", "&"))[0] == 200


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ("/positions?date=yesterday", 400, "is not a day"),
        ("/positions?date=2026-02-30", 400, "is not a day"),
        ("/positions?forum=%3Cscript%3E", 400, "is no forum"),
        ("/positions?topic=https://example.org/%3E%20x", 400, "is no topic"),
        ("/positions?kind=ckg:Claim", 400, "is no kind"),
        ("/positions?page=0", 400, "no number of a page"),
        ("/positions?page=%C2%B2", 400, "no number of a page"),
        ("/positions?page=7", 404, "There is no page 7"),
        ("/positions?snapshot=abc", None, "snapshot"),
        ("/positions/cell", 404, "needs an actor and a topic"),
        ("/positions/cell?actor=actor:italy&topic=topic:ceasefire", 404, "No position"),
        ("/positions/cell?actor=%00&topic=topic:ceasefire", 400, "is no actor"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(live_server: str, asked: str, status: int | None, words: str) -> None:
    found, page = page_at(live_server + asked)
    assert found == status or (status is None and 400 <= found < 500)
    assert words in page and "<script>alert" not in page and "Traceback" not in page


def test_a_day_before_everything_is_no_error(live_server: str) -> None:
    status, page = page_at(f"{live_server}/positions?date=0001-01-01&topic=topic:pressure-on-russia")
    assert status == 200 and "Nothing is recorded for this choice" in page


HOSTILE = "<script>alert(1)</script>&amp;\"'"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site over a tiny graph whose names have markup in them."""
    folder = tmp_path_factory.mktemp("hostile")
    repository = write_repository(folder / "repository")
    written = HOSTILE.replace('"', '\\"')
    for path in ("data/actors/states.ttl", "data/topics.ttl"):
        file = repository / path
        text = file.read_text("utf-8").replace('"Freedonia"@en', f'"{written}"@en').replace('"troops"@en', f'"{written}"@en')
        file.write_text(text, "utf-8")
    build(repository, folder / "state")
    app = create_app(Settings(state=folder / "state"))
    yield app.test_client()
    app.extensions["kg"].pool.close()


@pytest.mark.parametrize(
    "asked",
    ["/positions", "/positions?everybody=1&lang=it", "/positions/cell?actor=actor:freedonia&topic=topic:troops",
     "/map", "/map?by=contribution", "/timeline", "/timeline?actor=actor:freedonia"],
)  # fmt: skip
def test_markup_in_names_is_shown_as_text_and_a_small_graph_is_enough(hostile: FlaskClient, asked: str) -> None:
    answer = hostile.get(asked)
    assert answer.status_code == 200, answer.text[:400]
    assert "<script>alert" not in answer.text
    assert "lang=it" in asked or "&lt;script&gt;" in answer.text
