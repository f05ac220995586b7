"""A stand-in for Wikidata: a real HTTP server on loopback that answers in the shapes of its API and its endpoint.

It is no copy of Wikidata. Numbers and labels below ``ITEMS`` are an excerpt of the project's verified list. Everything
numbered above 900000000 is synthetic, and so is every statement: made for a test, and never read from Wikidata.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

ENTITY = "http://www.wikidata.org/entity/"
DIRECT = "http://www.wikidata.org/prop/direct/"
#: Number, English and Italian label, and the class of which it is here said to be an instance.
ITEMS = """\
Q38	Italy	Italia	Q3624078
Q142	France	Francia	Q3624078
Q145	United Kingdom	Regno Unito	Q3624078
Q230	Georgia	Georgia	Q3624078
Q35	Denmark	Danimarca	Q6256
Q756617	Kingdom of Denmark	Regno di Danimarca	Q3624078
Q451791	Giorgia Meloni	Giorgia Meloni	Q5
Q16575890	Marco Meloni	Marco Meloni	Q5
Q3052772	Emmanuel Macron	Emmanuel Macron	Q5
Q22686	Donald Trump	Donald Trump	Q5
Q7184	NATO	NATO	Q484652
Q130879	Reuters	Reuters	Q192283
Q90	Paris	Parigi	Q2221906
Q796897	Prime Minister of Italy	Presidente del Consiglio dei ministri	Q4164871
Q191954	President of the French Republic	Presidente della Repubblica francese	Q4164871
"""
#: What may be scripted for one request.
FAULTS = ("429", "503", "maxlag", "403", "html", "slow", "drip", "cut", "redirect", "empty", "404")
AGENT = re.compile(r"[\w-]+/\S+ \([^()]*[@/][^()]*\)")


def item_value(number: str) -> dict:
    """A value that is an item."""
    return {"type": "wikibase-entityid", "value": {"entity-type": "item", "id": number, "numeric-id": int(number[1:])}}


def day(text: str, precision: int = 11) -> dict:
    """A value that is a time."""
    value = {"time": f"+{text}T00:00:00Z", "timezone": 0, "before": 0, "after": 0, "precision": precision}
    return {"type": "time", "value": {**value, "calendarmodel": ENTITY + "Q1985727"}}


def text(value: str) -> dict:
    """A value that is a string."""
    return {"type": "string", "value": value}


def point(latitude: float, longitude: float) -> dict:
    """A value that is a place on the globe."""
    return {"type": "globecoordinate", "value": {"latitude": latitude, "longitude": longitude, "globe": ENTITY + "Q2"}}


_KINDS = {
    "wikibase-entityid": "wikibase-item",
    "time": "time",
    "string": "string",
    "globecoordinate": "globe-coordinate",
}


def snak(property: str, value: dict | None, kind: str = "") -> dict:
    """A property with its value; ``None`` is "unknown"."""
    if value is None:
        return {"snaktype": "somevalue", "property": property, "datatype": kind or "wikibase-item"}
    return {"snaktype": "value", "property": property, "datavalue": value, "datatype": kind or _KINDS[value["type"]]}


def statement(
    property: str, value: dict | None, rank: str = "normal", kind: str = "", **qualifiers: dict
) -> tuple[str, dict]:
    """A statement, to be put into ``Item``."""
    return property, {
        "mainsnak": snak(property, value, kind), "type": "statement", "rank": rank,
        "qualifiers": {name: [snak(name, each)] for name, each in qualifiers.items()},
    }  # fmt: skip


def entity(
    number: str,
    labels: Mapping[str, str],
    statements: Sequence[tuple[str, dict]] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
    descriptions: Mapping[str, str] | None = None,
    revision: int = 1,
) -> dict:
    """An item as wbgetentities gives it."""
    claims: dict[str, list[dict]] = {}
    for place, (property, one) in enumerate(statements):
        claims.setdefault(property, []).append({**one, "id": f"{number}$0000-{place}"})
    return {
        "pageid": 1, "ns": 0, "title": number, "lastrevid": revision, "modified": "2026-11-01T00:00:00Z",
        "type": "item", "id": number,
        "labels": {tag: {"language": tag, "value": value} for tag, value in labels.items()},
        "descriptions": {tag: {"language": tag, "value": value} for tag, value in (descriptions or {}).items()},
        # As PHP writes an empty table.
        "aliases": {
            tag: [{"language": tag, "value": value} for value in values] for tag, values in (aliases or {}).items()
        } or [],
        "claims": claims or [],
    }  # fmt: skip


def excerpt() -> dict[str, dict]:
    """The items of the list above, by number."""
    rows = (line.split("\t") for line in ITEMS.splitlines())
    return {
        number: entity(number, {"en": english, "it": italian}, [statement("P31", item_value(kind))])
        for number, english, italian, kind in rows
    }


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    path: str
    parameters: Mapping[str, str]
    agent: str

    @property
    def action(self) -> str:
        """The action of the API, or ``sparql``."""
        return self.parameters.get("action", "sparql" if "query" in self.parameters else "")


@dataclass
class StandIn:
    """The server: what it knows, which faults are to come, and what it was asked."""

    address: str
    entities: dict[str, dict]
    #: Numbers that now lead to others, and for SPARQL which class is below which.
    redirects: dict[str, str] = field(default_factory=dict)
    below: list[tuple[str, str]] = field(default_factory=list)
    #: One for each request to come, in order: a fault, or "" for none. ``always`` is for all after them.
    faults: list[str] = field(default_factory=list)
    always: str = ""
    retry_after: str = "0"
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    now: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def api(self) -> str:
        """Address of the API."""
        return self.address + "/w/api.php"

    @property
    def sparql(self) -> str:
        """Address of the endpoint."""
        return self.address + "/sparql"

    def variables(self, **more: str) -> dict[str, str]:
        """The environment in which ``kg`` asks this server."""
        return {
            "KG_WIKIDATA_API": self.api, "KG_WIKIDATA_SPARQL": self.sparql, "KG_CONTACT": "test@example.org",
            "no_proxy": "*", **more,
        }  # fmt: skip

    def actions(self) -> list[str]:
        """What was asked, in order."""
        return [one.action for one in self.asked]

    def search(self, words: str, language: str) -> list[dict]:
        """The items one of whose names in the language, in every language or in English begins with these words."""
        found = []
        for number, one in self.entities.items():
            names = [one["labels"].get(tag, {}).get("value", "") for tag in (language, "mul", "en")]
            names += [alias["value"] for each in (one["aliases"] or {}).values() for alias in each]
            if any(name.casefold().startswith(words.casefold()) for name in names if name):
                found.append({"id": number, "title": number, "concepturi": ENTITY + number, "label": names[0]})
        return found

    def entity(self, number: str) -> dict:
        """An element of the answer to wbgetentities."""
        target = self.redirects.get(number)
        if target:
            return {**self.entities[target], "redirects": {"from": number, "to": target}}
        return self.entities.get(number) or {"id": number, "missing": ""}

    def results(self, query: str) -> bytes:
        """The answer of the endpoint, in JSON."""
        store = ox.Store()
        pairs = [(ENTITY + one, "P279", above) for one, above in self.below]
        for number, one in self.entities.items():
            for each in (one["claims"] or {}).get("P31", ()):
                pairs.append((ENTITY + number, "P31", each["mainsnak"]["datavalue"]["value"]["id"]))
        for subject, property, number in pairs:
            store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(DIRECT + property), ox.NamedNode(ENTITY + number)))
        return store.query(query).serialize(format=ox.QueryResultsFormat.JSON)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    stand_in: StandIn

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        self._handle("")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8"))

    def _handle(self, form: str) -> None:
        server, address = self.stand_in, urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(form or address.query, keep_blank_values=True).items()}
        with server.lock:
            server.asked.append(Asked(address.path, given, self.headers.get("User-Agent", "")))
            server.now += 1
            server.most_at_once = max(server.most_at_once, server.now)
            fault = server.faults.pop(0) if server.faults else server.always
        if not AGENT.fullmatch(self.headers.get("User-Agent", "")):
            fault = "403"
        if fault.isalpha():
            getattr(self, "_" + fault)()
        elif fault:
            self._status(fault)
        else:
            self._answer(given)

    def _done(self) -> None:
        """Said before the first byte is sent: who has read the answer may ask again at once."""
        with self.stand_in.lock:
            self.stand_in.now -= 1

    def _answer(self, given: Mapping[str, str]) -> None:
        server = self.stand_in
        if given.get("action") == "wbsearchentities":
            found = server.search(given["search"], given["language"])
            self._json({"searchinfo": {"search": given["search"]}, "search": found, "success": 1})
        elif given.get("action") == "wbgetentities":
            self._json({"entities": {one: server.entity(one) for one in given["ids"].split("|")}, "success": 1})
        elif "query" in given:
            self._send(200, server.results(given["query"]), "application/sparql-results+json")
        else:
            self._status("404")

    def _json(self, answer: object, **headers: str) -> None:
        self._send(200, json.dumps(answer).encode("utf-8"), "application/json; charset=utf-8", **headers)

    def _send(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self._done()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _status(self, status: str) -> None:
        wait = {"Retry_After": self.stand_in.retry_after} if status in ("429", "503") else {}
        self._send(int(status), b"<!DOCTYPE html><p>Error</p>", "text/html", **wait)

    def _maxlag(self) -> None:
        error = {"code": "maxlag", "info": "Waiting for a database server: 6 seconds lagged.", "lag": 6}
        self._json({"error": error}, Retry_After=self.stand_in.retry_after)

    def _html(self) -> None:
        self._send(200, b"<!DOCTYPE html><title>Down</title>", "text/html")

    def _slow(self) -> None:
        self.stand_in.released.wait(30)
        self._done()

    def _drip(self) -> None:
        self._send(200, b"{", "application/json", length="1000")
        with contextlib.suppress(OSError):
            while not self.stand_in.released.wait(0.02):
                self.wfile.write(b" ")

    def _cut(self) -> None:
        self._send(200, b'{"search": [', "application/json", length="1000")

    def _redirect(self) -> None:
        self._send(302, b"", "text/html", Location=self.stand_in.address + "/elsewhere")

    def _empty(self) -> None:
        self._json({"searchinfo": {}, "search": [], "success": 1, "entities": {}, "results": {"bindings": []}})


@contextmanager
def standing_in(entities: Mapping[str, dict] | None = None) -> Iterator[StandIn]:
    """A stand-in on a free port that knows the excerpt and these items; ended afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    known = StandIn(f"http://127.0.0.1:{server.server_address[1]}", {**excerpt(), **(entities or {})})
    server.RequestHandlerClass = type("Handler", (_Handler,), {"stand_in": known})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
