"""``kg snapshots``: which builds are kept, which were removed, and how to get one back."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kg import snapshots as kept
from kg.cli.shell import settings
from kg.cli.table import render
from kg.snapshots import Listed

_HEADER = ("digest", "built", "commit", "triples", "status", "to ask it")
_SHORT = 12


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="Print all that is known of each, as JSON.")
@click.pass_context
def snapshots(ctx: click.Context, as_json: bool) -> None:
    """List the snapshots: those that are kept, and those that were built here and are removed.

    A snapshot that is kept can be asked over HTTP with snapshot=DIGEST. Kept are the current one, some before it
    (KG_KEEP), and those that are pinned. To see how two of them differ, give their commits to kg diff.

    \b
    Examples:
      kg snapshots
      kg snapshots pin 9778e4fb
      kg diff COMMIT..COMMIT
    """
    if ctx.invoked_subcommand is None:
        _list(ctx, as_json)


@snapshots.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known of each, as JSON.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the snapshots, as kg snapshots alone does.

    \b
    Example:
      kg snapshots list --json
    """
    _list(ctx, as_json or bool(ctx.parent and ctx.parent.params["as_json"]))


def _list(ctx: click.Context, as_json: bool) -> None:
    found, warnings = kept.listing(settings(ctx).state)
    for warning in warnings:
        click.echo(f"kg: {warning}", err=True)
    if as_json:
        click.echo(json.dumps([_all(one) for one in found], indent=1))
    elif found:
        click.echo(render(_HEADER, [_row(one) for one in found]), nl=False)
    else:
        click.echo("Nothing has been built yet. Run: kg build")


@snapshots.command()
@click.argument("digest")
@click.pass_context
def pin(ctx: click.Context, digest: str) -> None:
    """Keep a snapshot until it is unpinned. DIGEST may be its first eight digits or more.

    \b
    Example:
      kg snapshots pin 9778e4fb
    """
    one = kept.pin(settings(ctx).state, digest.lower())
    click.echo(f"{one.folder.name} is kept until it is unpinned.")


@snapshots.command()
@click.argument("digest")
@click.pass_context
def unpin(ctx: click.Context, digest: str) -> None:
    """Keep a snapshot no longer than others.

    \b
    Example:
      kg snapshots unpin 9778e4fb
    """
    one = kept.pin(settings(ctx).state, digest.lower(), pinned=False)
    click.echo(f"{one.folder.name} is not pinned.")


@snapshots.command()
@click.argument("digest")
@click.pass_context
def remove(ctx: click.Context, digest: str) -> None:
    """Remove a snapshot that is neither the current one nor pinned. The journal still tells how to build it again.

    \b
    Example:
      kg snapshots remove 9778e4fb
    """
    one = kept.remove(settings(ctx).state, digest.lower())
    click.echo(f"{one.folder.name} is removed.")


def _row(one: Listed) -> list[str]:
    entry = one.entry
    changes = "" if entry.clean or entry.commit is None else " and changes"
    triples = entry.counts.get("default_graph")
    return [
        entry.digest[:_SHORT],
        entry.built[:19].replace("T", " "),
        (entry.commit or "")[:_SHORT] + changes,
        "" if triples is None else f"{triples:,}",
        ", ".join(one.status),
        _how(one),
    ]


def _how(one: Listed) -> str:
    """What somebody who wants to ask this snapshot does."""
    if one.is_kept:
        return f"snapshot={one.entry.digest[:_SHORT]}"
    return f"git checkout {one.entry.commit[:_SHORT]}; kg build" if one.entry.commit else "build it from its files"


def _all(one: Listed) -> dict[str, object]:
    return {
        **asdict(one.entry), "reference": one.entry.reference, "status": list(one.status), "kept": one.is_kept,
        "rebuild": None if one.is_kept else kept.rebuilding(one.entry),
    }  # fmt: skip
