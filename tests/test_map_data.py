"""The map of Europe as it is built: whose land a place is on, and which country is which."""

from __future__ import annotations

import json
import math
import re

import pytest
from checkout import ROOT

from kg.web import assets

Ring = list[tuple[float, float]]


@pytest.fixture(scope="module")
def drawing() -> dict:
    built = assets.content("map-europe.json")
    if built is None:
        pytest.skip("the scripts of the pages are not built: python frontend/build.py")
    return json.loads(built)


@pytest.fixture(scope="module")
def countries(drawing: dict) -> dict[str, list[Ring]]:
    return {country["iso"]: rings(country["path"]) for country in drawing["countries"]}


def rings(path: str) -> list[Ring]:
    """The rings of a path: a point, then steps from each point to the next."""
    found = []
    for part in path.split("M")[1:]:
        start, _, steps = part.removesuffix("z").partition("l")
        x, y = map(float, re.findall(r"-?\d+", start))
        ring = [(x, y)]
        numbers = list(map(float, re.findall(r"-?\d+", steps)))
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        found.append(ring)
    return found


def placed(drawing: dict, longitude: float, latitude: float) -> tuple[float, float]:
    """Where a place is on the map (Snyder, Map projections: a working manual, 24-2 to 24-4)."""
    projection = drawing["projection"]
    turn_x, turn_y = projection["rotate"]
    middle = math.radians(-turn_y)
    east, north = math.radians(longitude + turn_x), math.radians(latitude)
    k = math.sqrt(2 / (1 + math.sin(middle) * math.sin(north) + math.cos(middle) * math.cos(north) * math.cos(east)))
    x = k * math.cos(north) * math.sin(east)
    y = k * (math.cos(middle) * math.sin(north) - math.sin(middle) * math.cos(north) * math.cos(east))
    left, top = projection["translate"]
    return left + projection["scale"] * x, top - projection["scale"] * y


def inside(ring_list: list[Ring], place: tuple[float, float]) -> bool:
    """Whether a place is on the land that rings enclose, an odd number of them."""
    x, y = place
    odd = False
    for ring in ring_list:
        for (x0, y0), (x1, y1) in zip([ring[-1], *ring[:-1]], ring, strict=True):
            if (y0 > y) != (y1 > y) and x < (x0 - x1) * (y - y1) / (y0 - y1) + x1:
                odd = not odd
    return odd


def owners(drawing: dict, countries: dict[str, list[Ring]], longitude: float, latitude: float) -> list[str]:
    place = placed(drawing, longitude, latitude)
    return [iso for iso, land in countries.items() if inside(land, place)]


@pytest.mark.parametrize(
    ("name", "longitude", "latitude"),
    [("Simferopol", 34.1, 44.95), ("Dzhankoi", 34.39, 45.71), ("Yevpatoria, inland", 33.6, 45.3), ("Kerch", 36.2, 45.3),
     ("Perekop", 33.7, 46.15), ("Donetsk", 37.8, 48.0), ("Kherson", 32.6, 46.7), ("Kyiv", 30.5, 50.45)],
)  # fmt: skip
def test_crimea_and_all_of_the_ukraine_of_1991_lie_in_ukraine_alone(
    drawing: dict, countries: dict[str, list[Ring]], name: str, longitude: float, latitude: float
) -> None:
    assert owners(drawing, countries, longitude, latitude) == ["UA"], name


@pytest.mark.parametrize(
    ("iso", "longitude", "latitude"),
    [("RU", 37.6, 55.75), ("RU", 39.0, 45.0), ("RU", 21.0, 54.7), ("CY", 33.3, 35.2), ("CY", 33.0, 34.85),
     ("IT", 12.5, 42.0), ("DE", 10.0, 51.0), ("XK", 21.0, 42.6), ("RS", 21.0, 44.0), ("TR", 33.0, 39.5)],
)  # fmt: skip
def test_other_places_lie_where_they_should(
    drawing: dict, countries: dict[str, list[Ring]], iso: str, longitude: float, latitude: float
) -> None:
    assert owners(drawing, countries, longitude, latitude) == [iso]


def test_no_line_divides_crimea_from_the_mainland(drawing: dict, countries: dict[str, list[Ring]]) -> None:
    mainland, crimea = placed(drawing, 33.6, 46.5), placed(drawing, 34.1, 45.3)
    together = [ring for ring in countries["UA"] if inside([ring], mainland)]
    assert len(together) == 1 and inside(together, crimea)


def test_the_sign_of_a_country_stands_on_its_land(drawing: dict, countries: dict[str, list[Ring]]) -> None:
    for country in drawing["countries"]:
        if not country.get("small"):
            assert inside(countries[country["iso"]], (country["x"], country["y"])), country["iso"]


def test_small_states_are_marked(drawing: dict) -> None:
    small = {country["iso"] for country in drawing["countries"] if country.get("small")}
    assert {"MT", "LU", "LI", "SM", "MC", "VA", "AD"} <= small and not small & {"BE", "SI", "CY", "XK"}


def test_the_list_of_countries_agrees_with_the_ledger_of_links(drawing: dict) -> None:
    """Which item each country of the map is, where the ledger knows it by the same name."""
    lines = (ROOT / "data" / "links" / "wikidata.sssom.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line.startswith("actor:")]
    known = {row[1]: row[4].removeprefix("wd:") for row in rows if row[2] == "skos:exactMatch" and not row[3]}
    compared = 0
    for country in drawing["countries"]:
        for name in (country["names"]["en"], country["names"]["en"].replace("Türkiye", "Turkey")):
            if name in known:
                compared += 1
                assert known[name] == country["qid"], name
    assert compared >= 30
    assert len({country["qid"] for country in drawing["countries"]}) == len(drawing["countries"])


def test_countries_have_names_in_both_languages_and_the_drawing_is_light(drawing: dict) -> None:
    italy = next(country for country in drawing["countries"] if country["iso"] == "IT")
    assert italy["names"] == {"en": "Italy", "it": "Italia"}
    assert len(assets.content("map-europe.json.gz") or b"") < 36_000
