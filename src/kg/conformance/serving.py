"""A real ``kg serve`` over a folder of snapshots, and a client that keeps one connection to a server."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from kg.errors import SettingError, SnapshotError

#: Seconds for a server to answer or to end: a bound against hanging.
PATIENCE = 60.0
_FAILURE = 500


class Broken(Exception):
    """A server failed: it answered with 5xx, closed the connection or stayed silent; the text says which."""


@dataclass(frozen=True)
class Response:
    """What a server answered: status, headers with names in small letters, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def __str__(self) -> str:
        """The status, the media type and the beginning of the body, on one line."""
        return " ".join(f"{self.status} {self.media_type} {self.body[:300].decode('utf-8', 'replace')}".split())


class Client:
    """One connection to the server at an address, kept between requests; opened again when the server closes it."""

    def __init__(self, address: str) -> None:
        """Raises SettingError if the address is none of HTTP."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SettingError(f"{address} is no address of a server.", remedy="Give one as http://127.0.0.1:8000.")
        self.address = address.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.netloc, timeout=PATIENCE)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Response:
        """One request to a path below the address, with no header but these, Host and Content-Length.

        Raises Broken for a status of 5xx and for no answer.
        """
        for attempt in (1, 2):
            try:
                return self._send(method, self._prefix + path, headers, body)
            except (http.client.HTTPException, OSError) as error:
                self._connection.close()
                # A kept connection may have been closed in the meantime: one more try on a new one.
                if attempt == 2:
                    raise Broken(f"{type(error).__name__}: {error}") from None
        raise AssertionError("two attempts either answer or raise")

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name, value)
        if body is not None:
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        answer = self._connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        response = Response(answer.status, headers, answer.read())
        if response.status >= _FAILURE:
            raise Broken(str(response))
        return response

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def serving(state: Path, repository: Path) -> Iterator[str]:
    """The address of a server over this folder of snapshots, on a free port of the loopback address, ended afterwards.

    No setting of the environment reaches it. Raises SnapshotError if it does not start.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    # One client asks all the questions at once, which a budget would stop.
    environment |= {"KG_STATE": str(state), "KG_REPOSITORY": str(repository), "KG_BUDGET": "0"}
    # -P: a file of the working folder must not stand in for a module.
    command = [sys.executable, "-P", "-m", "kg", "serve", "--port", "0", "--workers", "2"]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
        try:
            yield _address(process, complaints)
        finally:
            _end(process)


def _address(process: subprocess.Popen[str], complaints: BinaryIO) -> str:
    """The address that a server says it listens on. Raises SnapshotError with its last words if it does not."""
    assert process.stdout is not None
    address = re.search(r"http://[^ ]+", process.stdout.readline())
    if address:
        return address[0]
    process.wait(PATIENCE)
    complaints.seek(0)
    words = complaints.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    raise SnapshotError(f"kg serve did not start over the data of the suites ({words}).", remedy="Try: kg serve --port 0")


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a server to stop, and make it if it does not."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
