"""``kg build``: from the files of the repository to a snapshot."""

from __future__ import annotations

import importlib
import time

import click

from kg.build import build as build_snapshot
from kg.cli.shell import Progress, settings
from kg.reasoning import DEFAULT, REASONERS


@click.command()
@click.option("--reasoner", type=click.Choice(list(REASONERS)), default=DEFAULT, show_default=True, help="Who infers.")
@click.option("--check/--no-check", default=False, show_default=True, help="Refuse files that break the shapes.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed, and infer afresh.")
@click.pass_context
def build(ctx: click.Context, reasoner: str, check: bool, force: bool) -> None:
    """Build the graph from the files of the repository.

    The files are parsed strictly, what follows from them is inferred, and the new snapshot is switched to when it is
    complete. If anything goes wrong, the snapshot in use stays as it was.

    \b
    Examples:
      kg build
      kg build --check
    """
    located = settings(ctx)
    judge = importlib.import_module("kg.gate.whole").check if check else None
    start = time.perf_counter()
    with Progress() as progress:
        snapshot, is_new = build_snapshot(
            located.repository, located.state, reasoner, check=judge, force=force, keep=located.keep, tell=progress
        )
    seconds = time.perf_counter() - start
    if not is_new:
        click.echo(f"Nothing has changed: snapshot {snapshot.digest} is up to date.")
        return
    counts = snapshot.counts
    click.echo(
        f"Built snapshot {snapshot.digest} in {seconds:.1f} s: {counts['files']} files, "
        f"{counts['asserted']} triples stated, {counts['inferred']} inferred."
    )
    if not check:
        click.echo("Not judged against the shapes; run: kg check")
