"""The answering of one request: its head written sooner than by waitress, and sent in one piece with a small body."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.task import WSGITask
from waitress.utilities import build_http_date

#: Where the application finds what makes a piece of a body of a whole file, which no thread waits for to be read. The
#: ``wsgi.file_wrapper`` of PEP 3333 is no piece, and would have to reach the server as it is.
FILE = "kg.file"
#: Bytes of a body that are sent together with the headers.
_TOGETHER = 65_536
#: Headers that waitress does something about.
_TREATED = frozenset({"Connection", "Date", "Server"})


class Task(WSGITask):
    """The answering of one request."""

    def get_environment(self) -> dict[str, Any]:
        """The environment of the request, the one in which the application was asked if it was."""
        early = self.request.early
        if early:
            return early.environ
        environ = super().get_environment()
        environ[FILE] = ReadOnlyFileBasedBuffer
        return environ

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

    def write(self, data: bytes | ReadOnlyFileBasedBuffer) -> None:
        """Send a piece of the body; the headers go with the first one, so that the client is not woken twice."""
        if isinstance(data, ReadOnlyFileBasedBuffer):
            self._hand_over(data)
            return
        if self.wrote_header or not 0 < len(data) < _TOGETHER:
            super().write(data)
            return
        self.channel.held = []
        try:
            super().write(data)
        finally:
            held, self.channel.held = self.channel.held, None
        self.channel.write_soon(b"".join(held))

    def finish(self) -> None:
        """End the answer. Where the answer to the next request would wait in a thread until this one is read, the
        connection ends with it, and the client asks again (RFC 9112, section 9.3.2)."""
        super().finish()
        if len(self.channel.requests) > 1 and self.channel.total_outbufs_len > self.channel.adj.outbuf_high_watermark:
            self.set_close_on_finish()

    def _hand_over(self, file: ReadOnlyFileBasedBuffer) -> None:
        """Have a file sent as the client reads it; the channel closes it."""
        size = len(file)
        if len(self.channel.requests) > 1:
            # The answer to the next request would wait in a thread until this one is read. Its client asks again.
            self.set_close_on_finish()
        try:
            super().write(b"")
            self.channel.write_soon(file)
        except BaseException:
            file.close()
            raise
        self.content_bytes_written += size


@lru_cache(256)
def _spelled(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


@lru_cache(2)
def _date(second: int) -> str:
    return build_http_date(second)
