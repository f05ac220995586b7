"""Which other SPARQL services may be asked by ``SERVICE``, as the operator lists them, and where they may be.

An entry of the list is the word ``wikidata``, an address (``https://example.org/sparql``), or ``IRI=ADDRESS``: what a
query calls by the IRI is asked at the address. Only ``local+http://127.0.0.1:PORT/…`` leads to this machine itself.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

#: The services of Wikidata: the main graph, and the one of scholarly articles, which was split off in 2025.
WIKIDATA = ("https://query.wikidata.org/sparql", "https://query-scholarly.wikidata.org/sparql")
WORD = "wikidata"
#: What an entry that leads to this very machine begins with, so that nobody writes one by accident.
LOCAL = "local+"
EXPECTED = "the word wikidata, or addresses such as https://example.org/sparql, separated by commas"

_ENTRY = re.compile(
    r"(?:(?P<iri>[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`=]*)=)?(?P<address>(?:local\+http|https)://.*)"
)
_ADDRESS = re.compile(
    r"https?://(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$%&'()*+,\-./0-9:;=@A-Z_a-z~]*)?"
)
#: A name of DNS with at least one dot whose last label is no number: 0x7f.1 and 2130706433 are addresses to some.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+(?![0-9]|0[xX])[A-Za-z0-9\-]{{1,63}}")
#: Ends of names that never lead beyond one machine or one network (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
_INTERNAL = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".alt", ".invalid", ".test", ".example")

#: What of the unicast addresses of IPv4 is not public (the special-purpose registry of IANA; the last is the host itself to
#: a machine that is rented from Microsoft).
_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32",
        ),
    )
)  # fmt: skip
#: The public unicast addresses of IPv6, and what of them is not: tunnels that lead to an IPv4 address, documentation.
_PUBLIC_6 = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


@dataclass(frozen=True)
class Service:
    """A service that may be asked: the IRI by which a query calls it, and where it is asked."""

    iri: str
    host: str
    port: int
    path: str
    is_local: bool = False

    @property
    def authority(self) -> str:
        """Host and port as a header Host has them (RFC 9110, section 7.2)."""
        usual = 80 if self.is_local else 443
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual else f"{host}:{self.port}"


def read(text: str) -> Service:
    """The service of one entry, other than the word ``wikidata``. Raises ValueError with what is expected instead."""
    entry = _ENTRY.fullmatch(text)
    if not entry:
        raise ValueError(EXPECTED)
    address = entry["address"]
    is_local = address.startswith(LOCAL)
    address = address.removeprefix(LOCAL)
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise ValueError(f"{EXPECTED}; without a name of a user, a query or a fragment")
    port = int(found["port"]) if found["port"] else 80 if is_local else 443
    if not 0 < port < 65_536:
        raise ValueError("addresses with a port from 1 to 65535")
    host = found["host"].strip("[]").lower()
    _check_host(host, is_local)
    return Service(entry["iri"] or address, host, port, found["path"] or "/", is_local)


def services(entries: tuple[str, ...]) -> dict[str, Service]:
    """The services of a list, by the IRI that a query calls each. Raises ValueError."""
    found: dict[str, Service] = {}
    for entry in entries:
        for one in WIKIDATA if entry == WORD else (entry,):
            service = read(one)
            if service.iri in found:
                raise ValueError(f"a list that has each service once; {service.iri} is there twice")
            found[service.iri] = service
    return found


def is_public(address: str) -> bool:
    """True if a numeric address is on the public internet, and not of this machine, a private network or a tunnel."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC_4)
    return "%" not in address and found in _PUBLIC_6 and not any(found in network for network in _NOT_PUBLIC_6)


def is_loopback(host: str) -> bool:
    """True if the address is one that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_host(host: str, is_local: bool) -> None:
    """Raise ValueError if a service cannot be there."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        number = None
    if is_local:
        if number is None or not number.is_loopback:
            raise ValueError("addresses of this machine in numbers, such as local+http://127.0.0.1:8010/sparql")
    elif number is not None:
        if not is_public(host):
            raise ValueError("addresses on the public internet; one of this machine is written local+http://127.0.0.1…")
    elif not _NAME.fullmatch(host) or host.endswith(_INTERNAL):
        raise ValueError("addresses with the full name of a host, such as https://example.org/sparql")
