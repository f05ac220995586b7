"""What happens to every request around the application."""

from __future__ import annotations

import pytest
from kg.web.front import Front, Record


def ended(body: list[bytes]) -> list[Record]:
    """What an observer is told of a request with this body."""
    records: list[Record] = []

    def app(environ: dict, start: object) -> list[bytes]:
        start("200 OK", [])  # type: ignore[operator]
        return body

    front = Front(app, [lambda record: records.append(dict(record))])
    response = front({}, lambda *_: None)
    list(response)
    response.close()  # type: ignore[attr-defined]
    return records


@pytest.mark.parametrize("body", [[b"one", b"two"], [b""], []])
def test_each_request_is_told_of_once(body: list[bytes]) -> None:
    (record,) = ended(body)
    assert record["status"] == 200 and record["whole"] and record["bytes"] == sum(map(len, body))


def test_a_request_that_fails_is_told_of() -> None:
    records: list[Record] = []

    def app(environ: dict, start: object) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Front(app, [records.append])({}, lambda *_: None)
    (record,) = records
    assert record["status"] == 500
