"""The whole data set as files: all graphs in N-Quads or TriG, and the ledger of links as a table (SSSOM/TSV).

They are read from the folder of the snapshot, so that they cost the workers nothing, and handed to the server as files, so
that no thread waits for who reads slowly.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from io import RawIOBase
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.errors import Busy, NotFound, SnapshotError
from kg.rdf import LEDGER, PREFIXES
from kg.storing import DUMP
from kg.texts import Texts
from kg.web.site import site
from kg.web.task import FILE

#: Files that are being sent at once, each over a connection of its own: a part of those that there may be.
_AT_ONCE = 32
#: Requests that wait for a file that is being made, each in a thread.
_WAITING = 3
#: Bytes of a piece that is sent, and quads that are written together.
_PIECE, _TOGETHER = 1 << 18, 5_000
_N_QUADS, _TRIG, _TSV = "application/n-quads", "application/trig", "text/tab-separated-values; charset=utf-8"


def blueprint() -> Blueprint:
    """The routes of the files."""
    routes, files = Blueprint("dumps", __name__), Files()
    routes.add_url_rule("/dump.nq", "quads", files.quads)
    routes.add_url_rule("/dump.trig", "trig", files.trig)
    routes.add_url_rule("/links.sssom.tsv", "links", links)
    return routes


class Files:
    """The files of one server: how many are being sent, and how many requests wait for one that is being made."""

    def __init__(self) -> None:
        self._sent = BoundedSemaphore(_AT_ONCE)
        self._awaited = BoundedSemaphore(_WAITING)

    def quads(self) -> Response:
        """The default graph and every named graph of the snapshot, in N-Quads. Raises NotFound, Busy."""
        return self._response("nq", _N_QUADS, lambda path: path.open("rb"))

    def trig(self) -> Response:
        """The same in TriG, which is made once of each snapshot. Raises NotFound, Busy."""
        return self._response("trig", _TRIG, self._trig)

    def _response(self, ending: str, content_type: str, open_: Callable[[Path], IO[bytes]]) -> Response:
        site().answer_from(request.args.get("snapshot"))
        path = Path(site().snapshot.path) / DUMP
        if not path.is_file():
            raise NotFound("The files of this snapshot are not here.", remedy="Build it again with: kg build --force")
        response = _marked(Response(content_type=content_type), ending)
        if response.status_code == 200 and request.method == "GET":
            self._send(response, path, open_)
        elif response.status_code == 200:
            # How long the file is need not be known, and is not nothing.
            response.response = iter(())
            response.headers.pop("Content-Length", None)
        return response

    def _send(self, response: Response, path: Path, open_: Callable[[Path], IO[bytes]]) -> None:
        """Have the file sent with the response. Raises Busy if as many as may be are being sent."""
        if not self._sent.acquire(blocking=False):
            raise Busy("As many files of the whole data set as may be are being sent.", remedy="Try again in a minute.")
        try:
            file = _Reading(open_(path), self._sent.release)
        except BaseException:
            self._sent.release()
            raise
        response.content_length = file.size
        response.response = _pieces(file, request.environ.get(FILE))

    def _trig(self, path: Path) -> IO[bytes]:
        """The file in TriG. Raises Busy if others wait for it already, or it cannot be kept."""
        made = site().served.made.get("trig")
        if made:
            return made  # type: ignore[return-value]
        if not self._awaited.acquire(blocking=False):
            raise Busy("The file is being made.", remedy="Try again in a few seconds.")
        try:
            return site().at_length("trig", lambda: _as_trig(path))
        except OSError:
            raise Busy("There is no room to make the file.", remedy="Take /dump.nq, which has the same.") from None
        finally:
            self._awaited.release()


class _Reading(RawIOBase):
    """A file that is read from its beginning, whoever else reads the same; ``ended`` is called when it is closed."""

    def __init__(self, file: IO[bytes], ended: Callable[[], None]) -> None:
        self._file: IO[bytes] | None = file
        self._ended = ended
        self._at = 0
        #: Its length in bytes.
        self.size = os.fstat(file.fileno()).st_size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, in bytes; where that is."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on; how many bytes. Raises ValueError if it is closed."""
        if self._file is None:
            raise ValueError("The file is closed.")
        read = os.pread(self._file.fileno(), len(buffer), self._at)
        buffer[: len(read)] = read
        self._at += len(read)
        return len(read)

    def close(self) -> None:
        """Let go of the file; also called when nobody has this any more."""
        file, self._file = self._file, None
        if file:
            self._ended()
        super().close()


def _pieces(file: _Reading, whole: Callable[[_Reading], Any] | None) -> Iterator[bytes]:
    """The file for the server to send, as a ``whole`` if it takes that, which then closes it."""
    if whole and file.size:
        piece = whole(file)
        piece.prepare()
        yield piece
        return
    with file:
        while read := file.read(_PIECE):
            yield read


def links() -> Response:
    """The ledger of links to Wikidata as it was when the snapshot was built. Raises NotFound if there was none."""
    site().answer_from(request.args.get("snapshot"))
    text = site().once("ledger", _ledger)
    if not text:
        raise NotFound("This snapshot has no ledger of links.", remedy="Look at /graphs for what it has.")
    return _marked(Response(text, content_type=_TSV), "sssom")


def _ledger() -> str:
    try:
        return Texts(Path(site().snapshot.path)).by_path.get(LEDGER, "")
    except SnapshotError:
        return ""


def _marked(response: Response, ending: str) -> Response:
    """The response with what tells whether it has changed, and the name that it is kept under."""
    response.set_etag(hashlib.sha256(f"{site().snapshot.reference} {ending}".encode()).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    if ending != "sssom":
        response.headers["Content-Disposition"] = f'attachment; filename="coalition-kg-{site().snapshot.digest[:12]}.{ending}"'
    return response.make_conditional(request)


def _as_trig(path: Path) -> IO[bytes]:
    """A file without a name, of the quads of a dump, those of a graph together as far as they stand together."""
    made = TemporaryFile(prefix="coalition-kg-")
    with path.open("rb") as file:
        every = ox.parse(file, format=ox.RdfFormat.N_QUADS)
        for _, graph in groupby(every, key=lambda quad: quad.graph_name):
            for some in _batches(graph):
                made.write(ox.serialize(some, format=ox.RdfFormat.TRIG, prefixes=PREFIXES))
    made.flush()
    return made


def _batches(graph: Iterator[ox.Quad]) -> Iterator[list[ox.Quad]]:
    some: list[ox.Quad] = []
    for quad in graph:
        some.append(quad)
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some
