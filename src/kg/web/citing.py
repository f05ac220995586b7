"""Answers that can be cited: an address that gives the same bytes again, validators, and lifetimes for caches.

Everything that decides the bytes of an answer is known before the query runs: the snapshot, the query, its parameters,
the format, and the versions of the programme and the engine. A query whose answer something else decides is not citable
(``kg.sparql.stable``), and says so by ``Cache-Control: no-store``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property, lru_cache
from urllib.parse import quote_plus

import pyoxigraph as ox
from flask import Response, request

from kg import __version__
from kg.model import Answer, Query, Snapshot
from kg.sparql.negotiate import Choice
from kg.sparql.protocol import QueryRequest
from kg.web.shortcut import keep, matches
from kg.web.validators import empty

#: The longest address that is given to an answer, in bytes: proxies and browsers take so much.
LONGEST = 4_000
#: For how long an answer from the current snapshot may be given again without asking: a new one may be built any time.
_CURRENT = "public, max-age=60, must-revalidate"
#: An answer at its own address never changes (RFC 8246).
_FOR_GOOD = "public, max-age=31536000, immutable"
NEVER = "no-store"
#: A page is made anew each time, of templates that may change without a snapshot.
PAGE = "no-cache"
_SAFE = ("GET", "HEAD", "QUERY")
_ASCII = {code: quote_plus(chr(code)) for code in range(128)}
#: Fields of a request that do not decide what a complete answer says.
_NO_MATTER = ("query", "default_graphs", "named_graphs", "as_of", "formats", "timeout", "snapshot", "lang")
#: The others, and the parameters that set them.
_MATTERS = tuple((one.name, one.name.replace("_", "-")) for one in fields(QueryRequest) if one.name not in _NO_MATTER)


@dataclass(frozen=True)
class Citable:
    """What decides an answer: the snapshot, the query as it runs, the request it came in, the format; ``stable`` is
    False if that is not all."""

    snapshot: Snapshot
    query: Query
    asked: QueryRequest
    choice: Choice
    language: str = ""
    stable: bool = True
    #: True if other services are asked as well.
    elsewhere: bool = False
    #: What it is cited by, if it has a name of its own.
    named: str = ""

    @cached_property
    def key(self) -> str:
        """SHA-256, in hexadecimal, over all that decides the bytes of the answer and its Content-Type."""
        snapshot, query = self.snapshot, self.query
        built = snapshot.content or f"{snapshot.path} {snapshot.built}"
        parts = [
            __version__, ox.__version__, snapshot.digest, built, query.text, query.default_graphs, query.named_graphs,
            query.base, self._parameters, self.choice.format.name, self.choice.content_type, self.asked.as_of,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode("utf-8")).hexdigest()

    @property
    def etag(self) -> str:
        """The strong validator (RFC 9110, section 8.8.3), empty if there is none."""
        return f'"{self.key}"' if self.stable else ""

    @cached_property
    def address(self) -> str:
        """Where the same bytes are given again; empty if nowhere, or if that would be too long."""
        query, asked = self.query, self.asked
        fields = [("query", asked.query or "")]
        fields += [("default-graph-uri", iri) for iri in query.default_graphs]
        fields += [("named-graph-uri", iri) for iri in query.named_graphs]
        fields += [("as-of", asked.as_of)] if asked.as_of else []
        fields += [(name, "1" if value is True else str(value)) for name, value in self._parameters]
        fields += [("format", _name(self.choice)), ("snapshot", self.snapshot.reference)]
        address = f"{query.base}?{'&'.join(f'{name}={_encoded(value)}' for name, value in fields)}"
        return address if self.stable and len(address) <= LONGEST else ""

    def citation(self, root: str) -> str:
        """The path of the page that tells how to cite the answer, below the path ``root`` of the server."""
        return f"{root}/cite?{self.address.partition('?')[2]}"

    @cached_property
    def _parameters(self) -> list[tuple[str, object]]:
        """The parameters of ours that decide the answer, by name."""
        found = [(parameter, value) for name, parameter in _MATTERS if (value := getattr(self.asked, name))]
        # What explains or adds to an answer may do so in the reader's language.
        return [*found, ("lang", self.language)] if self.asked.evidence or self.asked.explain else found

    def not_modified(self) -> Response | None:
        """The answer to a conditional request (RFC 9110, section 13.1) if its client has the current answer, else None."""
        if not self.stable or request.method not in _SAFE:
            return None
        wanted = request.headers.get("If-None-Match")
        if wanted is not None:
            # Whether there is any answer (*) is not known yet.
            if wanted.strip() == "*" or not matches(wanted, self.etag):
                return None
        elif not (self._dated and _is_since(request.headers.get("If-Modified-Since"), self.snapshot)):
            return None
        return self.mark(Response(status=304))

    def mark(self, response: Response, answer: Answer | None = None) -> Response:
        """Add to a response what it can be cited and cached by; it consists of ``answer`` if one is given."""
        headers = response.headers
        headers.extend(self.headers(cacheable=request.method in _SAFE))
        if not self.stable:
            return response
        if request.method in _SAFE:
            had = matches(request.headers.get("If-None-Match", ""), self.etag)
            if had and response.status_code == 200 and not response.is_streamed:
                # Only “*” comes here: everything else was looked at before.
                response.status_code = 304
        if response.status_code == 200 and answer and answer.rest is None and request.method == "GET":
            keep(request.environ, answer)
        if response.status_code == 304:
            empty(response)
        return response

    def headers(self, cacheable: bool) -> Iterator[tuple[str, str]]:
        """The headers that an answer is cited by; and if it is ``cacheable``, those that it is cached by."""
        if self.asked.as_of:
            yield "KG-As-Of", self.asked.as_of
        if not self.stable:
            yield "Cache-Control", NEVER
            return
        if self.named or self.address:
            yield "Link", f'<{self.named or self.address}>; rel="cite-as"'
        if cacheable:
            yield "ETag", self.etag
            yield "Last-Modified", http_date(self.snapshot)
            whole = self.asked.snapshot == self.snapshot.reference and bool(self.snapshot.content)
            yield "Cache-Control", _FOR_GOOD if whole else _CURRENT

    @property
    def _dated(self) -> bool:
        """True if the answer is as old as the snapshot, which it is if no other programme built it."""
        versions = self.snapshot.versions
        return versions.get("kg") == __version__ and versions.get("pyoxigraph") == ox.__version__


def _encoded(text: str) -> str:
    """A value as in a form (``application/x-www-form-urlencoded``), as ``quote_plus`` writes it but sooner."""
    return text.translate(_ASCII) if text.isascii() else quote_plus(text)


def _name(choice: Choice) -> str:
    """What asks for a format by ``format``, so that the media type is the same as well."""
    return choice.format.name if choice.media_type == choice.format.media_type else choice.media_type


@lru_cache(16)
def _at(built: str) -> datetime:
    """When a snapshot was built, by what its manifest says; to the second, as HTTP does."""
    found = datetime.fromisoformat(built)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def http_date(snapshot: Snapshot) -> str:
    """When a snapshot was built, as HTTP writes it (RFC 9110, section 5.6.7)."""
    return _as_http(snapshot.built)


@lru_cache(16)
def _as_http(built: str) -> str:
    return format_datetime(_at(built), usegmt=True)


def _is_since(given: str | None, snapshot: Snapshot) -> bool:
    """True if nothing has changed since a date of HTTP; what is no date counts as none."""
    try:
        since = parsedate_to_datetime(given or "")
    except ValueError:
        return False
    return _at(snapshot.built) <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def sha256_of(body: bytes, rest: Iterator[bytes] | None) -> str:
    """The SHA-256, in hexadecimal, of an answer that may come in pieces. Raises what the pieces raise."""
    digest = hashlib.sha256(body)
    try:
        for piece in rest or ():
            digest.update(piece)
    finally:
        getattr(rest, "close", lambda: None)()
    return digest.hexdigest()
