"""Reading and replacing single files of which nobody knows what they are: only regular ones, and within bounds."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kg.errors import SourceError, StateError, Where

#: The largest file that is taken into memory at all, in bytes; what parses it may stop long before.
LARGEST = 200_000_000
#: Seconds after which a file system tells a change from the one before.
JUST_NOW = 3.0


def read(file: Path, origin: str) -> bytes:
    """The bytes of a regular file, which ``origin`` names.

    A pipe could keep the reader waiting, and a device never end. Raises SourceError.
    """
    try:
        if file.is_dir():
            raise SourceError("This is a folder.", remedy="Name the files in it.", where=Where(origin))
        if file.exists() and not file.is_file():
            raise SourceError("This is no regular file.", remedy="Name a file.", where=Where(origin))
        size = file.stat().st_size
        if size > LARGEST:
            raise SourceError(
                f"The file has {size:,} bytes; at most {LARGEST:,} are read.", remedy="Split it.", where=Where(origin)
            )
        return file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        raise SourceError(f"The file cannot be read ({reason}).", where=Where(origin)) from None


def stamp(file: Path) -> str:
    """Size and time of the last change of a file, by which it is known to be as it was without reading it.

    Empty if it changed just now, as it might change again at what the file system takes for the same time, and if it
    cannot be looked at.
    """
    try:
        found = file.stat()
    except (OSError, ValueError):
        return ""
    return f"{found.st_size} {found.st_mtime_ns}" if time.time() - found.st_mtime > JUST_NOW else ""


def replace(file: Path, content: bytes, origin: str) -> None:
    """Replace a file in one step, never leaving half of it; a link stays, and leads to the new content.

    What is written aside has a name that nothing has, so that no file and no link of another name is ever written to.
    Raises SourceError.
    """
    file = file.resolve()
    try:
        put(file, content, file.stat().st_mode & 0o7777)
    except OSError as error:
        raise SourceError(f"The file cannot be written ({error.strerror}).", where=Where(origin)) from None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same out meanwhile: what one reads in a folder and writes anew, none loses.

    Raises StateError if there is no such folder. Leaves no file behind, also not where it is ended.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise StateError(f"{folder} cannot be read ({error.strerror}).", remedy="Make the folder.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def put(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file in one step, whether or not there is one: nobody ever reads half of it, and a failure leaves nothing.

    What is written aside has a name that nothing has. Raises OSError.
    """
    descriptor, aside = tempfile.mkstemp(prefix=f".{file.name[:100]}.", suffix=".new", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        os.chmod(aside, mode)
        os.replace(aside, file)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise
