"""``kg cite``: the evidence for a passage of a source, without counting characters."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.shell import Progress, settings, texts_option
from kg.errors import SettingError, SourceError
from kg.gate.figures import together
from kg.model import Corpus
from kg.passages import DOCUMENT, EVIDENCE, SHA256, UNCITED, Node, Text, match_texts, nodes
from kg.passages.citing import (
    ATTRIBUTION,
    DIRECT,
    STEP,
    TOLERATED,
    Cited,
    evidence,
    evidence_name,
    find,
    standing,
    steps_of,
)
from kg.rdf import PREFIXES, shorten
from kg.sources import load, read_texts
from kg.turtle import serialize

_IDENTIFIER = PREFIXES["dcterms"] + "identifier"


@dataclass(frozen=True)
class Citation:
    """What a passage gives: the IRI of its evidence, the triples to add (none if it exists), and what to know of it."""

    iri: str
    triples: tuple[ox.Triple, ...]
    notes: tuple[str, ...]


@click.command()
@click.argument("source")
@click.argument("passage")
@texts_option
@click.option(
    "--attribution", metavar="STEP", help="Whose word it is: an attribution step; without it, the document's."
)
@click.option("--direct-speech", is_flag=True, help="The passage is direct speech.")
@click.pass_context
def cite(
    ctx: click.Context, source: str, passage: str, texts: Path | None, attribution: str | None, direct_speech: bool
) -> None:
    """Print the evidence for a PASSAGE of SOURCE: paragraph, span and digest, as Turtle to paste.

    SOURCE is the number of a source, its name (doc:004), its IRI, or the file of its text; the text is found in --texts
    by its digest. The passage must stand in the text once, within a paragraph; the form of quotation marks, spaces and
    accents does not matter if it is found without. Where evidence of that passage exists already, it is named. Of the
    text nothing is printed.

    \b
    Exit status: 0 found, 1 not found or more than once, 2 could not run.

    \b
    Examples:
      kg cite 004 'the words of the text' --texts ../texts
      kg cite 004 'the words of the text' --attribution step:004 --direct-speech
    """
    with Progress() as progress:
        progress("Reading the texts and the files")
        corpus = load(settings(ctx).repository)
        found = citation(corpus, source, passage, texts, attribution, direct=direct_speech)
    for note in found.notes:
        click.echo(note, err=True)
    click.echo(serialize(found.triples) if found.triples else shorten(found.iri) + "\n", nl=False)


def citation(
    corpus: Corpus, source: str, passage: str, texts: Path | None, attribution: str | None, *, direct: bool
) -> Citation:
    """The evidence of a passage, found in its text; raises SettingError, SourceError or PassageError."""
    known = nodes(corpus, DOCUMENT, EVIDENCE, UNCITED, STEP)
    document, text = _text(source, [node for node in known if node.is_a(DOCUMENT)], texts)
    cited = find(text.content, passage)
    steps = steps_of(document.iri, known)
    step = _step(attribution, document, steps)
    same, aside = standing(document.iri, cited.span, known)
    notes = _notes(cited, aside)
    usable = [node for node in same if attribution is None or node.one(ATTRIBUTION) == step]
    usable = [node for node in usable if not direct or node.values.get(DIRECT)]
    if usable:
        others = f" ({', '.join(shorten(node.iri) for node in usable[1:])} too)" if usable[1:] else ""
        through = ", ".join(map(shorten, usable[0].values.get(ATTRIBUTION, ())))
        name = shorten(usable[0].iri)
        return Citation(
            usable[0].iri, (), (*notes, f"{name} is evidence of this passage already{others}, through {through}.")
        )
    notes += [f"{shorten(node.iri)} is evidence of the same passage, attributed otherwise." for node in same]
    taken = {triple.subject.value for one in corpus.of_kind("data") for triple in one.triples}
    iri = evidence_name(document.iri, cited.span, taken)
    return Citation(iri, tuple(evidence(iri, document.iri, cited, step, direct=direct)), tuple(notes))


def _notes(cited: Cited, aside: list[Node]) -> list[str]:
    """What to know of the place of a passage."""
    span = cited.span
    found = [f"Found in paragraph {span.paragraph}, characters {span.start} to {span.end}."]
    if cited.tolerated:
        found.append(
            f"Passed over: {', '.join(TOLERATED[key] for key in cited.tolerated)}. The digest is of the text's."
        )
    if cited.cuts:
        found.append("It begins or ends inside a word.")
    return found + [f"{shorten(node.iri)} sets this passage aside as carrying no claim." for node in aside]


def _text(source: str, documents: list[Node], folder: Path | None) -> tuple[Node, Text]:
    """The document that is meant, and its text. Raises SettingError if there is none, or its text is not at hand."""
    file = Path(source)
    if file.is_file():
        texts = [text for text in read_texts(file.parent) if text.name == file.name]
        found = match_texts(documents, texts)
        if not found:
            raise SettingError(
                f"No document of the graph has the text of {file}.",
                remedy="Describe the document in data/sources/ first.",
            )
    else:
        if folder is None:
            raise SettingError("It is not said where the texts are.", remedy="Give --texts DIR, or set KG_TEXTS.")
        found = match_texts([_document(source, documents)], read_texts(folder))
        if not found:
            raise SettingError(
                f"No file in {folder} is the text of {source}.", remedy="Its SHA-256 stands in the graph."
            )
    iri, text = next(iter(found.items()))
    return next(node for node in documents if node.iri == iri), text


def _document(source: str, documents: list[Node]) -> Node:
    """The document of a number, name or IRI. Raises SettingError."""
    for node in documents:
        if source in (node.iri, shorten(node.iri), node.iri.rpartition("/")[2], *node.values.get(_IDENTIFIER, ())):
            if SHA256 in node.values:
                return node
            raise SettingError(
                f"The graph knows no text of {shorten(node.iri)}.",
                remedy="A work without a text is cited by a ckg:locator.",
            )
    names = [shorten(node.iri) for node in documents if SHA256 in node.values]
    near = get_close_matches(source, together(source, names), 3) or names[:8]
    raise SettingError(f"There is no source {source}.", remedy=f"There are {', '.join(near)}.")


def _step(wanted: str | None, document: Node, steps: list[Node]) -> str:
    """The IRI of the attribution step, or of the document's own. Raises SettingError if the document has none such."""
    chosen = [node for node in steps if wanted in (None, node.iri, shorten(node.iri))]
    if chosen:
        return chosen[0].iri
    if not steps:
        raise SourceError(f"{shorten(document.iri)} has no attribution step.", remedy="Add one beside the document.")
    names = [shorten(node.iri) for node in steps]
    near = get_close_matches(wanted or "", together(wanted or "", names), 3)
    raise SettingError(
        f"{wanted} is no attribution step of {shorten(document.iri)}.",
        remedy=f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(names[:8])}.",
    )
