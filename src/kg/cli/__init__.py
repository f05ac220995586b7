"""The command ``kg``: its subcommands are loaded when they are called, so that each starts as fast as it can."""

from __future__ import annotations

import importlib
import os
import sys

import click
import pyoxigraph as ox

from kg import __version__
from kg.errors import KgError
from kg.settings import SETTINGS

#: Subcommands, in the order of the help; each is the function of that name in the module of that name.
COMMANDS = {
    "build": "Build the graph from the files of the repository.",
    "check": "Check the files against the shapes.",
    "snapshots": "List what was built and is kept, pin or remove it.",
    "query": "Ask the graph a SPARQL query.",
    "explain": "Explain why a triple holds.",
    "serve": "Serve the graph over HTTP.",
    "sources": "Compare the graph with the texts it was made from.",
    "fmt": "Write Turtle files in the canonical layout.",
    "diff": "Tell how two files, folders or revisions differ.",
    "cite": "Write the evidence for a passage of a source.",
    "new": "Write a claim of a kind, asking for what it needs.",
    "link": "Find, judge and check links to Wikidata.",
    "hook": "Check what is committed, by a hook of git.",
    "conformance": "Run the W3C's test suites against a real server.",
}
INTERRUPTED = 130


class _LazyGroup(click.Group):
    """A group that imports a subcommand's module when it is called or its own help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(importlib.import_module(f"kg.cli.{cmd_name}"), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Settings (environment variables)"):
            formatter.write_dl([(setting.variable, _with_default(setting)) for setting in SETTINGS])
        super().format_epilog(ctx, formatter)


def _with_default(setting: object) -> str:
    default = getattr(setting, "default", None)
    shown = {None: "found out", (): "none", "": "none"}.get(default, default)
    return f"{setting.help} Default: {shown}."


def _print_version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from kg.cli.shell import current_digest

    click.echo(f"coalition-kg {__version__}")
    click.echo(f"pyoxigraph {ox.__version__}")
    click.echo(f"snapshot {current_digest(ctx) or 'none built yet'}")
    ctx.exit()


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 something does not hold, 2 could not run.",
)
@click.option("--repository", metavar="DIR", is_eager=True, help="Use this folder with ontology/, data/ and shapes/.")
@click.option("--state", metavar="DIR", is_eager=True, help="Keep the snapshots in this folder.")
@click.option("--settings", metavar="FILE", is_eager=True, help="Read settings from this file (TOML). [env: KG_SETTINGS]")
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    callback=_print_version,
    help="Print the versions of the programme, the engine and the snapshot, and end.",
)
@click.pass_context
def kg(ctx: click.Context, repository: str | None, state: str | None, settings: str | None) -> None:
    """Who committed what, in which forum, on what condition, and who says so.

    \b
    Examples:
      kg build
      kg query "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"
      kg serve
    """
    ctx.obj = {"repository": repository, "state": state, "settings": settings}


def main() -> None:
    """Run the command line: errors are one sentence on standard error, never a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run ``kg`` with these arguments; its exit status (0 done, 1 something does not hold, 2 could not run)."""
    try:
        status = kg.main(arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except KgError as error:
        click.echo(f"kg: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
