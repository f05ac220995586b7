"""The answering of one request: its head written sooner than by waitress, and sent in one piece with a small body."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any

from waitress.task import WSGITask
from waitress.utilities import build_http_date

#: Bytes of a body that are sent together with the headers.
_TOGETHER = 65_536
#: Headers that waitress does something about.
_TREATED = frozenset({"Connection", "Date", "Server"})


class Task(WSGITask):
    """The answering of one request."""

    def get_environment(self) -> dict[str, Any]:
        """The environment of the request, the one in which the application was asked if it was."""
        early = self.request.early
        return early.environ if early else super().get_environment()

    def build_response_header(self) -> bytes:
        """The status line and the headers, in the order and spelling of waitress; those of most answers sooner."""
        headers = [(_spelled(name), value) for name, value in self.response_headers]
        names = {name for name, _ in headers}
        plain = self.version == "1.1" and "CONNECTION" not in self.request.headers and self.has_body
        if not plain or "Content-Length" not in names or names & _TREATED:
            return super().build_response_header()
        headers.append(("Date", _date(int(self.start_time))))
        headers.sort(key=itemgetter(0))
        lines = [f"HTTP/1.1 {self.status}", *map(": ".join, headers), "\r\n"]
        return "\r\n".join(lines).encode("latin-1")

    def write(self, data: bytes) -> None:
        """Send a piece of the body; the headers go with the first one, so that the client is not woken twice."""
        if self.wrote_header or not 0 < len(data) < _TOGETHER:
            super().write(data)
            return
        self.channel.held = []
        try:
            super().write(data)
        finally:
            held, self.channel.held = self.channel.held, None
        self.channel.write_soon(b"".join(held))


@lru_cache(256)
def _spelled(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


@lru_cache(2)
def _date(second: int) -> str:
    return build_http_date(second)
