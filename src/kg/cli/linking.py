"""``kg link suggest``, and what it shares with the other commands that ask Wikidata when somebody runs them by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.cli.linkwords import said
from kg.cli.shell import settings
from kg.drafting.values import iri_of
from kg.errors import ServiceError, SettingError
from kg.files import read as read_file
from kg.linking import profile as profiles
from kg.linking import sssom
from kg.linking.ledger import EXACT, Ledger
from kg.linking.saying import decimal
from kg.model import LANGUAGES
from kg.rdf import LEDGER, PREFIXES, shorten
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.linking.candidates import Outcome
    from kg.linking.judged import Facts
    from kg.linking.profile import Profile
    from kg.linking.wanted import Ask, Wanted
    from kg.wikidata.client import Wikidata

PROFILE = "data/links/wikidata.profile.tsv"
#: How old an answer of Wikidata may be, in seconds: for suggestions, and for facts.
MONTH, DAY = 30 * 86_400.0, 86_400.0

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Bench:
    """What the commands work with: the settings, the ledger, the table of what answers to what, and our entities."""

    settings: Settings
    ledger: Ledger
    profile: Profile
    wanted: Mapping[str, Wanted]

    def chosen(self, names: Sequence[str], type_: str | None) -> list[str]:
        """The entities that are meant: those named, or all, of a type if one is given. Raises SettingError."""
        class_ = _class(type_, self.profile) if type_ else ""
        found = [self._entity(name) for name in names] or list(self.wanted)
        return [one for one in found if not class_ or class_ in self.wanted[one].types]

    def _entity(self, name: str) -> str:
        iri = iri_of(name)
        if iri is None or iri not in self.wanted:
            raise SettingError(
                f"{name} is no entity of the snapshot that Wikidata has a kind of item for.",
                remedy="Name one such as actor:italy, and run kg build if it is new.",
            )
        return iri

    @property
    def links(self) -> dict[str, str]:
        """The numbers of the items that entities are linked to, by entity."""
        return links(self.ledger)


def links(ledger: Ledger) -> dict[str, str]:
    """The numbers of the items that entities are the same as, by entity."""
    from kg.linking.items import id_of

    return {one.subject: id_of(one.object) for one in ledger.mappings if one.is_link and one.predicate == EXACT}


def read_ledger(root: Path) -> Ledger:
    """The ledger of a repository. Raises SourceError with the place of what is wrong in it."""
    try:
        text = read_file(root / LEDGER, LEDGER).decode("utf-8")
    except UnicodeDecodeError:
        raise SettingError(f"{LEDGER} is not in UTF-8.", remedy="Save it as UTF-8.") from None
    return sssom.read(text)


def bench(ctx: click.Context) -> Bench:
    """What the commands work with. Raises KgError if something of it cannot be read."""
    from kg.linking import wanted

    found = settings(ctx)
    assert found.repository is not None and found.state is not None
    ledger = read_ledger(found.repository)
    profile = profiles.read(read_file(found.repository / PROFILE, PROFILE).decode("utf-8", "replace"), PROFILE)
    return Bench(found, ledger, profile, wanted.read(_asking(found.state), profile, links(ledger)))


def _asking(state: Path) -> Ask:
    from kg.engine import Engine
    from kg.model import Query

    engine = Engine.open_read_only(state)

    def ask(text: str) -> Iterator[list[str]]:
        for row in engine.query(Query(text)):
            yield ["" if term is None else term.value for term in row]

    return ask


def _class(name: str, profile: Profile) -> str:
    """One of our classes by its name. Raises SettingError if there is no class of Wikidata for it."""
    iri = iri_of(name) or PREFIXES["ckg"] + name
    if iri not in profile.classes():
        known = ", ".join(shorten(one).removeprefix("ckg:") for one in profile.classes())
        raise SettingError(f"There is no type {name} to look for.", remedy=f"Give one of {known}.")
    return iri


def asking_wikidata(found: Settings, max_age: float) -> Wikidata:
    """The client; it tells on standard error when it waits. Raises SettingError before anything is sent."""
    from kg.wikidata.client import Wikidata

    return Wikidata(found, max_age=max_age, tell=lambda message: click.echo(f"kg: {message}", err=True))


@click.command()
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option("--type", "type_", metavar="CLASS", help="Only entities of this class: Person, State, Office, Forum …")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to write the result."
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the text.")
@click.pass_context
def suggest(ctx: click.Context, entities: tuple[str, ...], type_: str | None, format_: str, lang: str) -> int:
    """Look in Wikidata for entities that nobody has judged yet; with names, for those. This calls out.

    Nothing is linked by it: kg link review shows what was found and writes your judgements. Exit status: 0 if Wikidata
    answered all, 2 if it did not.

    \b
    Examples:
      kg link suggest --type Person
      kg link suggest forum:e5 place:vladivostok --lang it
    """
    from kg.linking.candidates import UNREACHABLE, judged, no_item, told
    from kg.wikidata import pending

    works = bench(ctx)
    chosen = works.chosen(entities, type_)
    wikidata = asking_wikidata(works.settings, MONTH)
    settled = {one: why for one in chosen if (why := judged(works.ledger, one))}
    outcomes = [
        no_item(one, works.wanted[one].label(), why)
        for one, why in settled.items()
        if entities and one not in works.links
    ]
    if entities:
        for one in set(settled) & set(works.links):
            click.echo(f"kg: {shorten(one)}: {settled[one][lang]}", err=True)
    outcomes += _looked_up(works, wikidata, [one for one in chosen if one not in settled], lang)
    assert works.settings.state is not None
    answered = [told(one) for one in outcomes if one.kind != UNREACHABLE]
    pending.save(works.settings.state, answered)
    everything = [told(one) for one in outcomes]
    as_json = format_ == "json"
    click.echo(json.dumps(everything, ensure_ascii=False, indent=1) if as_json else _written(everything, lang), nl=False)
    lost = len(everything) - len(answered)
    if lost:
        told_of = said(lang, "lost").format(lost, len(everything))
        click.echo(f"kg: {told_of} {outcomes[-1].says[lang]}", err=True)
    return 2 if lost else 0


def _looked_up(works: Bench, wikidata: Wikidata, entities: Sequence[str], language: str) -> list[Outcome]:
    """The outcome of each entity. After an outage nothing more is asked: it is no better for the next one."""
    from kg.linking.candidates import refused, unreachable
    from kg.wikidata.finding import find

    found: list[Outcome] = []
    failure = ""
    with bar(entities, said(language, "asking")) as each:
        for one in each:
            wanted = works.wanted[one]
            try:
                if not failure:
                    found.append(find(wikidata, wanted, works.profile, refused(works.ledger, one)))
                    continue
            except ServiceError as error:
                failure = str(error)
            found.append(unreachable(one, wanted.label(), failure))
    return found


def bar(things: Sequence[Thing], label: str) -> AbstractContextManager[Iterable[Thing]]:
    """The things one by one, with a progress bar on standard error; only where somebody sees it."""
    return click.progressbar(things, label=label, file=sys.stderr, hidden=not sys.stderr.isatty() or len(things) < 2)


def _written(outcomes: Sequence[Mapping], language: str) -> str:
    """The outcomes for reading, then how many there are of each."""
    parts = [block(one, language) for one in outcomes]
    counts: dict[str, int] = {}
    for one in outcomes:
        counts[one["outcome"]] = counts.get(one["outcome"], 0) + 1
    counted = ", ".join(f"{number} {said(language, kind)}" for kind, number in counts.items())
    parts.append(counted or said(language, "nothing"))
    return "\n".join(parts) + "\n"


def block(one: Mapping, language: str, shown: int = 3) -> str:
    """An outcome for reading: what came of it, the first candidates with their evidence, and what decides."""
    lines = [f"{shorten(one['entity'])}  {one['label']}", f"  {said(language, one['outcome'])}: {one['says'][language]}"]
    for number, candidate in enumerate(one["candidates"][:shown], start=1):
        about = f" ({described})" if (described := candidate["description"][language]) else ""
        score = f"{said(language, 'score')} {decimal(candidate['score'])[language]}"
        lines.append(f"  {number}  {candidate['id']}  {candidate['label']}{about}  {score}")
        lines += [f"       {_sign(each['value'])} {each['says'][language]}" for each in candidate["evidence"]]
    if one["contrast"]:
        lines.append(f"  {said(language, 'deciding')}: {one['contrast'][language]}.")
    return "\n".join(map(_harmless, lines)) + "\n"


def _harmless(line: str) -> str:
    """A line without characters that would command the terminal: names come from whoever edits Wikidata."""
    return "".join(one if one.isprintable() else "�" for one in line)


def _sign(value: float) -> str:
    return "−" if value < 0.5 else "·" if value == 0.5 else "+"


def facts(ctx: click.Context) -> dict[str, Facts]:
    """What Wikidata says today of every item that the ledger names, by its IRI. Calls out; raises ServiceError."""
    from kg.wikidata.finding import facts as found

    works = bench(ctx)
    return found(asking_wikidata(works.settings, DAY), works.ledger, works.wanted, works.profile)
