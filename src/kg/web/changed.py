"""What changed in the record between two days, in a sentence per change, with where its claims are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kg.chronicle import changes as differences
from kg.chronicle.changes import CERTAIN, OVER, Changes, Fact, Key, Value, View, may_change
from kg.chronicle.spans import UNDATED, Span
from kg.rdf import shorten
from kg.web.record import Record, span_of
from kg.web.site import language, site, to
from kg.web.stances import stances
from kg.web.words import words

#: What lasts until it ends; the rest happens, or is done, at a time.
_LASTING = ("member", "office", "leader", "aside")


@dataclass(frozen=True)
class Change:
    """A change as a sentence, the claim or the cell that it leads to, the stance it ends at, and its kind."""

    sentence: str
    href: str
    kind: str
    stance: str = ""


@dataclass(frozen=True)
class Chosen:
    """Which changes are wanted: those of an agent, of a forum, of topics; None or empty is all."""

    actor: str = ""
    forum: str = ""
    topics: Collection[str] | None = None
    items: Collection[str] | None = None


def between(known: Record, start: str, end: str, chosen: Chosen) -> list[tuple[Key, tuple[Value | None, Value | None]]]:
    """What differs between the record as of two days, the positions first."""
    members = None if not chosen.forum else {*known.members_of(chosen.forum, end), chosen.forum}
    cells = [
        said for (holder, topic), said in known.cells.items()
        if (not chosen.actor or holder == chosen.actor)
        and (members is None or holder in members)
        and (chosen.topics is None or topic in chosen.topics)
        and any(may_change(one.span, start, end) for one in said)
    ]  # fmt: skip
    facts = [
        fact for fact, claims in _facts().claims.items()
        if may_change(fact.span, start, end) and (chosen.items is None or not claims.isdisjoint(chosen.items))
    ]  # fmt: skip
    found: Changes = {
        **differences.changes(differences.positions_on(cells, start), differences.positions_on(cells, end)),
        **differences.changes(differences.facts_on(facts, start), differences.facts_on(facts, end)),
    }
    order = ("position", "contradiction", "commitment", "proposal", "signature", *_LASTING)
    return sorted(found.items(), key=lambda one: (order.index(one[0].kind), known.sorting(one[0].who), one[0].what))


def tell(
    known: Record, found: Sequence[tuple[Key, tuple[Value | None, Value | None]]], end: str
) -> list[Change]:
    """These changes in sentences, in the reader's language."""
    names = labels([one for key, both in found for one in (key.who, key.what) if one])
    return [_tell(known, key, old, new, names, end) for key, (old, new) in found]


def labels(iris: Sequence[str]) -> Mapping[str, str]:
    """The names of these in the reader's language; of a claim what it says."""
    if not iris:
        return {}
    rows = site().table("timeline-labels", these=list(dict.fromkeys(iris)), lang=language())
    return {row["iri"]: row.get("label", row["iri"]) for row in rows}


def _tell(
    known: Record, key: Key, old: Value | None, new: Value | None, names: Mapping[str, str], end: str
) -> Change:
    w = words(language())
    who, what = (names.get(iri, iri) for iri in (key.who, key.what))
    if key.kind == "position":
        sentence = w[f"timeline-position-{_move(old, new)}"].format(
            who=who, what=what, old=_stances(old), new=_stances(new)
        )
        href = to("/positions/cell", actor=shorten(key.who), topic=shorten(key.what), date=end)
        stance = new.stances[0] if isinstance(new, View) and len(new.stances) == 1 else ""
        return Change(sentence, href, key.kind, stance)
    if key.kind in _LASTING:
        how = "over" if new == OVER else "again" if old == OVER else "begun" if new == CERTAIN else "maybe"
    else:
        how = "certain" if new == CERTAIN else "maybe"
    return Change(w[f"timeline-{key.kind}-{how}"].format(who=who, what=what), _source(key), key.kind)


def _move(old: Value | None, new: Value | None) -> str:
    """What happened to where somebody stands, as the words of the timeline call it."""
    before = old if isinstance(old, View) else None
    after = new if isinstance(new, View) else None
    if after is None:
        return "lost"
    if before is None:
        return "first" if after.is_settled else "maybe-first"
    if set(before.stances) == set(after.stances):
        return "again" if before.known != after.known else "certain"
    if after.is_settled:
        return "moved" if before.is_settled else "certain"
    return "maybe-moved"


def _stances(value: Value | None) -> str:
    """The stances of a view in words."""
    known = stances()
    taken = value.stances if isinstance(value, View) else ()
    return ", ".join(known[iri].label if iri in known else iri for iri in taken)


@dataclass(frozen=True)
class Facts:
    """What the record counts changes of besides positions, with the claims that have each."""

    claims: Mapping[Fact, frozenset[str]]
    by_key: Mapping[Key, Sequence[str]]


def _source(key: Key) -> str:
    """Where a fact stands: its claim, the first of them if there are several."""
    return _facts().by_key[key][0]


def _facts() -> Facts:
    return site().at_length("changed facts", _read)


def _read() -> Facts:
    claims: dict[Fact, set[str]] = defaultdict(set)
    dates = dated()
    for row in site().long_table("timeline-facts"):
        kind = row["kind"]
        lasts = kind in _LASTING
        # What is no state of affairs is told by its claim, in its own words.
        key = Key(kind, row.get("who", ""), row.get("what", "")) if lasts else Key(kind, "", row["claim"])
        claims[Fact(key, dates.get(row.get("time", ""), UNDATED), lasts)].add(row["claim"])
    for iri, spans in _contradictions().items():
        firsts = [span.first for span in spans if span.first]
        if len(firsts) == len(spans):
            # It stands as soon as all of its claims may have been made.
            begin = max(firsts)
            claims[Fact(Key("contradiction", "", iri), Span(begin, begin, begin), lasts=False)].add(iri)
    by_key: dict[Key, set[str]] = defaultdict(set)
    for fact, of in claims.items():
        by_key[fact.key] |= of
    return Facts(
        {fact: frozenset(of) for fact, of in claims.items()}, {key: sorted(of) for key, of in by_key.items()}
    )


def _contradictions() -> Mapping[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for row in site().long_table("timeline-contradictions"):
        found[row["contradiction"]].append(dated().get(row.get("time", ""), UNDATED))
    return found


def dated() -> Mapping[str, Span]:
    """The dates of the record, by the IRI of each."""
    return site().at_length(
        "dates", lambda: {row["time"]: span_of(row) for row in site().long_table("timeline-dates")}
    )  # fmt: skip
