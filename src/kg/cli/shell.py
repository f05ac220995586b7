"""What the subcommands share: the settings as the command line gives them, and progress on standard error."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import TracebackType

import click

from kg.engine import current, read_manifest
from kg.errors import KgError
from kg.settings import Settings, read
from kg.sources import locate

SLOW = 1.0
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
    return locate(read(os.environ, {**(ctx.find_root().obj or {}), **options}))


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
