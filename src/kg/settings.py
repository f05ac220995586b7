"""The settings: declared once in ``Settings``, read from ``KG_*`` variables and command-line options.

``SETTINGS`` is derived from the declaration and feeds the help texts, the documentation and the tests of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import SettingError

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


def _setting(default: object, convert: Callable[[str], object], help: str) -> Any:
    """A field of ``Settings`` together with how its text is read and what it is for."""
    return field(default=default, metadata={"convert": convert, "help": help})


@dataclass(frozen=True)
class Settings:
    """Values of all settings; ``None`` means that the programme finds out where it runs."""

    repository: Path | None = _setting(None, _path, "Folder with ontology/, data/ and shapes/.")
    state: Path | None = _setting(None, _path, "Folder of the built snapshots.")
    host: str = _setting("127.0.0.1", _name, "Address the server listens on.")
    port: int = _setting(8000, _whole_number(0, 65_535), "Port the server listens on; 0 picks a free one.")
    threads: int = _setting(8, _whole_number(1, 256), "Threads of the web server.")
    workers: int = _setting(2, _whole_number(1, 64), "Processes that answer queries.")
    deadline: float = _setting(10.0, _seconds, "Seconds after which a query is ended.")
    max_query_length: int = _setting(100_000, _whole_number(1, 10_000_000), "Longest query read, in characters.")
    max_nesting: int = _setting(128, _whole_number(1, 1_000), "Deepest nesting of braces in a query.")
    check_deadline: float = _setting(600.0, _seconds, "Seconds after which kg check is ended.")
    check_memory: int = _setting(
        4_000_000_000, _whole_number(100_000_000, 1_000_000_000_000), "Bytes of memory that kg check may use."
    )
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


def read(environment: Mapping[str, str], options: Mapping[str, object] | None = None) -> Settings:
    """Settings from the environment; ``options`` (from the command line) win unless they are None.

    Raises SettingError naming the variable or option, its value and what is expected instead. An empty variable
    counts as unset.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    values: dict[str, object] = {}
    for setting in SETTINGS:
        if setting.name in given:
            values[setting.name] = _convert(setting, str(given[setting.name]), "--" + setting.name.replace("_", "-"))
        elif environment.get(setting.variable):
            values[setting.name] = _convert(setting, environment[setting.variable], setting.variable)
    return Settings(**values)  # type: ignore[arg-type]


def _convert(setting: Setting, text: str, source: str) -> object:
    try:
        return setting.type(text)
    except ValueError as error:
        raise SettingError(f"{source} is {text!r}, but must be {error}.", remedy=setting.help) from None
