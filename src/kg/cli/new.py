"""``kg new``: a claim of a kind, with what the shapes ask for, in a file of its own that passes the check."""

from __future__ import annotations

import os
import posixpath
import shlex
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.asking import WORDS, Interview
from kg.cli.cite import citation
from kg.cli.shell import Progress, settings, texts_option
from kg.drafting.draft import EVIDENCE, Draft, class_of
from kg.drafting.forms import Forms
from kg.drafting.values import free, iri_of
from kg.errors import PassageError, SettingError, SourceError, Where
from kg.gate.base import INCOMING, Base
from kg.gate.contribution import Bench, check
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.model import Change, Contribution, Corpus, Finding
from kg.rdf import kind_of, shorten
from kg.rulebook import load_rules
from kg.sources import FOLDERS, TURTLE, load
from kg.turtle import serialize

DATA = "data"
FOLDER = f"{DATA}/claims"


@click.command()
@click.argument("kind")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="PROPERTY=VALUE",
    help="A value: PROPERTY=VALUE, PROPERTY@LANGUAGE=TEXT; of a further node: 'NODE PROPERTY=VALUE', 'NODE a=CLASS'.",
)
@click.option("--source", metavar="SOURCE", help="The source of the passage, as in kg cite.")
@click.option("--passage", metavar="TEXT", help="The words that the claim rests on, as in kg cite.")
@texts_option
@click.option("--attribution", metavar="STEP", help="Whose word the passage is, as in kg cite.")
@click.option("--direct-speech", is_flag=True, help="The passage is direct speech.")
@click.option("--name", metavar="NAME", help="Local name of the claim; without it, made from source and summary.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; never over a file.")
@click.option("--ask/--no-ask", default=None, help="Ask for what lacks; by default, if there is a terminal.")
@click.option("--lang", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language to ask in.")
@click.pass_context
def new(ctx: click.Context, kind: str, given: tuple[str, ...], lang: str, **options: object) -> None:
    """Write a claim of a KIND, such as position or commitment, asking for what the shapes require.

    What exists is offered by name and label, for a part of either; a date is written in EDTF. The claim is judged
    together with the repository before it is written to data/claims/NAME.ttl, and not written if it would not pass.

    \b
    Exit status: 0 written, 1 would not pass, 2 could not run.

    \b
    Examples:
      kg new position
      kg new commitment --source 004 --texts ../texts --passage 'the words of the text'
      kg new position --set holder=actor:italy --set stance=stance:supports --set summary@en='Italy …'
    """
    root = settings(ctx).repository
    ask = options["ask"] if options["ask"] is not None else click.get_text_stream("stdin").isatty()
    with Progress() as progress:
        progress("Reading the files")
        corpus = load(root)
    draft, said = _filled(corpus, kind, given, options, lang if ask else None)
    _refuse_missing(draft, lang)
    name = str(options["name"] or draft.proposed())
    if ask and not options["name"]:
        name = click.prompt(WORDS[lang]["name"], default=name)
    file = Path(str(options["output"])) if options["output"] else root / FOLDER / f"{name}.ttl"
    inside = _inside(root, file)
    _refuse(file, inside)
    text = serialize(draft.finished(name))
    with Progress() as progress:
        progress("Judging the claim with the repository")
        findings = _findings(root, corpus, text, inside if _is_data(inside) else _free(corpus, name))
    _tell(findings, lang)
    if any(finding.severity == "violation" for finding in findings):
        again = ["kg", "new", kind, "--name", name, *(word for one in said for word in ("--set", one))]
        click.echo(f"Nothing is written. To go on from here: {shlex.join(again)}", err=True)
        ctx.exit(1)
    _write(file, text)
    click.echo(f"Wrote {file}. Next: {_next(file, inside)}")


def _filled(
    corpus: Corpus, kind: str, given: tuple[str, ...], options: dict[str, object], language: str | None
) -> tuple[Draft, list[str]]:
    """The draft with what is given, and with what is asked for if there is a language to ask in; all as assignments."""
    draft, forms = _draft(corpus, kind)
    said = [*given]
    if options["passage"]:
        said.insert(0, _cite(corpus, draft, options))
    elif options["source"] and language:
        said.insert(0, _ask_for_passage(corpus, draft, options, language))
    _assign(draft, forms, said)
    return draft, said + (Interview(draft, forms, language).fill() if language else [])


def _ask_for_passage(corpus: Corpus, draft: Draft, options: dict[str, object], language: str) -> str:
    """Ask for the passage until it is found; the assignment that points to its evidence."""
    while True:
        try:
            return _cite(corpus, draft, {**options, "passage": click.prompt(WORDS[language]["passage"])})
        except PassageError as error:
            click.echo(str(error))


def _tell(findings: tuple[Finding, ...], lang: str) -> None:
    for finding in findings:
        message = finding.messages.get(lang) or finding.messages["en"]
        click.echo(f"{finding.severity}: {shorten(finding.focus)}: {message} ({finding.code})", err=True)


def _draft(corpus: Corpus, kind: str) -> tuple[Draft, Forms]:
    state = State(ox.Store(), (), {"": [t for one in corpus.of_kind("ontology", "data") for t in one.triples]})
    forms = Forms(ShapesGraph(t for one in corpus.of_kind("shapes") for t in one.triples), state)
    return Draft(forms, state, class_of(kind, forms)), forms


def _cite(corpus: Corpus, draft: Draft, options: dict[str, object]) -> str:
    """Take the evidence of the passage into the draft; the assignment that points to it."""
    if not options["source"]:
        raise SettingError("It is not said of which source the passage is.", remedy="Give --source as well.")
    texts, step = options["texts"], options["attribution"]
    found = citation(
        corpus,
        str(options["source"]),
        str(options["passage"]),
        Path(str(texts)) if texts else None,
        str(step) if step else None,
        direct=bool(options["direct_speech"]),
    )
    for note in found.notes:
        click.echo(note, err=True)
    draft.add(found.triples)
    return f"{shorten(EVIDENCE)}={shorten(found.iri)}"


def _assign(draft: Draft, forms: Forms, given: list[str]) -> None:
    """Give the draft these values: classes of further nodes first, then the evidence, whose source gives names."""
    parsed = [_parsed(one) for one in given]
    for subject, property_, _, value in parsed:
        if property_ == "a" and subject:
            draft.declare(subject, _class(forms, value))
    rest = [one for one in parsed if one[1] != "a"]
    for subject, property_, language, value in sorted(rest, key=lambda one: "evidence" not in one[1]):
        place = {"subject": subject} if subject else {}
        draft.set(draft.field(property_, **place), value, language, **place)


def _class(forms: Forms, text: str) -> str:
    """A class of the ontology by its name, with or without prefix. Raises SettingError."""
    iri = iri_of(text) or iri_of(f"ckg:{text}") or ""
    if iri and forms.labels(iri):
        return iri
    raise SettingError(
        f"The ontology has no class {text!r}.", remedy="Write it as in the ontology, such as ckg:Condition."
    )


def _parsed(text: str) -> tuple[str, str, str, str]:
    """Subject (an IRI, empty for the claim), property, language and value of an assignment. Raises SettingError."""
    left, equals, value = text.partition("=")
    subject, _, rest = left.strip().rpartition(" ")
    property_, _, language = rest.partition("@")
    iri = iri_of(subject.strip()) if subject else ""
    if not equals or not property_ or not value.strip() or iri is None:
        raise SettingError(f"--set {text!r} sets nothing.", remedy="Write PROPERTY=VALUE, such as holder=actor:italy.")
    return iri, property_, language, value.strip()


def _refuse_missing(draft: Draft, lang: str) -> None:
    """Raise SettingError with all that lacks."""
    main = draft.nodes()[0]
    lacking = [(node, one) for node in draft.nodes() for one in draft.missing(node)]
    if lacking:
        names = ", ".join(one.name if node == main else f"{shorten(node)} {one.name}" for node, one in lacking)
        told = " ".join(dict.fromkeys((one.messages or {}).get(lang, "") for _, one in lacking))
        raise SettingError(f"The draft lacks {names}.", remedy=f"Give them with --set, or say --ask. {told}".strip())


def _inside(root: Path, file: Path) -> str:
    """The path of the file in the repository; empty if it is not in one of the folders of its sources."""
    whole = file.resolve()
    path = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else ""
    return path if path.startswith(tuple(f"{folder}/" for folder in FOLDERS)) else ""


def _is_data(path: str) -> bool:
    return kind_of(path) == DATA


def _next(file: Path, inside: str) -> str:
    """What to do with the file that was written."""
    place = shlex.quote(str(file))
    return f"kg check; kg diff HEAD; git add {place}" if _is_data(inside) else f"kg check {place}"


def _free(corpus: Corpus, name: str) -> str:
    """A path of no file of the repository, to judge at what is written elsewhere, as kg check would."""
    return free(f"{INCOMING}{name}", (one.path.removesuffix(TURTLE) for one in corpus.sources)) + TURTLE


def _findings(root: Path, corpus: Corpus, text: str, path: str) -> tuple[Finding, ...]:
    """What the new file would bring that is wrong, in it or elsewhere."""
    store = ox.Store()
    for one in corpus.sources:
        store.bulk_extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    paths = frozenset(one.path for one in corpus.sources if one.path != path)
    base = Base(store, paths, lambda other: (root / other).read_bytes())
    contribution = Contribution((Change(path, None, text.encode()),), "a new claim")
    return check(contribution, Bench.of(base, load_rules(root))).findings


def _refuse(file: Path, inside: str) -> None:
    """Raise SourceError if a claim cannot be written there, or ought not to."""
    if file.suffix != TURTLE:
        raise SourceError(f"The claim is written as Turtle, in a file that ends in {TURTLE}.", where=Where(str(file)))
    if inside and not _is_data(inside):
        raise SourceError(
            f"No claim belongs in {posixpath.dirname(inside)}/.", remedy=f"Write it below {DATA}/.",
            where=Where(str(file)),
        )
    if os.path.lexists(file):
        raise SourceError("There is such a file already.", remedy="Give another --output.", where=Where(str(file)))


def _write(file: Path, text: str) -> None:
    """Write a new file. Raises SourceError if there is one of that name by now, or it cannot be written."""
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise SourceError(f"The file cannot be written ({error.strerror}).", where=Where(str(file))) from None
