"""One request at a time to a service that others share: with patience when it is told to wait, and an end to it."""

from __future__ import annotations

import contextlib
import email.utils
import fcntl
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from kg.errors import ServiceError, StateError

#: Tries of one request, and seconds before the second; each wait after it is twice as long, up to the longest.
TRIES = 6
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
#: The largest answer read, in bytes.
LARGEST = 100_000_000
#: What says "later" and not "no" (RFC 9110 and 6585); and the errors of the API that do.
LATER = (429, 500, 502, 503, 504)
LATER_CODES = ("maxlag", "ratelimited", "readonly", "internal_api_error_DBQueryError")


class _Later(Exception):
    """The service did not answer, but may: why, and the seconds it asks us to wait, if it does."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why, self.wait = why, wait


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: an answer is the service's own, or none."""

    def redirect_request(self, *arguments: object) -> None:
        """No request instead."""
        return


class Transport:
    """Sends requests to a service and reads the JSON it answers."""

    def __init__(
        self,
        agent: str,
        *,
        timeout: float,
        patience: float,
        lock: Path,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``agent`` says who asks; ``timeout`` and ``patience`` are the seconds that a request may take, and that are
        waited between tries of it in all; ``lock`` is a file that keeps other processes from asking meanwhile."""
        self.agent = agent
        self._timeout, self._patience, self._lock = timeout, patience, lock
        self._tell, self._sleep = tell, sleep
        self._opener = urllib.request.build_opener(_NoRedirects)

    def send(self, request: urllib.request.Request) -> Mapping[str, object]:
        """The JSON object that is the answer. Raises ServiceError if there is none, StateError without a lock."""
        request.add_header("User-Agent", self.agent)
        waited, wait = 0.0, FIRST_WAIT
        for left in range(TRIES - 1, -1, -1):
            try:
                with self._alone():
                    return self._once(request)
            except _Later as later:
                pause = max(later.wait if later.wait is not None else wait, 0.0)
                if not left or waited + pause > self._patience:
                    raise _given_up(request, later) from None
            self._tell(f"{_host(request)}: {later_words(pause)}")
            self._sleep(pause)
            waited, wait = waited + pause, min(wait * 2, LONGEST_WAIT)
        raise AssertionError("unreachable")

    def _once(self, request: urllib.request.Request) -> Mapping[str, object]:
        until = time.monotonic() + self._timeout
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return _json(_read(response, until), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                _refuse(request, error)
                raise _Later(f"it answered {error.code}", _retry_after(error.headers)) from None
        except (OSError, http.client.HTTPException) as error:
            # A time-out, a refused or a cut connection, a name that nobody knows.
            reason = getattr(error, "reason", None) or error
            raise _Later(f"it cannot be reached ({reason or type(error).__name__})") from None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes of this user from asking at the same time."""
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            stream: IO[str] = self._lock.open("a")
        except OSError as error:
            raise StateError(
                f"{self._lock} cannot be written ({error.strerror}).", remedy="Choose another folder with --state."
            ) from None
        with stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def later_words(pause: float) -> str:
    """What is said while a service is waited for."""
    return f"asks us to wait, or does not answer; trying again in {pause:.0f} s"


def _refuse(request: urllib.request.Request, error: urllib.error.HTTPError) -> None:
    """Raise ServiceError for what is no better later."""
    if 300 <= error.code < 400:
        raise ServiceError(
            f"{_host(request)} redirects elsewhere; redirects are not followed.",
            remedy="Set its address to where it is now, if that is to be trusted.",
        )
    if error.code in (401, 403):
        raise ServiceError(
            f"{_host(request)} refuses us ({error.code}).",
            remedy="It may want another contact (KG_CONTACT), or have blocked this network.",
        )
    if error.code not in LATER:
        raise ServiceError(f"{_host(request)} answered {error.code}.", remedy="Report it; nothing was learnt.")


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """The body, or as much of it as is ever read; a service that sends a byte now and then runs out of time as well."""
    content = bytearray()
    while len(content) <= LARGEST and (piece := response.read1(1_000_000)):
        content += piece
        if time.monotonic() > until:
            raise TimeoutError("it took too long")
    return bytes(content)


def _json(content: bytes, headers: http.client.HTTPMessage) -> Mapping[str, object]:
    declared = headers.get("Content-Length", "")
    # Read piece by piece, a body that is cut short just ends.
    if declared.isdecimal() and len(content) < min(int(declared), LARGEST):
        raise _Later("the connection was cut")
    try:
        answer = json.loads(content) if len(content) <= LARGEST else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        # A page that says that all is down comes with status 200 as well.
        raise _Later("it answered what is no JSON")
    error = answer.get("error")
    if isinstance(error, dict):
        if error.get("code") in LATER_CODES:
            raise _Later(f"it answered {error['code']}", _retry_after(headers))
        raise ServiceError(
            f"The service refused the question ({error.get('code')}).", remedy="Report it; nothing was learnt."
        )
    return answer


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks us to wait (RFC 9110, section 10.2.3), or None if it does not."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return email.utils.parsedate_to_datetime(text).timestamp() - time.time() if text else None
    except ValueError:
        return None


def _given_up(request: urllib.request.Request, later: _Later) -> ServiceError:
    asked = f" It asks us to wait {later.wait:.0f} s." if later.wait else ""
    return ServiceError(
        f"{_host(request)} is not reachable: {later.why}.{asked}",
        remedy="This says nothing of what was asked. Run the command again later: what was answered so far is kept.",
    )


def _host(request: urllib.request.Request) -> str:
    return urlsplit(request.full_url).netloc
