"""What the subcommands share: the settings as the command line gives them, and progress on standard error."""

from __future__ import annotations

import os
import sys
import threading
import tomllib
from pathlib import Path
from types import TracebackType

import click

from kg.engine import current, read_manifest
from kg.errors import KgError, SettingError
from kg.settings import Settings, read
from kg.sources import locate

SLOW = 1.0
#: The environment variable that names a file of settings.
FILE_VARIABLE = "KG_SETTINGS"
#: The option that says where the source texts are.
texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    envvar="KG_TEXTS",
    metavar="DIR",
    help="Folder of the source texts. [env: KG_TEXTS]",
)


def settings(ctx: click.Context, **options: object) -> Settings:
    """The settings from the environment, the options of ``kg`` and those of the subcommand; the last win.

    ``repository`` and ``state`` are found out where they are not set. Raises SettingError.
    """
    given = dict(ctx.find_root().obj or {})
    file = given.pop("settings", None) or os.environ.get(FILE_VARIABLE)
    return locate(read(os.environ, {**given, **options}, *(_of_file(Path(file)) if file else ())))


def _of_file(file: Path) -> tuple[dict[str, object], str]:
    """The content of a file of settings (TOML), and its name. Raises SettingError."""
    try:
        return tomllib.loads(file.read_text("utf-8")), str(file)
    except OSError as error:
        raise SettingError(
            f"The settings in {file} cannot be read ({error.strerror}).", remedy=f"Mend --settings or {FILE_VARIABLE}."
        ) from None
    except ValueError as error:
        raise SettingError(f"{file} is no TOML: {error}.", remedy="Write one setting per line: port = 8000.") from None


def current_digest(ctx: click.Context) -> str | None:
    """Digest of the snapshot in use, or None if there is none."""
    options = {name: ctx.params.get(name) for name in ("repository", "state")}
    try:
        located = locate(read(os.environ, options))
        return read_manifest(current(located.state)).digest
    except KgError:
        return None


class Progress:
    """Says on standard error what is being done: at once to a terminal, else only if it takes over a second.

    Use it in a ``with`` statement and call it with what begins.
    """

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Progress:
        return self

    def __call__(self, message: str) -> None:
        """What begins now, without a full stop."""
        self._stop()
        if sys.stderr.isatty():
            self._say(message)
        else:
            self._timer = threading.Timer(SLOW, self._say, (message,))
            self._timer.daemon = True
            self._timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    @staticmethod
    def _say(message: str) -> None:
        click.echo(f"{message} …", err=True)
