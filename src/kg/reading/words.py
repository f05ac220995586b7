"""What can be wrong with a text, in words: what was met, and what to do, in English and Italian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: By the name of a fault: what was met and what to do, in English, then in Italian.
_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "comma": (
        "A comma is missing between two values.", "Write , between the values of one predicate.",
        "Manca una virgola tra due valori.", "Scrivere , tra i valori di uno stesso predicato.",
    ),
    "semicolon": (
        "A semicolon is missing before the next predicate.", "Write ; between the predicates of one subject.",
        "Manca un punto e virgola prima del predicato seguente.", "Scrivere ; tra i predicati di uno stesso soggetto.",
    ),
    "dot": (
        "A dot is missing at the end of the statement.", "Write . before what follows.",
        "Manca un punto alla fine dell’enunciato.", "Scrivere . prima di ciò che segue.",
    ),
    "early-dot": (
        "This dot ends the statement, but what follows has no subject.", "Write ; instead of the dot.",
        "Questo punto chiude l’enunciato, ma ciò che segue non ha soggetto.", "Scrivere ; al posto del punto.",
    ),
    "early-semicolon": (
        "After this semicolon a new statement begins.", "Write . instead of the semicolon.",
        "Dopo questo punto e virgola comincia un nuovo enunciato.", "Scrivere . al posto del punto e virgola.",
    ),
    "dot-within": (
        "A dot stands within brackets.", "Write ; between the predicates of a node in brackets.",
        "Un punto sta dentro le parentesi.", "Scrivere ; tra i predicati di un nodo tra parentesi.",
    ),
    "value": (
        "The predicate {found} has no value.", "Write one, or remove the predicate.",
        "Il predicato {found} non ha un valore.", "Scriverne uno, o togliere il predicato.",
    ),
    "next-value": (
        "After this comma there is no value.", "Remove the comma, or write a value.",
        "Dopo questa virgola non c’è un valore.", "Togliere la virgola, o scrivere un valore.",
    ),
    "predicate": (
        "The subject {found} has no predicate.", "Write a predicate and a value after it, or remove it.",
        "Il soggetto {found} non ha un predicato.", "Scrivere un predicato e un valore, o toglierlo.",
    ),
    "subject-kind": (
        "{found} cannot be a subject.", "A subject is an IRI, a prefixed name or a blank node.",
        "{found} non può essere un soggetto.", "Un soggetto è un IRI, un nome con prefisso o un nodo anonimo.",
    ),
    "predicate-kind": (
        "{found} cannot be a predicate.", "A predicate is an IRI, a prefixed name, or the word a.",
        "{found} non può essere un predicato.", "Un predicato è un IRI, un nome con prefisso, o la parola a.",
    ),
    "word": (
        "The word {found} means nothing here.", "A name has a prefix and a colon, a text quotation marks.",
        "La parola {found} qui non significa nulla.", "Un nome ha prefisso e due punti, un testo le virgolette.",
    ),
    "did-you-mean": (
        "The word {found} means nothing here.", "Did you mean {near}?",
        "La parola {found} qui non significa nulla.", "Si intendeva {near}?",
    ),
    "mark": (
        "{found} stands where none belongs.", "Remove it, or write what is missing before it.",
        "{found} sta dove non serve.", "Toglierlo, o scrivere ciò che manca prima.",
    ),
    "character": (
        "{found} is not part of the language.", "Remove it; within a prefixed name write a \\ before it, or use <…>.",
        "{found} non fa parte del linguaggio.",
        "Toglierlo; in un nome con prefisso farlo precedere da \\, o usare <…>.",
    ),
    "bracket": (
        "The bracket {found} that is opened here is not closed.", "Write {near} where it ends.",
        "La parentesi {found} aperta qui non è chiusa.", "Scrivere {near} dove finisce.",
    ),
    "closing": (
        "{found} closes nothing.", "Remove it, or open the bracket before.",
        "{found} non chiude nulla.", "Toglierla, o aprire prima la parentesi.",
    ),
    "list-mark": (
        "In a list there are no commas or semicolons.", "Write only spaces between its items.",
        "In una lista non ci sono virgole né punti e virgola.", "Separare gli elementi solo con spazi.",
    ),
    "empty-list": (
        "A list or node stands alone.", "Write a predicate and a value after it.",
        "Una lista o un nodo sta da solo.", "Scrivere dopo un predicato e un valore.",
    ),
    "open-string": (
        "The text that begins here has no closing quotation mark.", "Close it on its line.",
        "Il testo che comincia qui non ha virgolette di chiusura.", "Chiuderlo sulla stessa riga.",
    ),
    "broken-string": (
        "The text goes over several lines.", "Write three quotation marks at both ends, or \\n for a new line.",
        "Il testo va su più righe.", "Scrivere tre virgolette ai due capi, o \\n per andare a capo.",
    ),
    "open-long-string": (
        "The text in three quotation marks that begins here is not closed.", "Write three of them where it ends.",
        "Il testo tra tre virgolette che comincia qui non è chiuso.", "Scriverne tre dove finisce.",
    ),
    "escape": (
        "{found} is no escape in a text.",
        "Write \\\\ for a backslash; there are \\n \\r \\t \\b \\f \\\" \\' \\uXXXX \\UXXXXXXXX.",
        "{found} non è una sequenza ammessa in un testo.", "Scrivere \\\\ per una barra inversa.",
    ),
    "iri": (
        "The IRI {found} is not valid: {why}.", "Write spaces as %20, and other such characters as % and their number.",
        "L’IRI {found} non è valido: {perche}.", "Scrivere gli spazi come %20, e gli altri caratteri così.",
    ),
    "open-iri": (
        "The IRI that begins here is not closed.", "Write > where it ends.",
        "L’IRI che comincia qui non è chiuso.", "Scrivere > dove finisce.",
    ),
    "relative": (
        "The IRI {found} is relative, and the file has no base.", "Write the whole IRI, or a prefixed name.",
        "L’IRI {found} è relativo, e il file non ha una base.", "Scrivere l’IRI intero, o un nome con prefisso.",
    ),
    "prefix": (
        "The prefix {found} has not been declared{times}.", "Declare it, as in PREFIX {found} <https://…>",
        "Il prefisso {found} non è dichiarato{volte}.", "Dichiararlo, come in PREFIX {found} <https://…>",
    ),
    "prefix-known": (
        "The prefix {found} has not been declared{times}.", "Add the line: {near}",
        "Il prefisso {found} non è dichiarato{volte}.", "Aggiungere la riga: {near}",
    ),
    "prefix-near": (
        "The prefix {found} has not been declared{times}.", "Did you mean {near}?",
        "Il prefisso {found} non è dichiarato{volte}.", "Si intendeva {near}?",
    ),
    "prefix-name": (
        "{found} is no name of a prefix.", "It ends with a colon, as in PREFIX ex: <https://example.org/>",
        "{found} non è il nome di un prefisso.", "Finisce con i due punti, come in PREFIX ex: <https://example.org/>",
    ),
    "prefix-iri": (
        "{found} stands where the IRI of the declaration belongs.", "Write it in angle brackets: <https://…>",
        "{found} sta al posto dell’IRI della dichiarazione.", "Scriverlo tra parentesi angolari: <https://…>",
    ),
    "prefix-dot": (
        "The line with {found} ends with a dot.", "Remove the dot; only after @prefix and @base there is one.",
        "La riga con {found} finisce con un punto.", "Togliere il punto; sta solo dopo @prefix e @base.",
    ),
    "no-prefix-dot": (
        "The line with {found} lacks its dot.", "Write . at its end, or PREFIX or BASE without a dot.",
        "Alla riga con {found} manca il punto.", "Scrivere . alla fine, o PREFIX o BASE senza punto.",
    ),
    "keyword": (
        "{found} is no declaration.", "There are @prefix and @base, in small letters, and PREFIX and BASE.",
        "{found} non è una dichiarazione.", "Ci sono @prefix e @base, minuscoli, e PREFIX e BASE.",
    ),
    "language": (
        "{found} is no language tag: {why}.", "Write a tag of BCP 47, as in @en or @it.",
        "{found} non è un’etichetta di lingua: {perche}.", "Scrivere un’etichetta BCP 47, come @en o @it.",
    ),
    "datatype": (
        "After ^^ there is no datatype.", "Write the IRI or prefixed name of one, as in ^^xsd:date.",
        "Dopo ^^ non c’è un tipo di dato.", "Scriverne l’IRI o il nome con prefisso, come ^^xsd:date.",
    ),
    "star": (
        "{found} is not in RDF 1.1.", "Write no triple terms, reifiers, annotations, versions or directions of text.",
        "{found} non è in RDF 1.1.", "Non scrivere termini triple, reificatori, annotazioni, versioni o direzioni.",
    ),
    "graph": (
        "A file of this format has no named graphs.", "Remove the braces and what names the graph.",
        "Un file di questo formato non ha grafi con nome.", "Togliere le graffe e il nome del grafo.",
    ),
    "not-here": (
        "{found} is not part of this format.", "Write whole IRIs in <…>, and numbers as texts with their datatype.",
        "{found} non fa parte di questo formato.", "Scrivere IRI interi in <…>, e i numeri come testi con il tipo.",
    ),
    "one-a-line": (
        "In this format each statement has a line of its own.", "Begin a new line here.",
        "In questo formato ogni enunciato ha una riga propria.", "Andare a capo qui.",
    ),
    "deep": (
        "Brackets are nested more than {near} deep.", "Give the inner nodes IRIs of their own.",
        "Le parentesi sono annidate oltre {near} livelli.", "Dare IRI propri ai nodi interni.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something wrong in a text, from ``start`` up to ``end``; ``kind`` is one of the names above.

    ``edit`` is a replacement that mends it where there is one way: start, end and text.
    """

    kind: str
    start: int
    end: int
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    edit: tuple[int, int, str] | None = None

    def said(self, language: str) -> tuple[str, str]:
        """What was met and what to do, in ``en`` or ``it``."""
        first = 0 if language == "en" else 2
        values = {"found": "", "near": "", "why": "", "perche": "", "times": "", "volte": "", **self.values}
        met, remedy = _WORDS[self.kind][first : first + 2]
        return met.format_map(values), remedy.format_map(values)


KINDS = tuple(_WORDS)
