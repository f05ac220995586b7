"""``kg link``: the links to Wikidata, and ``kg link check``, which says whether the ledger of them is sound."""

from __future__ import annotations

import datetime
import sys
import time
from dataclasses import replace
from importlib import import_module

import click

from kg.child import Bounds, run
from kg.cli.shell import Progress, settings
from kg.forms import written
from kg.judging import Judged
from kg.linking import judged as ledgers
from kg.linking import sssom
from kg.linking.dated import FORMS, dated, findings
from kg.linking.ledger import Ledger
from kg.model import SEVERITIES
from kg.rdf import LEDGER
from kg.report.sheet import Sheet
from kg.settings import Settings

#: Subcommands of modules of their own, in the order of the help after ``check``: name → module and what it does.
_OTHERS = {
    "suggest": ("kg.cli.linking", "Look in Wikidata for entities that nobody has judged yet. This calls out."),
    "review": ("kg.cli.reviewing", "Walk through what was found, and judge it."),
    "fetch": ("kg.cli.fetching", "Fetch an excerpt of facts about linked entities. This calls out."),
}


class _Group(click.Group):
    """A group that imports a subcommand's module when it is called or its own help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_OTHERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _OTHERS:
            return super().get_command(ctx, cmd_name)
        return getattr(import_module(_OTHERS[cmd_name][0]), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [(name, one.get_short_help_str(100)) for name, one in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*own, *((name, says) for name, (_, says) in _OTHERS.items())])


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def link() -> None:
    """Which entities are which items of Wikidata: the ledger data/links/wikidata.sssom.tsv.

    Nothing here opens a connection but suggest, fetch and check --online, when somebody runs them.

    \b
    Example:
      kg link check
    """


@link.command()
@click.option("--online", is_flag=True, help="Ask Wikidata about every item as well. This calls out.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="How it is written.")
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="violation", show_default=True,
    help="The least severity of a finding that makes the exit status 1.",
)
@click.option("--lang", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of messages.")
@click.pass_context
def check(ctx: click.Context, online: bool, form: str, fail_on: str, lang: str) -> None:
    """Judge the whole ledger of links: how it is written, whom it links, what it says twice or against itself.

    Changes nothing. With --online also whether each item is still there, still the same, still called so, and whether
    name, type and one independent fact agree; what would follow from it is proposed, and left to you.

    \b
    Exit status: 0 sound, 1 not, 2 could not run, or Wikidata did not answer.

    \b
    Examples:
      kg link check
      kg link check --format json --lang it
    """
    chosen, start = settings(ctx), time.perf_counter()
    judged = _judged(chosen)
    text = judged.texts[LEDGER]
    ledger = Ledger() if sssom.findings(text) else sssom.read(text)
    asked = None
    if online and ledger.mappings:
        facts = import_module("kg.cli.linking").facts(ctx)
        asked = len(facts)
        found = (*judged.report.findings, *findings(ledgers.compare(ledger, facts), text))
        judged = replace(judged, report=replace(judged.report, findings=found))
    sheet = Sheet(judged.report, judged.texts, time.perf_counter() - start, lang, fail_on)
    body = written(sheet, form, colour=sys.stdout.isatty())
    click.echo(dated(body, form, ledger, datetime.datetime.now(datetime.UTC).date(), asked, lang))
    ctx.exit(int(sheet.failed))


def _judged(chosen: Settings) -> Judged:
    """The ledger judged by the gate, in a process that can be ended."""

    def work() -> Judged:
        with Progress() as progress:
            return import_module("kg.judging.ledger").judge(chosen, progress)

    return run(work, Bounds(chosen.check_deadline, chosen.check_memory))
