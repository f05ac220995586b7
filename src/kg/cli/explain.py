"""``kg explain``: why a triple holds."""

from __future__ import annotations

import click

from kg.cli.shell import Progress, settings
from kg.reasoning.explaining import FORMATS, Explainer, read_triple
from kg.reasoning.telling import denied, meant
from kg.rulebook import load_rules
from kg.sources import load


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How the proof is written."
)
@click.option(
    "--lang", "language", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of the words."
)
@click.pass_context
def explain(ctx: click.Context, subject: str, predicate: str, object_: str, form: str, language: str) -> None:
    """Explain why a triple holds: the rule that concludes it, what the rule used, and so on down to the files.

    The terms are written as in Turtle: prefixed names, IRIs, a, literals in quotes.

    \b
    Exit status: 0 it holds, 1 it does not, 2 could not run.

    \b
    Examples:
      kg explain actor:italy ckg:holds claim:004-italy-excludes-troops
      kg explain claim:004-italy-excludes-troops a ckg:Claim --format json
    """
    triple = read_triple(subject, predicate, object_)
    root = settings(ctx).repository
    with Progress() as progress:
        progress("Reading the files")
        corpus, rules = load(root), load_rules(root)
        progress("Drawing conclusions")
        explainer = Explainer(corpus, rules, lambda path: (root / path).read_text("utf-8"))
    proof = explainer.prove(triple)
    if proof is None:
        click.echo(f"{denied(triple, language)} {meant(explainer.slips(triple), language)}".rstrip())
        ctx.exit(1)
    click.echo(explainer.tell(proof, form, language), nl=False)
