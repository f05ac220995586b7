"""Fair use: a budget of seconds of work for each client, which refills as time goes by."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

#: Seconds in which a budget that is used up has refilled.
PERIOD = 60.0
#: Clients remembered; of more, those that asked longest ago are forgotten.
CLIENTS = 10_000
#: Bits of an IPv6 address that belong to one client (RFC 6177: a site is given at least a /64).
_SITE = 64


@dataclass
class _Account:
    """What a client has left, in seconds, at a moment of the monotonic clock; below 0 is what it owes."""

    left: float
    at: float


class Accounts:
    """The budgets of all clients. Not safe for several threads at once; times are seconds of one monotonic clock."""

    def __init__(self, budget: float, clients: int = CLIENTS) -> None:
        """``budget`` is in seconds of work per ``PERIOD``; 0 sets no limit."""
        self._budget = budget
        self._clients = clients
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Seconds until the client may ask again; 0 if it may ask now."""
        account = self._accounts.get(party(client))
        if account is None:
            return 0.0
        left = self._left(account, now)
        return 0.0 if left > 0 else (self._least() - left) * PERIOD / self._budget

    def charge(self, client: str, seconds: float, now: float) -> None:
        """Take seconds of work from what the client has left."""
        if not self._budget:
            return
        key = party(client)
        known = self._accounts.pop(key, None)
        left = self._left(known, now) if known else self._budget
        self._accounts[key] = _Account(left - seconds, now)
        while len(self._accounts) > self._clients:
            self._accounts.popitem(last=False)

    def _left(self, account: _Account, now: float) -> float:
        return min(self._budget, account.left + (now - account.at) * self._budget / PERIOD)

    def _least(self) -> float:
        """What a client should have before it asks again, so that it is not sent away at its next question."""
        return self._budget / PERIOD


def party(address: str) -> str:
    """Whom an address belongs to: an IPv4 address to one client, an IPv6 address to its network of 64 bits."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _SITE), strict=False))
