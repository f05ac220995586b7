"""``kg explain``: why a triple holds."""

from __future__ import annotations

import click
import pyoxigraph as ox

from kg.cli.shell import Progress, settings
from kg.errors import SettingError, SourceError
from kg.model import Corpus
from kg.rdf import PREFIXES
from kg.reasoning.engine import Inference
from kg.reasoning.places import Places
from kg.reasoning.proofs import Statement, show
from kg.reasoning.proofs import explain as prove
from kg.reasoning.telling import Ground, Grounds, to_json, to_text, to_turtle
from kg.rulebook import load_rules
from kg.sources import load, parse_turtle

KINDS = ("ontology", "data")
_EVIDENCE = ox.NamedNode(PREFIXES["ckg"] + "evidence")
_DECLARED = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True,
    help="How the proof is written.",
)
@click.pass_context
def explain(ctx: click.Context, subject: str, predicate: str, object_: str, form: str) -> None:
    """Explain why a triple holds: the rule that concludes it, what the rule used, and so on down to the files.

    The terms are written as in Turtle: prefixed names, IRIs, a, literals in quotes.

    \b
    Exit status: 0 it holds, 1 it does not, 2 could not run.

    \b
    Examples:
      kg explain actor:italy ckg:holds claim:004-italy-excludes-troops
      kg explain claim:004-italy-excludes-troops a ckg:Claim --format json
    """
    triple = _triple(subject, predicate, object_)
    root = settings(ctx).repository
    with Progress() as progress:
        progress("Reading the files")
        corpus, rules = load(root), load_rules(root)
        progress("Drawing conclusions")
        inference = Inference(rules, (t for source in corpus.of_kind(*KINDS) for t in source.triples))
    proof = prove(inference, triple)
    if proof is None:
        click.echo(f"{show((triple.subject, triple.predicate, triple.object))} is neither stated nor follows.")
        ctx.exit(1)
    by_name = {rule.name: rule for rule in rules}
    grounds = _grounds(corpus, Places(corpus, lambda path: (root / path).read_text("utf-8")))
    written = {
        "text": lambda: to_text(proof, by_name, grounds),
        "json": lambda: to_json(proof, by_name, grounds),
        "turtle": lambda: to_turtle(proof, grounds),
    }
    click.echo(written[form](), nl=False)


def _triple(*words: str) -> ox.Triple:
    """The triple of three terms in Turtle. Raises SettingError if they are none."""
    text = " ".join(f"<{word}>" if word.startswith(("http://", "https://", "urn:")) else word for word in words)
    try:
        (found,) = parse_turtle(f"{_DECLARED}{text} .".encode(), "the triple")
    except (SourceError, ValueError) as error:
        reason = error.message if isinstance(error, SourceError) else "it is not one triple"
        raise SettingError(
            f"{text!r} cannot be read: {reason.rstrip('.')}.", remedy="Write each term as in Turtle."
        ) from None
    return found


def _grounds(corpus: Corpus, places: Places) -> Grounds:
    evidence: dict[object, list[str]] = {}
    for source in corpus.of_kind(*KINDS):
        for triple in source.triples:
            if triple.predicate == _EVIDENCE and isinstance(triple.object, ox.NamedNode):
                evidence.setdefault(triple.subject, []).append(triple.object.value)

    def ground(statement: Statement) -> Ground:
        return Ground(places(statement), tuple(evidence.get(statement[0], ())))

    return ground
