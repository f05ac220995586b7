"""Wikidata as it is asked: its search, its items, its classes, each answer checked and kept."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kg import __version__
from kg.errors import ServiceError, SettingError
from kg.linking.items import ENTITY, Item, read
from kg.settings import Settings
from kg.wikidata.cache import FOLDER, Cache, Kept
from kg.wikidata.sparql import request_for
from kg.wikidata.transport import Transport

#: Items asked for at once. The API allows 50; their statements are long.
BATCH = 20
#: Candidates that a search gives.
FOUND = 7
#: Seconds of lag of Wikidata's copies at which it is to refuse us (API:Etiquette, "maxlag").
MAXLAG = 5
_TYPES = """PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT DISTINCT ?item ?root WHERE {{
  VALUES ?item {{ {items} }} VALUES ?root {{ {roots} }}
  ?item wdt:P31/wdt:P279* ?root .
}} ORDER BY ?item ?root"""

Tell = Callable[[str], None]


class Wikidata:
    """Its search, its items and its classes. What was answered once is kept, and asked again when it is too old."""

    def __init__(self, settings: Settings, *, max_age: float, tell: Tell = lambda message: None) -> None:
        """``max_age`` is how old, in seconds, an answer may be; ``tell`` is told when the service is waited for.

        Raises SettingError if nobody has said whom Wikidata can ask about the requests.
        """
        if not settings.contact:
            raise SettingError(
                "Wikidata wants to know whom to ask about requests; nothing was sent.",
                remedy="Set KG_CONTACT to an address of mail or of a page.",
            )
        assert settings.state is not None
        folder = Path(settings.state) / FOLDER
        agent = f"coalition-kg/{__version__} ({settings.contact})"
        self._cache = Cache(folder, max_age)
        self._transport = Transport(
            agent,
            timeout=settings.wikidata_timeout,
            patience=settings.wikidata_patience,
            lock=folder / "lock",
            tell=tell,
        )
        self._api, self._sparql = settings.wikidata_api, settings.wikidata_sparql

    def search(self, text: str, language: str) -> list[str]:
        """The numbers of the items that a text in a language may be the name of, the likeliest first.

        Raises ServiceError if Wikidata did not answer; an empty list means that it did, and has none.
        """
        kept = self._call(
            "wbsearchentities", search=text[:250], language=language, uselang=language, type="item", limit=str(FOUND)
        )
        try:
            return [str(one["id"]) for one in kept.answer["search"]]  # type: ignore[attr-defined]
        except (KeyError, TypeError):
            raise _misshapen(self._api) from None

    def items(self, numbers: Iterable[str]) -> dict[str, Item | None]:
        """Items by the number they were asked by; None for one that was deleted or never was. Raises ServiceError."""
        wanted = list(dict.fromkeys(numbers))
        found: dict[str, Item | None] = {}
        for start in range(0, len(wanted), BATCH):
            found |= self._batch(wanted[start : start + BATCH])
        return found

    def _batch(self, numbers: Sequence[str]) -> dict[str, Item | None]:
        kept = self._call(
            "wbgetentities", ids="|".join(numbers), props="info|labels|aliases|descriptions|claims", redirects="yes"
        )
        found: dict[str, Item | None] = {}
        try:
            for key, entity in kept.answer["entities"].items():  # type: ignore[attr-defined]
                item = None if "missing" in entity else read(entity, kept.retrieved)
                found[item.asked_as if item and item.asked_as else str(key)] = item
        except (KeyError, TypeError, AttributeError, ValueError):
            raise _misshapen(self._api) from None
        if set(found) != set(numbers):
            raise _misshapen(self._api)
        return found

    def types(self, numbers: Iterable[str], roots: Iterable[str]) -> dict[str, frozenset[str]]:
        """For each item those of the classes ``roots`` that it is an instance of, itself or by a class below.

        Raises ServiceError.
        """
        wanted, classes = list(dict.fromkeys(numbers)), list(dict.fromkeys(roots))
        under: dict[str, set[str]] = {one: set() for one in wanted}
        if wanted and classes:
            for start in range(0, len(wanted), BATCH):
                some = _values(wanted[start : start + BATCH])
                for row in self.ask(_TYPES.format(items=some, roots=_values(classes))):
                    under.setdefault(row["item"].removeprefix(ENTITY), set()).add(row["root"].removeprefix(ENTITY))
        return {one: frozenset(found) for one, found in under.items()}

    def ask(self, query: str) -> list[dict[str, str]]:
        """The rows of a SPARQL query, the text of each term by its variable. Raises ServiceError."""
        kept = self._send(request_for(self._sparql, query, self._transport.agent))
        try:
            return [
                {name: str(term["value"]) for name, term in row.items()}
                for row in kept.answer["results"]["bindings"]  # type: ignore[index]
            ]
        except (KeyError, TypeError, AttributeError):
            raise _misshapen(self._sparql) from None

    def _call(self, action: str, **parameters: str) -> Kept:
        given = {"action": action, **parameters, "format": "json", "maxlag": str(MAXLAG)}
        return self._send(urllib.request.Request(f"{self._api}?{urllib.parse.urlencode(given)}"))

    def _send(self, request: urllib.request.Request) -> Kept:
        key = f"{request.full_url}\n{(request.data or b'').decode('ascii')}"  # type: ignore[union-attr]
        kept = self._cache.get(key)
        return kept or self._cache.put(key, self._transport.send(request))


def _values(numbers: Iterable[str]) -> str:
    return " ".join(f"wd:{one}" for one in numbers)


def _misshapen(address: str) -> ServiceError:
    return ServiceError(
        f"{address} answered in a shape that is not the documented one.", remedy="Try again later, or report it."
    )
