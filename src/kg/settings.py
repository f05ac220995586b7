"""The settings: declared once in ``Settings``, read from ``KG_*`` variables and command-line options.

``SETTINGS`` is derived from the declaration and feeds the help texts, the documentation and the tests of both.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import SettingError
from kg.services import services

ENVIRONMENT_PREFIX = "KG_"


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """A converter of decimal text to a whole number within bounds; raises ValueError saying the bounds."""

    def convert(text: str) -> int:
        number = int(text) if text.strip().lstrip("+-").isdecimal() else None
        if number is None or not lowest <= number <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return number

    return convert


def _seconds(text: str) -> float:
    """A positive number of seconds; raises ValueError saying so."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 3600:
        raise ValueError("a number of seconds above 0 and up to 3600")
    return number


def _path(text: str) -> Path:
    """A folder as given; raises ValueError if the text is empty."""
    if not text:
        raise ValueError("the path of a folder")
    return Path(text)


def _name(text: str) -> str:
    """A name or address without spaces; raises ValueError if it is empty or has some."""
    if not text or any(character.isspace() for character in text):
        raise ValueError("a name or an address")
    return text


def _address(text: str) -> str:
    """The address of a service (RFC 9110, section 4.2); raises ValueError if it is none."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ValueError("an address such as https://example.org/sparql")
    return text


def _contact(text: str) -> str:
    """An address of mail or of a page, as it can stand in a comment of User-Agent (RFC 9110, section 5.6.5), or
    nothing; raises ValueError."""
    if not re.fullmatch(r"|[!-'*-\[\]-~]+[@/][!-'*-\[\]-~]+", text):
        raise ValueError("an address such as you@example.org or https://example.org/about")
    return text


def _names(text: str) -> tuple[str, ...]:
    """Names or addresses, separated by commas; raises ValueError if one has spaces in it."""
    return tuple(_name(part) for part in map(str.strip, text.split(",")) if part)


def _services(text: str) -> tuple[str, ...]:
    """What other services may be asked (``kg.services``), separated by commas; raises ValueError."""
    found = _names(text)
    services(found)
    return found


def _networks(text: str) -> tuple[str, ...]:
    """Addresses or networks (RFC 4632), separated by commas; raises ValueError if one is neither."""
    found = _names(text)
    try:
        return tuple(str(ipaddress.ip_network(one)) for one in found)
    except ValueError:
        raise ValueError("addresses such as 10.0.0.1 or networks such as 10.0.0.0/8, separated by commas") from None


def _prefix(text: str) -> str:
    """A path below which the server is reached, empty or beginning with a slash; raises ValueError."""
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", text):
        raise ValueError("a path such as /graph")
    return text.rstrip("/")


def _budget(text: str) -> float:
    """A number of seconds, 0 for none at all; raises ValueError."""
    return 0.0 if text.strip() in ("0", "0.0") else _seconds(text)


def _flag(text: str) -> bool:
    """Yes or no; raises ValueError."""
    if text.strip().lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.strip().lower() == "true"


def _one_of(*choices: str) -> Callable[[str], object]:
    """A converter of text that is one of these; raises ValueError naming them."""

    def convert(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return convert


def _setting(default: object, convert: Callable[[str], object], help: str) -> Any:
    """A field of ``Settings`` together with how its text is read and what it is for."""
    return field(default=default, metadata={"convert": convert, "help": help})


@dataclass(frozen=True)
class Settings:
    """Values of all settings; ``None`` means that the programme finds out where it runs."""

    repository: Path | None = _setting(None, _path, "Folder with ontology/, data/ and shapes/.")
    state: Path | None = _setting(None, _path, "Folder of the built snapshots.")
    keep: int = _setting(3, _whole_number(0, 1_000), "Snapshots that are kept before the current one.")
    host: str = _setting("127.0.0.1", _name, "Address the server listens on.")
    port: int = _setting(8000, _whole_number(0, 65_535), "Port the server listens on; 0 picks a free one.")
    threads: int = _setting(16, _whole_number(1, 256), "Threads of the web server.")
    hosts: tuple[str, ...] = _setting((), _names, "Names, beside its address, that the server answers to.")
    trusted_proxies: tuple[str, ...] = _setting((), _networks, "Proxies whose word on the client is taken.")
    path_prefix: str = _setting("", _prefix, "Path below which a proxy serves the graph.")
    budget: float = _setting(60.0, _budget, "Seconds of work that a client may ask for in a minute; 0 for no limit.")
    log: str = _setting("none", _one_of("none", "json"), "What is written of each request to standard error.")
    log_queries: bool = _setting(False, _flag, "Whether the log has the text of queries.")
    workers: int = _setting(
        0, _whole_number(0, 64), "Processes that answer queries; 0 for two per processor core, and at least 4."
    )
    slow_workers: int = _setting(4, _whole_number(0, 64), "More processes for queries that take longer than a second.")
    deadline: float = _setting(10.0, _seconds, "Seconds after which a query is ended.")
    max_deadline: float = _setting(60.0, _seconds, "Most seconds that a query may ask for instead.")
    max_answer: int = _setting(
        1_000_000_000, _whole_number(1_000_000, 1_000_000_000_000), "Largest answer sent, in bytes."
    )
    max_sending: float = _setting(600.0, _seconds, "Seconds after which a client must have read a large answer.")
    cache: int = _setting(64_000_000, _whole_number(0, 1_000_000_000_000), "Bytes of answers kept to be given again.")
    old_snapshots: int = _setting(2, _whole_number(1, 64), "Older snapshots that are loaded at once when asked for.")
    take_up: bool = _setting(True, _flag, "Whether a new snapshot is served as soon as it is built.")
    warm: bool = _setting(True, _flag, "Whether pages are made ready before they are first asked for.")
    max_query_length: int = _setting(100_000, _whole_number(1, 10_000_000), "Longest query read, in characters.")
    max_nesting: int = _setting(128, _whole_number(1, 1_000), "Deepest nesting of braces in a query.")
    check_deadline: float = _setting(600.0, _seconds, "Seconds after which kg check is ended.")
    check_memory: int = _setting(
        4_000_000_000, _whole_number(100_000_000, 1_000_000_000_000), "Bytes of memory that kg check may use."
    )
    services: tuple[str, ...] = _setting(
        (), _services, "Other services that a query may ask by SERVICE: wikidata, or https addresses."
    )
    services_for_all: bool = _setting(False, _flag, "Whether a server that others reach may ask them, too.")
    contact: str = _setting("", _contact, "Address of mail or of a page by which others can ask about our requests.")
    wikidata_api: str = _setting("https://www.wikidata.org/w/api.php", _address, "Address of Wikidata's API.")
    wikidata_sparql: str = _setting(
        "https://query.wikidata.org/sparql", _address, "Address of Wikidata's SPARQL endpoint."
    )
    wikidata_timeout: float = _setting(60.0, _seconds, "Seconds that a request to Wikidata may take.")
    wikidata_patience: float = _setting(120.0, _seconds, "Seconds waited in all for Wikidata to take a request again.")
    max_contribution: int = _setting(
        2_000_000, _whole_number(1, 100_000_000), "Largest contribution read over HTTP, in bytes."
    )


@dataclass(frozen=True)
class Setting:
    """One setting as declared: its name, default, help text and the reader of its text."""

    name: str
    default: object
    help: str
    type: Callable[[str], object]

    @property
    def variable(self) -> str:
        """Name of the environment variable that sets it."""
        return ENVIRONMENT_PREFIX + self.name.upper()


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(one.name, one.default, one.metadata["help"], one.metadata["convert"])
    for one in fields(Settings)
    if one.default is not MISSING
)


def read(
    environment: Mapping[str, str],
    options: Mapping[str, object] | None = None,
    file: Mapping[str, object] | None = None,
    origin: str = "",
) -> Settings:
    """Settings from the environment; ``options`` (from the command line) win over it unless they are None.

    It wins over ``file``, the content of a file of settings that ``origin`` names: a name of a setting and its value, a
    list for what is separated by commas elsewhere. Raises SettingError naming the variable, option or line of the
    file, its value and what is expected instead. An empty variable counts as unset.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    values: dict[str, object] = {}
    for setting in SETTINGS:
        if setting.name in given:
            values[setting.name] = _convert(setting, str(given[setting.name]), "--" + setting.name.replace("_", "-"))
        elif environment.get(setting.variable):
            values[setting.name] = _convert(setting, environment[setting.variable], setting.variable)
        elif setting.name in (file or {}):
            values[setting.name] = _convert(setting, _as_text(file[setting.name]), f"{setting.name} in {origin}")
    unknown = sorted(set(file or {}) - {setting.name for setting in SETTINGS})
    if unknown:
        raise SettingError(
            f"There is no setting {unknown[0]!r}, as {origin} has it.",
            remedy="The settings are: " + ", ".join(setting.name for setting in SETTINGS) + ".",
        )
    return Settings(**values)  # type: ignore[arg-type]


def _as_text(value: object) -> str:
    """A value of a file of settings as it would be written in the environment."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _convert(setting: Setting, text: str, source: str) -> object:
    try:
        return setting.type(text)
    except ValueError as error:
        raise SettingError(f"{source} is {text!r}, but must be {error}.", remedy=setting.help) from None
