"""That what a form sends comes from a page of ours: a token in the form, and what the browser says of where it was sent.

There is no login that another site could misuse; the token keeps a page of another site from having a reader's browser
send things here in the reader's name, such as from inside a network that the other site cannot reach. Nothing is kept
of a token: it holds the time of its end, signed with a secret that ends with the process (RFC 2104).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from flask import Response, g, request

from kg.errors import RequestError

#: Seconds for which a form may stay open before it is sent.
LASTS = 12 * 3600
_SECRET = secrets.token_bytes(32)
FIELD = "token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignForm(RequestError):
    """A form of another site sends what only our own pages may (RFC 9110, section 15.5.4)."""

    code = "foreign-form"
    http_status = 403


class StaleForm(RequestError):
    """A form was open for too long, or the server has been started anew since."""

    code = "stale-form"
    http_status = 403


def token(page: str) -> str:
    """A token for the forms of a page, which makes this response one that nobody else may read or keep."""
    g.private = True
    end = str(int(time.time()) + LASTS)
    return f"{end}.{_signed(page, end)}"


def check_origin() -> None:
    """Refuse what a browser says that a page of another site sends. Raises ForeignForm."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    # The browser knows the address that its reader sees; Host may be another where a proxy stands between.
    elsewhere = site is None and origin is not None and origin.partition("://")[2] != request.host
    if elsewhere or site not in (None, "same-origin", "none"):
        raise ForeignForm(
            "This form was sent by a page of another site.", remedy="Open the page here and send the form from it."
        )


def check_token(page: str, given: str | None) -> None:
    """Refuse a form without the token of its page. Raises StaleForm."""
    end, _, signed = (given or "").partition(".")
    good = hmac.compare_digest(signed.encode("utf-8"), _signed(page, end).encode("ascii"))
    if not (good and end.isdigit() and int(end) >= time.time()):
        raise StaleForm(
            "The page was open for too long, or the server was started anew.", remedy="Open it again and send it once more."
        )


def make_private(response: Response) -> Response:
    """Keep a page with a token from other sites, and from being kept by anybody."""
    if g.get("private"):
        for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
            response.headers.pop(name, None)
        response.headers["Cache-Control"] = "no-store"
    return response


def _signed(page: str, end: str) -> str:
    return hmac.new(_SECRET, f"{page} {end}".encode(), hashlib.sha256).hexdigest()
