"""The HTTP server around the application: waitress, with its limits and with our error body for what it refuses."""

from __future__ import annotations

import logging
import socket
from http import HTTPStatus

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask

from kg.errors import RequestError
from kg.settings import Settings
from kg.web import check
from kg.web.problems import PROBLEM, written

_CONNECTIONS = 200
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
        problem = RequestError(message, remedy=remedy)
        problem.http_status = status
        body = written(problem)
        self.status = f"{status.value} {status.phrase}"
        self.response_headers.append(("Content-Type", PROBLEM.media_type))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    """A connection."""

    error_task_class = _ProblemTask


def create_server(app: Flask, settings: Settings, listener: socket.socket) -> BaseWSGIServer:
    """A server of the application on a listening socket; ``run`` returns on SystemExit and KeyboardInterrupt."""
    # That requests wait for one another is what a queue is for, and no news to who started the server.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        app,
        sockets=[listener],
        threads=settings.threads,
        connection_limit=_CONNECTIONS,
        max_request_header_size=_ENCODED * settings.max_query_length + _OTHER_HEADERS,
        # The application refuses what is larger than it reads, in its own words; this is the last resort.
        max_request_body_size=max(2 * app.config["MAX_CONTENT_LENGTH"], check.largest_body(settings)),
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = _Channel
    return server
