"""Fair use: who has asked for too much waits, nobody else does, and what is owed is paid by waiting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kg.fairuse import PERIOD, Accounts, party


def test_a_client_that_used_up_its_budget_waits_and_no_other_does() -> None:
    accounts = Accounts(60.0)
    for moment in range(6):
        assert accounts.wait("192.0.2.1", moment) == 0
        accounts.charge("192.0.2.1", 11.5, moment)
    wait = accounts.wait("192.0.2.1", 5.0)
    assert wait > 0
    assert accounts.wait("192.0.2.2", 5.0) == 0
    assert accounts.wait("192.0.2.1", 5.0 + wait) == 0


def test_no_budget_is_no_limit() -> None:
    accounts = Accounts(0.0)
    accounts.charge("192.0.2.1", 1e6, 0.0)
    assert accounts.wait("192.0.2.1", 0.0) == 0


def test_those_that_asked_longest_ago_are_forgotten() -> None:
    accounts = Accounts(1.0, clients=2)
    for number in range(3):
        accounts.charge(f"192.0.2.{number}", 5.0, 0.0)
    assert [accounts.wait(f"192.0.2.{number}", 0.0) > 0 for number in range(3)] == [False, True, True]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("unix:", "unix:", True),
    ],
)
def test_whom_an_address_belongs_to(one: str, other: str, same: bool) -> None:
    assert (party(one) == party(other)) is same


@given(
    st.floats(1, 100),
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 30)), min_size=1, max_size=40),
)
def test_whoever_keeps_to_the_wait_gets_its_budget_and_no_more(budget: float, asked: list[tuple[float, float]]) -> None:
    accounts, now, used = Accounts(budget), 0.0, 0.0
    for pause, cost in asked:
        now += pause
        now += accounts.wait("client", now)
        assert accounts.wait("client", now) == 0
        accounts.charge("client", cost, now)
        used += cost
        # The budget at the start, what refilled, and the last question, which may overdraw.
        assert used <= budget + now * budget / PERIOD + cost + 1e-6
