"""``kg link review``: a walk through what was suggested, in which somebody judges and the ledger takes it down."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import pyoxigraph as ox

from kg.cli.linking import block, read_ledger
from kg.cli.linkwords import said
from kg.cli.shell import settings
from kg.drafting.values import iri_of
from kg.errors import SettingError
from kg.files import alone
from kg.files import replace as replace_file
from kg.linking import sssom
from kg.linking.items import ENTITY
from kg.linking.ledger import EXACT, PREDICATES, Ledger, Mapping as Judgement
from kg.model import LANGUAGES
from kg.rdf import LEDGER, shorten
from kg.revisions import author as git_author

#: What can be typed. A number after it names a candidate; without one the first is meant.
KEYS = "acbwrxndq?"
_PREDICATE = dict(zip("acbw", PREDICATES, strict=True))


@dataclass
class Session:
    """A walk: where the ledger is, who judges, in which language they are asked, and how many judgements were written."""

    root: Path
    author: str
    today: datetime.date
    language: str = "en"
    written: int = 0
    note: str = ""
    deferred: list[str] = field(default_factory=list)

    def said(self, key: str, *given: object) -> str:
        """A sentence in the language of whoever judges."""
        return said(self.language, key).format(*given)

    def ledger(self) -> Ledger:
        """The ledger as it is now, which somebody may have changed meanwhile."""
        return read_ledger(self.root)

    def confirm(self, key: str) -> bool:
        """Whether they answer yes to a question, with the letters of their language or of English."""
        yes = ("y", "yes", "s", "sì", "si") if self.language == "it" else ("y", "yes")
        no = ("n", "no")
        while True:
            typed = click.prompt(f"{self.said(key)} {self.said('yes-or-no')}", default="n", show_default=False)
            if (word := typed.strip().casefold()) in (*yes, *no):
                return word in yes

    def write(self, judgement: Judgement) -> None:
        """Write a judgement to the ledger as it is now, in one step, and one writer after the other."""
        with alone((self.root / LEDGER).parent):
            text = sssom.write(self.ledger().with_(judgement))
            replace_file(self.root / LEDGER, text.encode("utf-8"), LEDGER)
        self.written, self.note = self.written + 1, ""

    def judgement(
        self, one: Mapping, candidate: Mapping | None, predicate: str = EXACT, negated: bool = False
    ) -> Judgement:
        """The judgement on a candidate, or that there is no item; its comment is the note, else what speaks for it, in the
        language of the ledger."""
        evidence = "; ".join(each["says"]["en"] for each in (candidate or {}).get("evidence", ()) if each["value"] != 0.5)
        return Judgement(
            one["entity"], predicate, ENTITY + candidate["id"] if candidate else "", negated=negated,
            confidence=candidate["score"] if candidate and not negated else None, author=self.author, date=self.today,
            comment=_one_line(self.note or evidence), subject_label=_one_line(one["label"]),
            object_label=_one_line(candidate["label"]) if candidate else "",
        )  # fmt: skip


@click.command()
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option(
    "--author", metavar="NAME|IRI", help="Who judges: a name, or an IRI such as an ORCID. Default: user.name of git."
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language to ask in.")
@click.pass_context
def review(ctx: click.Context, entities: tuple[str, ...], author: str | None, lang: str) -> None:
    """Walk through what kg link suggest found, and judge. Every judgement goes to the ledger at once.

    It calls nobody. Break it off whenever you like: the next walk begins with what is not judged yet, what was deferred
    last.

    \b
    Examples:
      kg link review
      kg link review forum:e5 --author https://orcid.org/0000-0002-1825-0097
    """
    from kg.wikidata import pending

    found = settings(ctx)
    assert found.repository is not None and found.state is not None
    who = _one_line(author or git_author(found.repository) or "")
    if not who:
        raise SettingError("Nobody knows who judges.", remedy="Give --author, or set user.name of git.")
    if "://" in who and not _is_iri(who):
        raise SettingError(f"{who[:100]!r} is no IRI.", remedy="Give --author a name, or an IRI such as an ORCID.")
    session = Session(found.repository, who, datetime.date.today(), lang)
    suggested = pending.load(found.state)
    wanted = {iri_of(name) or name for name in entities}
    waiting = [
        one for one in suggested.values() if _is_open(session.ledger(), one) and (not wanted or one["entity"] in wanted)
    ]
    if not waiting:
        click.echo(session.said("none-waits"))
        return
    click.echo(session.said("to-judge", len(waiting), who))
    try:
        _walk(session, sorted(waiting, key=lambda one: bool(one.get("deferred"))))
    finally:
        day = session.today.isoformat()
        pending.save(found.state, [{**suggested[one], "deferred": day} for one in session.deferred])
    left = sum(_is_open(session.ledger(), one) for one in waiting)
    click.echo(session.said("judged", LEDGER, session.written, left))


def _is_open(ledger: Ledger, one: Mapping) -> bool:
    """True if nobody has linked the entity or judged that it has no item."""
    return not any(each.is_link or each.is_none for each in ledger.of(one["entity"]))


def _walk(session: Session, waiting: list[dict]) -> None:
    """Go through what waits until all is judged or deferred, or somebody quits."""
    for number, one in enumerate(waiting, start=1):
        click.echo(f"\n[{number}/{len(waiting)}]")
        session.note = ""
        if not _judge(session, one):
            return


def _judge(session: Session, one: dict) -> bool:
    """Ask about one entity until it is judged or deferred; False if somebody quits."""
    while True:
        refused = {each.object for each in session.ledger().of(one["entity"]) if each.negated}
        left = [each for each in one["candidates"] if ENTITY + each["id"] not in refused]
        click.echo(block(_with(one, left), session.language, len(left)), nl=False)
        while True:
            try:
                typed = click.prompt("a c b w r x n d q ?", prompt_suffix=" > ").strip()
            except click.Abort:
                # The end of the input is a way to quit.
                click.echo()
                return False
            key, _, rest = typed.partition(" ")
            if key == "q":
                return False
            if key == "d":
                session.deferred.append(one["entity"])
                return True
            done = _act(session, one, left, key, rest.strip())
            if done == _SETTLED:
                return True
            if done == _REFUSED:
                break


def _with(one: dict, left: list[dict]) -> dict:
    """What was suggested with the candidates that are left; what decided between others decides nothing now."""
    return {**one, "candidates": left, "contrast": one["contrast"] if left == one["candidates"] else {}}


_SETTLED, _REFUSED, _NOTHING = "settled", "refused", "nothing"


def _act(session: Session, one: dict, left: list[dict], key: str, rest: str) -> str:
    """Do what a key says; whether the entity is settled by it, a candidate was refused, or neither."""
    if key == "?":
        for name in KEYS:
            click.echo(f"  {name}  {session.said(f'key-{name}')}")
    elif key == "n":
        session.note = rest
        click.echo(session.said("noted" if rest else "note-gone"))
    elif key == "x":
        if not left or session.confirm("really-none"):
            session.write(session.judgement(one, None))
            return _SETTLED
    elif key in _PREDICATE or key == "r":
        candidate = _meant(left, rest)
        if candidate is None:
            click.echo(session.said("which", len(left)) if left else session.said("none-left"))
        elif key == "r":
            session.write(session.judgement(one, candidate, negated=True))
            return _REFUSED
        elif _may_link(session, one, candidate, _PREDICATE[key]):
            session.write(session.judgement(one, candidate, _PREDICATE[key]))
            return _SETTLED
    else:
        click.echo(session.said("keys"))
    return _NOTHING


def _meant(left: list[dict], rest: str) -> dict | None:
    """The candidate with a number or an identifier, the first without."""
    if not rest:
        return left[0] if left else None
    if rest.isdecimal() and 1 <= int(rest) <= len(left):
        return left[int(rest) - 1]
    return next((each for each in left if each["id"] == rest), None)


def _may_link(session: Session, one: dict, candidate: dict, predicate: str) -> bool:
    """False if another entity has the item already, or if too little speaks for it and nobody insists."""
    if predicate == EXACT:
        taken = [
            each.subject for each in session.ledger().mappings
            if each.is_link and each.predicate == EXACT and each.object == ENTITY + candidate["id"]
            and each.subject != one["entity"]
        ]  # fmt: skip
        if taken:
            click.echo(session.said("taken", candidate["id"], shorten(taken[0])))
            return False
    if candidate["contradicted"]:
        return session.confirm("contradicted")
    if not candidate["supported"]:
        return session.confirm("unsupported")
    return True


def _one_line(text: str) -> str:
    """A text as a cell of the table can hold it: on one line, without characters that are none."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _is_iri(text: str) -> bool:
    try:
        return bool(ox.NamedNode(text))
    except ValueError:
        return False
