"""The HTTP server around the application: waitress, with its limits and with our error body for what it refuses."""

from __future__ import annotations

import logging
import socket
from http import HTTPStatus

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.task import ErrorTask

from kg.errors import Busy, RequestError
from kg.settings import Settings
from kg.web import check
from kg.web.connections import CONNECTIONS, Channel, Server
from kg.web.problems import PROBLEM, written

#: Connections beyond those that are held, for the moment in which others are closed for them.
_MORE = 64
#: Bytes of an answer that wait for the client to read them, beyond which a thread waits too; and of an answer that is
#: given to the server whole, beyond which they wait in a temporary file.
_WAITING = 1_000_000
_IN_MEMORY = 2_000_000
#: Seconds between looks for connections that nothing happens on.
_LOOK = 5
#: An encoded character of a query in the address takes three bytes; the rest is for the other headers.
_ENCODED = 3
_OTHER_HEADERS = 65_536

#: Status of what the server itself refuses → what is wrong, and what to do.
_SENTENCES = {
    HTTPStatus.BAD_REQUEST: (
        "The request is not written as HTTP/1.1 says.",
        "Ask with an ordinary HTTP client, and percent-encode the characters of the address.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("The request is larger than what is read.", "Send less at once."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "The address and the headers are larger than what is read.", "Send a long query as the body of a POST.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "The server is answering other requests.", "Try again in a few seconds.",
    ),
    HTTPStatus.NOT_IMPLEMENTED: (
        "The request has a transfer encoding that is not read.", "Send it with a Content-Length, or chunked.",
    ),
}
_OTHER = ("The request cannot be read.", "Ask with an ordinary HTTP client.")


class _ProblemTask(ErrorTask):
    """Answers what the server itself refuses, before the application sees it, in the one error body."""

    def execute(self) -> None:
        refusal = self.request.error
        status = HTTPStatus(refusal.code)
        message, remedy = _SENTENCES.get(status, _OTHER)
        problem = (Busy if status == HTTPStatus.SERVICE_UNAVAILABLE else RequestError)(message, remedy=remedy)
        problem.http_status = status
        body = written(problem, self.channel.server.root)
        self.status = f"{status.value} {status.phrase}"
        self.response_headers.append(("Content-Type", PROBLEM.media_type))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        if isinstance(problem, Busy):
            self.response_headers.append(("Retry-After", "5"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(Channel):
    """A connection."""

    error_task_class = _ProblemTask


class _Server(Server):
    """The server."""

    channel_class = _Channel
    #: The path below which a proxy serves us, as far as it is known before a request is read.
    root = ""


def create_server(app: Flask, settings: Settings, listener: socket.socket) -> Server:
    """A server of the application on a listening socket; ``run`` returns when ``end`` is called."""
    # That requests wait for one another is what a queue is for, and no news to who started the server.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    adjustments = Adjustments(
        sockets=[listener],
        threads=settings.threads,
        connection_limit=CONNECTIONS + _MORE,
        cleanup_interval=_LOOK,
        outbuf_high_watermark=_WAITING,
        outbuf_overflow=_IN_MEMORY,
        max_request_header_size=_ENCODED * settings.max_query_length + _OTHER_HEADERS,
        # The application refuses what is larger than it reads, in its own words; this is the last resort.
        max_request_body_size=max(2 * app.config["MAX_CONTENT_LENGTH"], check.largest_body(settings)),
        asyncore_use_poll=True,
        ident=None,
        # Whose word on the client is taken is decided by kg.web.forwarded.
        clear_untrusted_proxy_headers=False,
    )
    where = (listener.family, listener.type, listener.proto, listener.getsockname())
    server = _Server(app, {}, True, listener, adj=adjustments, sockinfo=where, bind_socket=False)
    server.root = settings.path_prefix
    server.asks_at_once = "kg" in app.extensions
    return server
