"""Reading the table of the ledger, cell by cell, with the place of each and every fault."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.linking import header
from kg.linking.ledger import PREDICATES, SSSOM, Ledger, Mapping
from kg.rdf import PREFIXES

COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_id", "author_label", "mapping_date", "confidence", "mapping_cardinality", "comment",
)  # fmt: skip
REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
#: An item of Wikidata: its own IRI, never the address of a page about it.
ITEM = re.compile(re.escape(PREFIXES["wd"]) + r"Q[1-9][0-9]*")
NONE, NOT, NO_COUNTERPART = SSSOM + "NoTermFound", "Not", "1:0"
_CELL = re.compile(r'("(?:[^"]|"")*"|[^\t"][^\t]*|)(\t|$)')
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"0(?:\.\d{1,4})?|1(?:\.0{1,4})?")
#: After how many faults a table is not read on: it is hardly one, and each fault takes memory.
_MOST_FAULTS = 500
#: How many characters a line may have: ten times the longest judgement with its comment, and read at once.
_LONGEST_LINE = 20_000

#: A cell by its column: its text, and where it starts in its line, from 1.
Cells = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Table:
    """A table as far as it can be read, with its faults; ``cells`` has those of each judgement of the ledger."""

    ledger: Ledger
    cells: tuple[Cells, ...]
    faults: tuple[SourceError, ...]


def read(text: str, origin: str) -> Table:
    """Read a table, and go on behind each fault."""
    return _Reader(origin).read(text)


def line_starts(text: str) -> list[int]:
    """Where each line of a table begins, in code points from 0: lines end with a line feed and with nothing else."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


class _Reader:
    """Reads one table and collects its faults."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._line = 1
        self._curies: dict[str, str] = {}
        self._faults: list[SourceError] = []

    def read(self, text: str) -> Table:
        """The whole text."""
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        slots, curies = header.read([line[1:] for line in lines[:head]], self._tell)
        self._curies = {**header.BUILT_IN, **curies}
        self._line = head + 1
        columns = self._columns(lines[head] if head < len(lines) else "")
        found = []
        for self._line, line in enumerate(lines[head + 1 :], start=head + 2):
            if len(self._faults) >= _MOST_FAULTS:
                self._fault(
                    1, f"The lines before have {len(self._faults)} faults, so this and what follows is not read.",
                    "Mend those first.",
                    f"Le righe precedenti hanno {len(self._faults)} errori, perciò questa e le seguenti non sono lette. "
                    "Correggere prima quelli.",
                )  # fmt: skip
                break
            if line and columns:
                found.append(self._mapping(line, columns))
        read = [one for one in found if one is not None]
        self._repeated(read)
        ledger = Ledger(slots, curies, tuple(mapping for mapping, _ in read))
        return Table(ledger, tuple(cells for _, cells in read), tuple(self._faults))

    def _repeated(self, read: list[tuple[Mapping, Cells]]) -> None:
        first: dict[tuple[str, str], int] = {}
        for mapping, cells in read:
            self._line = mapping.line
            line = first.setdefault(mapping.pair, mapping.line)
            if line != mapping.line:
                self._fault(
                    cells["object_id"][1], f"This pair is judged in line {line} already.", "Keep one of the two.",
                    f"Questa coppia è già giudicata alla riga {line}. Tenerne una delle due.", kind="ledger-twice",
                )  # fmt: skip

    def _tell(self, en: str, remedy: str, it: str, line: int, column: int, kind: str = "ledger") -> None:
        where = Where(self._origin, line, column)
        self._faults.append(SourceError(en, remedy=remedy, where=where, kind=kind, italian=it))

    def _fault(self, column: int, en: str, remedy: str, it: str, kind: str = "ledger") -> None:
        self._tell(en, remedy, it, self._line, column, kind)

    def _columns(self, line: str) -> list[str]:
        cells = self._cells(line)
        names = [text for text, _ in cells]
        for name, column in cells:
            if name not in COLUMNS or names.count(name) > 1:
                self._fault(
                    column, f"The ledger has no column {name or 'without a name'}, or has it twice.",
                    f"Use {', '.join(COLUMNS)}.",
                    f"Il registro non ha una colonna {name or 'senza nome'}, o la ha due volte. Usare "
                    f"{', '.join(COLUMNS)}.",
                )  # fmt: skip
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            self._fault(
                1, f"The ledger lacks the column {missing[0]}.", "Add it, separated by tabs.",
                f"Al registro manca la colonna {missing[0]}. Aggiungerla, separata da tabulazioni.",
            )  # fmt: skip
        return [] if missing else names

    def _cells(self, line: str) -> list[tuple[str, int]]:
        """The cells of a line, each with its column; a cell in quotes has each of its quotes doubled."""
        if len(line) > _LONGEST_LINE:
            self._fault(
                _LONGEST_LINE + 1, f"The line has {len(line):,} characters, and may have {_LONGEST_LINE:,}.",
                "Put each judgement on a line of its own.",
                f"La riga ha {len(line)} caratteri, e può averne {_LONGEST_LINE}. Porre ogni giudizio su una riga "
                "propria.",
            )  # fmt: skip
            return []
        found, at = [], 0
        while True:
            match = _CELL.match(line, at)
            if not match:
                self._fault(
                    at + 1, "A quotation mark does not end its cell.",
                    "Close it at the end of the cell, and double each within.",
                    "Una virgoletta non chiude la cella. Chiuderla alla fine della cella, e raddoppiare quelle interne.",
                )  # fmt: skip
                return []
            text = match[1]
            found.append((text[1:-1].replace('""', '"') if text.startswith('"') else text, at + 1))
            if not match[2]:
                return found
            at = match.end()

    def _mapping(self, line: str, columns: list[str]) -> tuple[Mapping, Cells] | None:
        """The judgement of a line with its cells, None if it cannot be read."""
        before = len(self._faults)
        cells = self._cells(line)
        if cells and len(cells) != len(columns):
            self._fault(
                cells[-1][1], f"The line has {len(cells)} cells, and the ledger {len(columns)} columns.",
                "Put a tab between cells, also where one is empty.",
                f"La riga ha {len(cells)} celle, e il registro {len(columns)} colonne. Porre una tabulazione tra le "
                "celle, anche dove una è vuota.",
            )  # fmt: skip
        for text, column in cells:
            if text != text.strip() or header.UNPRINTABLE.search(text):
                self._fault(
                    column, "The cell begins or ends with a space, or has a character that cannot be seen.",
                    "Remove it.",
                    "La cella comincia o finisce con uno spazio, o ha un carattere invisibile. Toglierlo.",
                )  # fmt: skip
        if len(self._faults) > before:
            return None
        known: Cells = {name: ("", len(line) + 1) for name in COLUMNS}
        known.update(zip(columns, cells, strict=True))
        mapping = self._judgement(known)
        return None if len(self._faults) > before else (mapping, known)

    def _judgement(self, cells: Cells) -> Mapping:
        predicate = self._iri(cells["predicate_id"])
        if predicate and predicate not in PREDICATES:
            self._fault(
                cells["predicate_id"][1], f"{cells['predicate_id'][0]} does not link here.",
                "Write skos:exactMatch, skos:closeMatch, skos:broadMatch or skos:narrowMatch.",
                f"{cells['predicate_id'][0]} qui non collega. Scrivere skos:exactMatch, skos:closeMatch, "
                "skos:broadMatch o skos:narrowMatch.", kind="ledger-predicate",
            )  # fmt: skip
        negated, none = self._modified(cells)
        return Mapping(
            subject=self._iri(cells["subject_id"]), predicate=predicate,
            object="" if none else self._item(cells["object_id"]), negated=negated,
            justification=self._iri(cells["mapping_justification"]), confidence=self._confidence(*cells["confidence"]),
            author=self._author(cells), date=self._date(*cells["mapping_date"]), comment=cells["comment"][0],
            subject_label=cells["subject_label"][0], object_label=cells["object_label"][0], line=self._line,
        )  # fmt: skip

    def _modified(self, cells: Cells) -> tuple[bool, bool]:
        """Whether a judgement refuses its candidate, and whether it says that there is none."""
        (modifier, column), (cardinality, at) = cells["predicate_modifier"], cells["mapping_cardinality"]
        none = cells["object_id"][0] in ("sssom:NoTermFound", NONE)
        if modifier not in ("", NOT):
            self._fault(
                column, f"The modifier is {NOT} or nothing.", f"Write {NOT} for a candidate that was refused.",
                f"Il modificatore è {NOT} o nulla. Scrivere {NOT} per un candidato rifiutato.",
            )  # fmt: skip
        if none != (cardinality == NO_COUNTERPART) or (cardinality and not none) or (none and modifier):
            self._fault(
                at, "That nothing matches is said without modifier, by sssom:NoTermFound and the cardinality 1:0, and "
                "by nothing else.", "Write both or neither.",
                "Che nulla corrisponda si dice senza modificatore, con sssom:NoTermFound e la cardinalità 1:0, e in "
                "nessun altro modo. Scrivere entrambi o nessuno.",
            )  # fmt: skip
        return modifier == NOT, none

    def _iri(self, cell: tuple[str, int]) -> str:
        """The IRI of a cell that has one, shortened or not; empty, with a fault, if it has none."""
        text, column = cell
        prefix, _, local = text.partition(":")
        iri = text if "://" in text else self._curies[prefix] + local if prefix in self._curies and local else ""
        try:
            return ox.NamedNode(iri).value
        except ValueError:
            self._fault(
                column, f"{text or 'Nothing'} is no IRI, whole or by a prefix of the head.",
                "Write prefix:name, and the prefix in curie_map.",
                f"{text or 'Nulla'} non è un IRI, intero o con un prefisso dell’intestazione. Scrivere prefisso:nome, "
                "e il prefisso in curie_map.",
            )  # fmt: skip
            return ""

    def _item(self, cell: tuple[str, int]) -> str:
        iri = self._iri(cell)
        if iri and not ITEM.fullmatch(iri):
            self._fault(
                cell[1], f"<{iri}> is no item of Wikidata.", f"Write {PREFIXES['wd']}Q and a number, by its prefix.",
                f"<{iri}> non è un elemento di Wikidata. Scrivere {PREFIXES['wd']}Q e un numero, con il prefisso.",
                kind="ledger-item",
            )  # fmt: skip
        return iri

    def _author(self, cells: Cells) -> str:
        (iri, _), (name, column) = cells["author_id"], cells["author_label"]
        if (iri and name) or "://" in name:
            self._fault(
                column, "An author is an IRI in author_id or a name in author_label.", "Keep one.",
                "Un autore è un IRI in author_id o un nome in author_label. Tenerne uno.",
            )  # fmt: skip
        return self._iri(cells["author_id"]) if iri else name

    def _date(self, text: str, column: int) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(text if not text or _DATE.fullmatch(text) else "") if text else None
        except ValueError:
            self._fault(
                column, f"{text} is no day.", "Write it as 2026-01-31.",
                f"{text} non è un giorno. Scriverlo come 2026-01-31.", kind="ledger-date",
            )  # fmt: skip
            return None

    def _confidence(self, text: str, column: int) -> float | None:
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self._fault(
                column, f"{text} is no confidence.", "Write a number from 0 to 1, with four decimals at most.",
                f"{text} non è una confidenza. Scrivere un numero da 0 a 1, con al più quattro decimali.",
            )  # fmt: skip
            return None
        return float(text)
