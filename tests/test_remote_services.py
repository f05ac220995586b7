"""The list of other services: which entries can be used, and which addresses are public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SettingError
from kg.remote.starting import start
from kg.services import WIKIDATA, Service, is_public, read, services
from kg.settings import Settings
from kg.settings import read as read_settings


@pytest.mark.parametrize(
    ("entry", "service"),
    [
        ("https://example.org/sparql", Service("https://example.org/sparql", "example.org", 443, "/sparql")),
        ("https://Example.org:8443", Service("https://Example.org:8443", "example.org", 8443, "/")),
        ("https://8.8.8.8/s", Service("https://8.8.8.8/s", "8.8.8.8", 443, "/s")),
        ("https://[2606:4700::1]/", Service("https://[2606:4700::1]/", "2606:4700::1", 443, "/")),
        ("https://xn--bcher-kva.example.com/", Service("https://xn--bcher-kva.example.com/", "xn--bcher-kva.example.com", 443, "/")),
        ("http://a.example/s=https://example.org/s", Service("http://a.example/s", "example.org", 443, "/s")),
        ("local+http://127.0.0.1:8010/s", Service("http://127.0.0.1:8010/s", "127.0.0.1", 8010, "/s", True)),
        ("urn:x:y=local+http://[::1]:81/", Service("urn:x:y", "::1", 81, "/", True)),
    ],
)  # fmt: skip
def test_an_entry_is_read(entry: str, service: Service) -> None:
    assert read(entry) == service


def test_the_word_stands_for_both_services_of_wikidata() -> None:
    found = services(("wikidata", "https://example.org/sparql"))
    assert tuple(found) == (*WIKIDATA, "https://example.org/sparql")
    assert all(one.port == 443 and not one.is_local for one in found.values())


@pytest.mark.parametrize(
    "entry",
    [
        "http://example.org/sparql", "ftp://example.org/", "example.org", "https://", "https:///sparql", "Wikidata",
        "https://user@example.org/", "https://user:secret@example.org/", "https://example.org/?default",
        "https://example.org/#x",
        "https://example.org.", "https://example.org./sparql", "https://localhost/", "https://intranet/",
        "https://a.localhost/",
        "https://printer.local/", "https://db.internal/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/",
        "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://017700000001/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest", "https://100.64.0.1/", "https://0.0.0.0/", "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/", "https://[2001::1]/", "https://[fe80::1]/", "https://[fc00::1]/",
        "https://[ff02::1]/",
        "https://%31%32%37.0.0.1/", "https://ex%61mple.org/", "https://example.org:0/", "https://example.org:65536/",
        "https://example.org:8x/", "https://exämple.org/", "https://example..org/", "https://-x.example.org/",
        "https://a_b.example.org/",
        "https://example.org/a b", "https://example.org/\\", "https://example.org\\@127.0.0.1/",
        "https://example.org/a\nb",
        "local+http://10.0.0.1/", "local+http://localhost/", "local+http://0.0.0.0/", "local+https://127.0.0.1/",
        "local+http://2130706433/", "local+http://127.0.0.1@example.org/", "local+https://example.org/",
        "x=https://example.org/",
        "urn:x=http://127.0.0.1/", "urn:x=https://127.0.0.1/",
    ],
)  # fmt: skip
def test_an_entry_that_could_lead_elsewhere_is_refused_in_a_sentence(entry: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({}, {"services": entry})
    assert "--services" in caught.value.message and "must be" in caught.value.message


def test_a_service_is_listed_once() -> None:
    with pytest.raises(SettingError, match="twice"):
        read_settings({"KG_SERVICES": "wikidata," + WIKIDATA[0]})


def test_none_is_listed_unless_somebody_does() -> None:
    assert read_settings({}).services == () and start(read_settings({}), served=True) is None


@given(st.integers(0, 2**32 - 1))
def test_an_address_of_ipv4_is_public_only_if_the_registries_say_so(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    if is_public(str(address)):
        assert address.is_global and not address.is_multicast and not address.is_reserved and not address.is_loopback


@given(st.integers(0, 2**128 - 1) | st.integers(0, 2**64).map(lambda low: 0x2002 << 112 | low) | st.integers(0, 2**33))
def test_an_address_of_ipv6_is_public_only_if_it_leads_to_no_address_of_ipv4(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    if is_public(str(address)):
        assert address.is_global and not address.is_multicast and not address.is_link_local and not address.is_site_local
        assert address.ipv4_mapped is None and address.sixtofour is None and address.teredo is None


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "2606:4700::1%eth0", "1.2.3", "0x7f000001"])
def test_what_is_no_plain_address_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert all(map(is_public, ["8.8.8.8", "185.15.58.224", "2620:0:861:ed1a::1", "2a02:ec80:300:ed1a::1"]))


LOCAL = ("local+http://127.0.0.1:1/",)


def test_services_of_others_want_to_know_whom_to_ask() -> None:
    with pytest.raises(SettingError, match="KG_CONTACT"):
        start(Settings(services=("wikidata",)), served=False)


@pytest.mark.parametrize(
    "reached", [{"host": "0.0.0.0"}, {"host": "::"}, {"host": "graph.example.org"}, {"hosts": ("a.example",)},
                {"trusted_proxies": ("127.0.0.1",)}, {"path_prefix": "/graph"}],
)  # fmt: skip
def test_a_server_that_others_reach_asks_nobody_unless_that_is_said(reached: dict) -> None:
    with pytest.raises(SettingError, match="KG_SERVICES_FOR_ALL"):
        start(Settings(services=LOCAL, **reached), served=True)
    relay = start(Settings(services=LOCAL, services_for_all=True, **reached), served=True)
    assert relay is not None
    relay.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_server_for_this_machine_may(host: str) -> None:
    relay = start(Settings(services=LOCAL, host=host), served=True)
    assert relay is not None and list(relay.services) == ["http://127.0.0.1:1/"]
    relay.close()
