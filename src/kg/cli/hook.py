"""``kg hook``: a pre-commit hook of git, which checks what is about to be committed."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click

from kg.cli.shell import settings
from kg.errors import SettingError, Where
from kg.revisions import common_folder, hooks_folder

NAME = "pre-commit"
ASIDE = ".bak"
#: By this line a hook is known for one of ours.
MARK = "# Written by: kg hook install"
SCRIPT = """\
#!/bin/sh
{mark}
# Checks the Turtle files that are about to be committed, as they stand in the index. Take it out: kg hook uninstall
if [ -x {python} ] && {python} -P -c 'import kg' 2>/dev/null; then
    exec {python} -P -m kg check --staged
fi
if command -v kg >/dev/null 2>&1; then
    exec kg check --staged
fi
echo 'kg is not installed any more, so nothing was checked: install it, or take this hook out.' >&2
exit 1
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def hook() -> None:
    """Check what is committed, by a hook of git.

    \b
    Examples:
      kg hook install
      kg hook uninstall
    """


@hook.command()
@click.option(
    "--force", is_flag=True, help="Put another hook aside, as pre-commit.bak, and write into a shared folder."
)
@click.pass_context
def install(ctx: click.Context, force: bool) -> None:
    """Write a pre-commit hook that refuses a commit with a violation in the files to be committed.

    It runs kg check --staged, and holds for all worktrees of the repository. Another hook is never overwritten: with
    --force it is kept as pre-commit.bak.

    \b
    Example:
      kg hook install
    """
    file = _hook(ctx)
    ours = _is_ours(file)
    if os.path.lexists(file) and not ours and not force:
        raise SettingError(
            "There is another pre-commit hook.",
            where=Where(str(file)),
            remedy=f"Call kg check --staged from it, or say --force, which keeps it as {NAME}{ASIDE}.",
        )
    shared = not file.parent.resolve().is_relative_to(common_folder(_root(ctx)).resolve())
    if shared and not ours and not force:
        raise SettingError(
            "The folder of the hooks (core.hooksPath) is not this repository's own.",
            where=Where(str(file.parent)),
            remedy="Other repositories may use it too; say --force to write there all the same.",
        )
    aside = file.with_name(NAME + ASIDE)
    if os.path.lexists(file) and not ours:
        if os.path.lexists(aside):
            raise SettingError("There is such a file already.", remedy="Move it away first.", where=Where(str(aside)))
        _done(lambda: file.rename(aside), file)
        click.echo(f"The hook that was there is now {aside}.")
    _done(lambda: _write(file), file)
    click.echo(f"Wrote {file}: from now on git commit runs kg check --staged (git commit --no-verify does not).")


@hook.command()
@click.pass_context
def uninstall(ctx: click.Context) -> int:
    """Take our pre-commit hook out, and put back the one that install put aside. Another hook is left alone.

    \b
    Example:
      kg hook uninstall
    """
    file = _hook(ctx)
    if not os.path.lexists(file):
        click.echo("There is no pre-commit hook.")
        return 0
    if not _is_ours(file):
        raise SettingError(
            "The pre-commit hook is none of ours.", remedy="Take the line out by hand.", where=Where(str(file))
        )
    _done(file.unlink, file)
    click.echo(f"Removed {file}.")
    aside = file.with_name(NAME + ASIDE)
    if os.path.lexists(aside):
        _done(lambda: aside.rename(file), aside)
        click.echo("The hook that was there before is back.")
    return 0


def _root(ctx: click.Context) -> Path:
    return settings(ctx).repository  # type: ignore[return-value]


def _hook(ctx: click.Context) -> Path:
    return hooks_folder(_root(ctx)) / NAME


def _is_ours(file: Path) -> bool:
    try:
        return file.is_file() and MARK in file.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return False


def _write(file: Path) -> None:
    """Write the hook in one step, with the right to run it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(NAME + ".new")
    aside.write_text(SCRIPT.format(mark=MARK, python=shlex.quote(sys.executable)), "utf-8", newline="\n")
    aside.chmod(0o755)
    os.replace(aside, file)


def _done(what: Callable[[], object], file: Path) -> None:
    """Do it. Raises SettingError with what the system says."""
    try:
        what()
    except OSError as error:
        raise SettingError(f"The hook cannot be written ({error.strerror}).", where=Where(str(file))) from None
