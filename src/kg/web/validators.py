"""A validator for pages and descriptions, which are made anew each time: who has the same bytes is not sent them again."""

from __future__ import annotations

import hashlib

from flask import Response, request

from kg.web.shortcut import CONTENT_HEADERS, matches

_METHODS = ("GET", "HEAD")
#: What a client may keep only if it asks each time whether it still holds.
_ASKED_AGAIN = "no-cache"


def validate(response: Response) -> Response:
    """Add an ETag of its bytes to a whole response that has none, and answer 304 to who has them (RFC 9110, 13.1.2)."""
    headers = response.headers
    if request.method not in _METHODS or response.status_code != 200 or "ETag" in headers:
        return response
    if headers.get("Cache-Control") != _ASKED_AGAIN or response.is_streamed or response.direct_passthrough:
        return response
    etag = f'"{hashlib.sha256(response.get_data()).hexdigest()}"'
    headers["ETag"] = etag
    wanted = request.headers.get("If-None-Match")
    if wanted is not None and matches(wanted, etag):
        response.status_code = 304
        empty(response)
    return response


def empty(response: Response) -> None:
    """Take from a response what one without content, a 304, leaves out."""
    response.set_data(b"")
    for name in CONTENT_HEADERS:
        response.headers.pop(name, None)
