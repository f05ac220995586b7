"""The files of this repository, for tests that read all of them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Folders that tools make; looked at only where git is not there to say what belongs to the repository.
MADE = {".git", ".venv", ".kg", ".pytest_cache", ".hypothesis", "__pycache__", "build", "dist"}


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that belongs to the repository, tracked or about to be, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not MADE.intersection(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in set(paths) if path.is_file()))
