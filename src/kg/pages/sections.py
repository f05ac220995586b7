"""The claims of a page in the order that people read: by kind, then by topic, condition or holder, then by date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.pages.claims import Line
from kg.pages.facts import Facts, Said
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES

_CKG = PREFIXES["ckg"]
#: The kinds of claims of the ontology in the order that readers look for them; any other comes after these, by name.
_ORDER = tuple(
    _CKG + name
    for name in (
        "Position", "Threat", "ChangeOfPosition", "Commitment", "Proposal", "Membership", "Leadership", "OfficeHolding",
        "Participation", "NonParticipation", "Signature", "NonSignature", "ProspectiveVeto", "Rationale", "Assertion",
        "Assessment", "Comparison", "Prediction", "Count", "Statement", "Report", "Contradiction", "IdentityJudgement",
        "LineageLink", "Judgement", "Claim",
    )
)  # fmt: skip
#: How what is of no other group is divided: by what a page says in its heading.
BY_TOPIC = {_CKG + "Position", _CKG + "Threat"}
BY_CONDITION = {_CKG + "Commitment"}
_LAST_DAY = "9999"


@dataclass(frozen=True)
class Part:
    """Claims below one heading: a topic, a condition or a holder; none if there is nothing to tell them apart by.

    ``domains`` is a second heading, of commitments. Parts with the same heading stand together.
    """

    heading: tuple[Said, ...]
    lines: Sequence[Line]
    domains: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Section:
    """The claims of a kind; ``own`` if they are the subject's, and not only claims that mention it."""

    key: str
    kind: str
    label: Said
    own: bool
    parts: Sequence[Part]

    @property
    def count(self) -> int:
        """How many claims it has."""
        return sum(len(part.lines) for part in self.parts)


#: Who can say and do something: of claims that name one of these many are of others.
_ACTING = tuple(PREFIXES[name] for name in ("actor", "forum", "event"))
#: Properties by which a claim is of such a one.
_OWN = frozenset(
    _CKG + name
    for name in ("holder", "statedBy", "onBehalfOf", "forum", "group", "event", "statedAt", "madeInForum")
)
_UNDER = _CKG + "underTopic"


def mentions(subject: str, relations: Iterable[str], vocabulary: Vocabulary) -> bool:
    """True if a claim that names something by these properties is of others and only mentions it; of a topic, if the
    claim is on a narrower one."""
    if subject.startswith(_ACTING):
        return not any(one in _OWN or one in vocabulary.agents for one in relations)
    return set(relations) == {_UNDER}


def rank(kind: str, own: bool, label: str) -> tuple[bool, int, str]:
    """Where the claims of a kind come on a page."""
    return not own, _ORDER.index(kind) if kind in _ORDER else len(_ORDER), label


def day_order(day: str) -> str:
    """Where a day comes in time; what has no date comes last."""
    return day or _LAST_DAY


def sections(
    lines: Sequence[Line], relations: Mapping[str, Collection[str]], subject: str, facts: Facts, vocabulary: Vocabulary
) -> list[Section]:
    """These claims below headings; ``relations`` has for each by which properties it names ``subject``."""
    found: dict[tuple[bool, str], list[Line]] = {}
    for line in lines:
        found.setdefault((not mentions(subject, relations.get(line.iri, ()), vocabulary), line.kind), []).append(line)
    made = []
    for (own, kind), members in found.items():
        key = f"{'' if own else 'mentioned-'}{kind.rpartition('#')[2].rpartition('/')[2] or 'other'}"
        made.append(Section(key, kind, facts.name(kind), own, _parts(kind, members, subject)))
    return sorted(made, key=lambda section: rank(section.kind, section.own, section.label.text))


def _parts(kind: str, lines: Sequence[Line], subject: str) -> list[Part]:
    found: dict[tuple[tuple[Said, ...], tuple[Said, ...]], list[Line]] = {}
    for line in lines:
        domains = tuple(mark.value for mark in line.marks if mark.name == "domain") if kind in BY_CONDITION else ()
        found.setdefault((_heading(kind, line, subject), domains), []).append(line)
    return [
        Part(heading, sorted(members, key=lambda line: (day_order(line.day), line.iri)), domains)
        for (heading, domains), members in sorted(found.items(), key=lambda item: [in_order(said) for said in item[0]])
    ]


def in_order(heading: Sequence[Said]) -> tuple[bool, list[str]]:
    """Where a heading comes among others: by its words; what has none comes last."""
    return not heading, sorted(one.text.casefold() for one in heading)


def _heading(kind: str, line: Line, subject: str) -> tuple[Said, ...]:
    if kind in BY_CONDITION:
        return line.conditions
    if kind in BY_TOPIC:
        holders = tuple(name for predicate, _, names in line.who if predicate == _CKG + "holder" for name in names)
        topics = tuple(topic for topic in line.topics if topic.iri != subject)
        return topics if topics and subject not in {one.iri for one in line.topics} else holders
    return ()
