"""Asking Wikidata: what goes out, how long it waits, and that an outage is never taken for an answer."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from kg.errors import ServiceError, SettingError
from kg.settings import Settings
from kg.wikidata.cache import Cache
from kg.wikidata.client import Wikidata
from kg.wikidata.transport import TRIES, Transport
from wikidata_stand_in import AGENT, FAULTS, StandIn, entity, item_value, standing_in, statement

SYNTHETIC = {
    # Synthetic: an item that has its name in every language only.
    "Q900000001": entity("Q900000001", {"mul": "Ada Example"}, [statement("P31", item_value("Q5"))], revision=7),
    "Q900000002": entity("Q900000002", {"en": "Example Gazette"}, [statement("P31", item_value("Q900000003"))]),
}


@pytest.fixture
def service() -> Iterator[StandIn]:
    with standing_in(SYNTHETIC) as one:
        yield one


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def client(service: StandIn, state: Path, *, max_age: float = 3600, **more: object) -> Wikidata:
    settings = Settings(
        state=state, contact="test@example.org", wikidata_api=service.api, wikidata_sparql=service.sparql,
        **{"wikidata_timeout": 20.0, "wikidata_patience": 5.0, **more},
    )  # fmt: skip
    return Wikidata(settings, max_age=max_age)


def test_nothing_is_sent_before_somebody_can_be_asked(service: StandIn, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="nothing was sent.*KG_CONTACT"):
        Wikidata(Settings(state=tmp_path, wikidata_api=service.api), max_age=1)
    assert service.asked == []


def test_a_search_an_item_and_its_type(service: StandIn, tmp_path: Path) -> None:
    service.below.append(("Q900000003", "Q1193236"))
    wikidata = client(service, tmp_path)
    assert wikidata.search("Giorgia Meloni", "it") == ["Q451791"]
    items = wikidata.items(["Q451791", "Q900000001", "Q999999999"])
    assert items["Q451791"].label("it") == "Giorgia Meloni" and items["Q999999999"] is None
    assert items["Q900000001"].label("en") == "Ada Example" and items["Q900000001"].revision == 7
    under = wikidata.types(["Q451791", "Q900000002"], ["Q5", "Q1193236"])
    assert under == {"Q451791": {"Q5"}, "Q900000002": {"Q1193236"}}
    assert service.actions() == ["wbsearchentities", "wbgetentities", "sparql"]
    first, second, third = service.asked
    assert first.parameters == {
        "action": "wbsearchentities", "search": "Giorgia Meloni", "language": "it", "uselang": "it", "type": "item",
        "limit": "7", "format": "json", "maxlag": "5",
    }  # fmt: skip
    assert second.parameters["ids"] == "Q451791|Q900000001|Q999999999" and second.parameters["maxlag"] == "5"
    assert third.path == "/sparql"
    assert all(AGENT.fullmatch(one.agent) and "test@example.org" in one.agent for one in service.asked)


def test_a_merged_item_says_which_one_it_is_now(service: StandIn, tmp_path: Path) -> None:
    service.redirects["Q900000009"] = "Q900000001"
    item = client(service, tmp_path).items(["Q900000009"])["Q900000009"]
    assert (item.id, item.asked_as) == ("Q900000001", "Q900000009")


def test_what_was_answered_is_not_asked_again_until_it_is_too_old(service: StandIn, tmp_path: Path) -> None:
    for _ in range(2):
        assert client(service, tmp_path).search("Reuters", "en") == ["Q130879"]
    assert len(service.asked) == 1
    client(service, tmp_path, max_age=0).search("Reuters", "en")
    assert len(service.asked) == 2


@pytest.mark.parametrize("fault", ["429", "503", "maxlag", "html", "cut"])
def test_what_is_better_later_is_asked_again(service: StandIn, tmp_path: Path, fault: str) -> None:
    service.faults = [fault]
    assert client(service, tmp_path).search("Reuters", "en") == ["Q130879"]
    assert len(service.asked) == 2


@pytest.mark.parametrize("fault", [one for one in FAULTS if one != "empty"])
def test_an_outage_is_an_error_and_is_never_kept(service: StandIn, tmp_path: Path, fault: str) -> None:
    service.always = fault
    patient = {"wikidata_patience": 0.001, "wikidata_timeout": 0.3 if fault in ("slow", "drip") else 20.0}
    with pytest.raises(ServiceError) as caught:
        client(service, tmp_path, **patient).search("Reuters", "en")
    assert caught.value.exit_code == 2 and caught.value.remedy
    assert list(tmp_path.rglob("*.json")) == []
    service.always = ""
    service.released.set()
    assert client(service, tmp_path).search("Reuters", "en") == ["Q130879"]


def test_an_empty_answer_is_an_answer(service: StandIn, tmp_path: Path) -> None:
    service.faults = ["empty"]
    assert client(service, tmp_path).search("Reuters", "en") == []
    assert client(service, tmp_path).search("Reuters", "en") == [] and len(service.asked) == 1


def test_an_item_that_is_left_out_of_an_answer_is_an_outage(service: StandIn, tmp_path: Path) -> None:
    service.faults = ["empty"]
    with pytest.raises(ServiceError, match="shape"):
        client(service, tmp_path).items(["Q38"])


def test_a_redirect_is_not_followed(service: StandIn, tmp_path: Path) -> None:
    service.faults = ["redirect"]
    with pytest.raises(ServiceError, match="redirects are not followed"):
        client(service, tmp_path).search("Reuters", "en")
    assert [one.path for one in service.asked] == ["/w/api.php"]


def waits(service: StandIn, folder: Path, patience: float) -> list[float]:
    """The seconds waited between the tries of a request, without waiting."""
    found: list[float] = []
    transport = Transport(
        "kg/1 (a@b)", timeout=20, patience=patience, lock=folder / "lock", tell=lambda message: None, sleep=found.append
    )
    with pytest.raises(ServiceError):
        transport.send(urllib.request.Request(service.api + "?action=wbsearchentities"))
    return found


def test_waits_grow_and_end(service: StandIn, tmp_path: Path) -> None:
    service.always = "html"
    assert waits(service, tmp_path, 1000) == [1, 2, 4, 8, 16] and len(service.asked) == TRIES
    assert waits(service, tmp_path, 10) == [1, 2, 4]


def test_it_waits_as_long_as_it_is_asked_to_or_gives_up_at_once(service: StandIn, tmp_path: Path) -> None:
    service.always, service.retry_after = "429", "7"
    assert waits(service, tmp_path, 20) == [7, 7]
    service.retry_after = "86400"
    assert waits(service, tmp_path, 20) == []


def test_there_is_one_request_at_a_time(service: StandIn, tmp_path: Path) -> None:
    texts = ["Italy", "France", "Georgia", "Denmark", "NATO", "Paris"]
    threads = [
        threading.Thread(target=client(service, tmp_path).search, args=(text, "en"), daemon=True) for text in texts
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(service.asked) == len(texts) and service.most_at_once == 1


@pytest.mark.parametrize("content", ["", "[]", "{", '{"asked": "x", "at": 0, "answer": {}}', '{"asked": "key"}'])
def test_a_damaged_answer_is_as_if_it_were_not_kept(tmp_path: Path, content: str) -> None:
    cache = Cache(tmp_path, 60)
    cache.put("key", {"a": 1})
    assert cache.get("key").answer == {"a": 1}
    (file,) = tmp_path.rglob("*.json")
    file.write_text(content, "utf-8")
    assert cache.get("key") is None
