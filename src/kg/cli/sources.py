"""``kg sources``: the graph and the texts it was made from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import click

from kg.blocks import lines
from kg.cli.shell import Progress, settings, texts_option
from kg.cli.table import render
from kg.errors import SettingError
from kg.model import Corpus
from kg.passages import (
    DOCUMENT,
    EVIDENCE,
    SHA256,
    SOURCE,
    UNCITED,
    Node,
    Text,
    check_document,
    check_passage,
    match_texts,
    nodes,
    span_of,
)
from kg.passages.claims import Claim, claims
from kg.passages.coverage import cover, ends_of
from kg.passages.overlap import ALLOWED, Overlap, TextIndex
from kg.rdf import shorten
from kg.sources import load, read_text, read_texts, text_files


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def sources() -> None:
    """Compare the graph with the texts it was made from."""


@sources.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Print how many claims of each kind the graph has from each source text, and how many from other documents.

    A claim with evidence from two sources counts for both, and once in the last column.

    \b
    Example:
      kg sources list
    """
    with Progress() as progress:
        progress("Reading the files")
        corpus = load(settings(ctx).repository)
        found = claims(corpus)
    texts = {node.iri for node in nodes(corpus, DOCUMENT) if node.one(SHA256)}
    click.echo(_per_kind(found, sorted(texts)))
    others = Counter(source for claim in found for source in claim.sources if source not in texts)
    rows = [[shorten(source), str(others[source])] for source in sorted(others)]
    click.echo(render(["other document", "claims"], rows), nl=False)


def _per_kind(found: list[Claim], texts: list[str]) -> str:
    """A table of claims by kind and source text."""
    header = ["kind", *map(shorten, texts), "other", "no source", "all"]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for claim in found:
        columns = {source if source in texts else "other" for source in claim.sources} or {"no source"}
        for kind in (claim.kind, "all"):
            counts[kind].update([*columns, "all"])
    kinds = [*sorted(counts.keys() - {"all"}), "all"]
    columns = [*texts, "other", "no source", "all"]
    names = {kind: shorten(kind) for kind in kinds} | {"all": "all"}
    rows = [[names[kind], *(str(counts[kind][column]) for column in columns)] for kind in kinds]
    return render(header, rows)


@sources.command()
@texts_option
@click.pass_context
def verify(ctx: click.Context, texts: Path | None) -> int:
    """Recompute every passage from the texts, and report what does not agree.

    Checked are the digests, lengths and places that the graph states; that every sentence is cited by a claim or set
    aside with a reason; and that no file of the repository shares more than eight words in a row with a text.
    Exit status: 0 all agrees, 1 something does not, 2 could not run.

    \b
    Example:
      kg sources verify --texts ../texts
    """
    root = settings(ctx).repository
    if texts is None:
        raise SettingError("It is not said where the source texts are.", remedy="Give --texts DIR, or set KG_TEXTS.")
    with Progress() as progress:
        progress("Reading the texts and the files")
        corpus, found = load(root), read_texts(texts)
        progress("Comparing the graph with the texts")
        faults = _report_passages(root, corpus, found)
        progress("Looking for words copied from the texts")
        overlaps = _overlaps(root, texts, found)
    for overlap in overlaps:
        click.echo(str(overlap))
    click.echo(f"Runs of more than {ALLOWED} words shared with a text: {len(overlaps)}.")
    return int(bool(faults or overlaps))


def _overlaps(root: Path, folder: Path, texts: list[Text]) -> list[Overlap]:
    index = TextIndex(texts)
    return [overlap for path, content in text_files(root, folder) for overlap in index.overlaps(path, content)]


def _report_passages(root: Path, corpus: Corpus, texts: list[Text]) -> int:
    """Print what does not agree and how far each text is covered; the number of faults."""
    documents = nodes(corpus, DOCUMENT)
    passages = nodes(corpus, EVIDENCE, UNCITED)
    matched = match_texts(documents, texts)
    mismatches = [fault for document in documents for fault in check_document(document, matched.get(document.iri))]
    mismatches += [fault for passage in passages for fault in check_passage(passage, matched)]
    blocks = {file: lines(read_text(root / file) or "") for file in {mismatch.file for mismatch in mismatches}}
    for mismatch in mismatches:
        click.echo(str(replace(mismatch, line=blocks[mismatch.file].get(mismatch.node))))
    uncovered = sum(_report_coverage(iri, text, passages) for iri, text in sorted(matched.items()))
    click.echo(f"Passages: {len(passages)}, of documents with a text: {len(matched)}; mismatches: {len(mismatches)}.")
    for text in texts:
        if text not in matched.values():
            click.echo(f"{text.name}: no document of the graph has this text.")
    if not matched:
        click.echo("No document of the graph has a text here, so nothing could be compared.")
    return len(mismatches) + uncovered + (not matched)


def _report_coverage(iri: str, text: Text, passages: list[Node]) -> int:
    """Print how far a text is covered; the number of sentences that nothing accounts for."""
    spans: dict[bool, list] = {True: [], False: []}
    for passage in passages:
        span = span_of(passage)
        if passage.one(SOURCE) == iri and span:
            spans[passage.is_a(UNCITED)].append(span)
    result = cover(text.content, spans[False], spans[True])
    click.echo(
        f"{shorten(iri)}: {result.sentences} sentences, {result.cited} cited, {result.set_aside} set aside with a "
        f"reason, {len(result.uncovered)} uncovered; {result.letters:.1%} of the letters are in a passage."
    )
    for sentence in result.uncovered:
        words = ends_of(text.content, sentence)
        click.echo(f"  paragraph {sentence.paragraph}, {sentence.start}–{sentence.end}: uncovered ({words})")
    return len(result.uncovered)
