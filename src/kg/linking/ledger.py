"""The ledger of links: every judgement whether an entity of ours is one of Wikidata's, made, refused or found empty."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace

from kg.rdf import PREFIXES

_SKOS = PREFIXES["skos"]
EXACT = _SKOS + "exactMatch"
#: What a judgement can say, the strictest first (SKOS Reference, section 10). Never owl:sameAs: under OWL RL that merges
#: all that is said of both.
PREDICATES = (EXACT, _SKOS + "closeMatch", _SKOS + "broadMatch", _SKOS + "narrowMatch")

SEMAPV, SSSOM = PREFIXES["semapv"], PREFIXES["sssom"]
#: Somebody looked at both and judged (semapv:ManualMappingCuration).
BY_HAND = SEMAPV + "ManualMappingCuration"


@dataclass(frozen=True)
class Mapping:
    """One judgement about a pair of IRIs; ``object`` is empty where it says that nothing in Wikidata is the subject.

    ``negated`` makes it a candidate that was refused. ``confidence`` is from 0 to 1, to four decimals, None where nobody gave one;
    ``author`` an IRI or a name; ``line`` the line in the ledger that was read, 0 if it was not read.
    """

    subject: str
    predicate: str
    object: str
    negated: bool = False
    justification: str = BY_HAND
    confidence: float | None = None
    author: str = ""
    date: datetime.date | None = None
    comment: str = ""
    subject_label: str = ""
    object_label: str = ""
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if self.confidence is not None:
            object.__setattr__(self, "confidence", float(decimal(self.confidence)))

    @property
    def pair(self) -> tuple[str, str]:
        """What the judgement is about; the ledger holds one judgement of it."""
        return self.subject, self.object

    @property
    def is_link(self) -> bool:
        """True if it links: it neither refuses a candidate nor says that there is none."""
        return bool(self.object) and not self.negated

    @property
    def is_none(self) -> bool:
        """True if it says that nothing in Wikidata is the subject."""
        return not self.object


@dataclass(frozen=True)
class Ledger:
    """All judgements with the header of their file: its slots by name, and the prefixes (``curie_map``) by theirs."""

    header: Table[str, str] = field(default_factory=dict)
    curies: Table[str, str] = field(default_factory=dict)
    mappings: tuple[Mapping, ...] = ()

    def of(self, subject: str) -> tuple[Mapping, ...]:
        """The judgements about an entity: links first, then what was refused."""
        return tuple(one for one in self.mappings if one.subject == subject)

    def with_(self, mapping: Mapping) -> Ledger:
        """The ledger with a judgement, which takes the place of those that it overrules: of the same pair, and of a link
        to an entity that was judged to have none, or the reverse. What was refused stays refused."""
        kept = [one for one in self.mappings if not _overrules(mapping, one)]
        return replace(self, mappings=tuple(sorted((*kept, mapping), key=order)))


def order(mapping: Mapping) -> tuple[object, ...]:
    """The place of a judgement in the ledger: by subject, links before what is refused, strict predicates first."""
    rank = PREDICATES.index(mapping.predicate) if mapping.predicate in PREDICATES else len(PREDICATES)
    item = mapping.object
    # Q9 before Q10.
    return mapping.subject, mapping.is_none, mapping.negated, rank, len(item), item


def _overrules(new: Mapping, old: Mapping) -> bool:
    if new.subject != old.subject:
        return False
    return new.object == old.object or (new.is_none and old.is_link) or (new.is_link and old.is_none)


def decimal(confidence: float) -> str:
    """A confidence as it is written: to four decimals, without zeros at the end."""
    return f"{abs(confidence):.4f}".rstrip("0").rstrip(".")
