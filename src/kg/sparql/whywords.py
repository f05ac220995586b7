"""The sentences that say why a query has no answer, in English and Italian."""

from __future__ import annotations

import re
from typing import Any

from kg.model import LANGUAGES
from kg.sparql.empty import MOST_COUNTED

#: Code of a note → what it says; ``kg.sparql.suspects`` fills the names.
_NOTES: dict[str, tuple[str, str]] = {
    "graph": ("There is no graph {graph}.", "Non c'è un grafo {graph}."),
    "graph-near": (
        "There is no graph {graph}. Did you mean {near}?", "Non c'è un grafo {graph}. Si intendeva {near}?",
    ),
    "elsewhere": (
        "{term} is not used in the default graph, but in named graphs, such as {graph}. "
        "Write GRAPH ?g {{ … }} around it.",
        "{term} non è usato nel grafo predefinito, ma in grafi nominati, come {graph}. "
        "Racchiuderlo in GRAPH ?g {{ … }}.",
    ),
    "class-as-property": (
        "{term} is a class, and is used as a property here: write a {term}.",
        "{term} è una classe, qui usata come proprietà: scrivere a {term}.",
    ),
    "property-unused": (
        "{term} exists, but nothing in this dataset has it as a property.",
        "{term} esiste, ma in questo dataset nulla lo ha come proprietà.",
    ),
    "property-unknown": ("The graph knows no property {term}.", "Il grafo non conosce una proprietà {term}."),
    "property-unknown-near": (
        "The graph knows no property {term}. Did you mean {near}?",
        "Il grafo non conosce una proprietà {term}. Si intendeva {near}?",
    ),
    "property-as-class": (
        "{term} is a property, and is used as a class here.", "{term} è una proprietà, qui usata come classe.",
    ),
    "class-empty": ("Nothing is a {term}: the class has no members.", "Nulla è {term}: la classe non ha membri."),
    "no-class": ("{term} is no class of anything.", "{term} non è classe di nulla."),
    "class-unknown": ("The graph knows no class {term}.", "Il grafo non conosce una classe {term}."),
    "class-unknown-near": (
        "The graph knows no class {term}. Did you mean {near}?",
        "Il grafo non conosce una classe {term}. Si intendeva {near}?",
    ),
    "node-unknown": ("The graph has nothing of the name {term}.", "Nel grafo nulla ha il nome {term}."),
    "node-unknown-near": (
        "The graph has nothing of the name {term}. Did you mean {near}?",
        "Nel grafo nulla ha il nome {term}. Si intendeva {near}?",
    ),
    "translated": (
        "{value} does not occur: what is so called in another language is {near} in @{language}.",
        "{value} non ricorre: ciò che in un'altra lingua si chiama così in @{language} è {near}.",
    ),
    "spelt": ("{value} does not occur; {near} does.", "{value} non ricorre; ricorre {near}."),
    "language-missing": (
        "{value} has no language tag, and in the graph it has one: {near}.",
        "{value} non ha un codice di lingua, mentre nel grafo ce l'ha: {near}.",
    ),
    "language-other": (
        "{value} has another language tag than in the graph: {near}.",
        "{value} ha un codice di lingua diverso da quello nel grafo: {near}.",
    ),
    "language-none": (
        "{value} has a language tag or is a plain text, and in the graph it is {near}.",
        "{value} ha un codice di lingua o è un testo semplice, mentre nel grafo è {near}.",
    ),
    "datatype": (
        "{value} has another datatype than in the graph: {near}.",
        "{value} ha un tipo di dato diverso da quello nel grafo: {near}.",
    ),
    "datatype-plain": (
        "{value} is a text, and in the graph it is none: write {near}, without quotation marks.",
        "{value} è un testo, mentre nel grafo non lo è: scrivere {near}, senza virgolette.",
    ),
    "elsewhere-from": (
        "{term} is not used in the graphs that are asked, but in others, such as {graph}.",
        "{term} non è usato nei grafi interrogati, ma in altri, come {graph}.",
    ),
    "kind": (
        "{value} is of a kind that {property} never has; its values are {kinds}.",
        "{value} è di un tipo che {property} non ha mai; i suoi valori sono {kinds}.",
    ),
    "property-other": (
        "{value} is no value of {property}, but it is one of {near}.",
        "{value} non è un valore di {property}, ma lo è di {near}.",
    ),
    "turned": (
        "{term} leads the other way in the graph: exchange subject and object, or write {near}.",
        "Nel grafo {term} va nell'altro verso: scambiare soggetto e oggetto, o scrivere {near}.",
    ),
    "out-of-scope": (
        "?{name} has no value within these braces: a filter sees only what its own group binds.",
        "?{name} non ha valore entro queste graffe: un filtro vede solo ciò che il suo gruppo lega.",
    ),
    "unbound": ("Nothing binds ?{name}, which the filter reads.", "Nulla lega ?{name}, che il filtro legge."),
    "unbound-near": (
        "Nothing binds ?{name}, which the filter reads. Did you mean {near}?",
        "Nulla lega ?{name}, che il filtro legge. Si intendeva {near}?",
    ),
    "language": (
        "No value of {property} (?{name}) is in the language {value}; there are {kinds}.",
        "Nessun valore di {property} (?{name}) è nella lingua {value}; ci sono {kinds}.",
    ),
    "compared": (
        "?{name} is compared with {value}, but the values of {property} are {kinds}, which it never equals or follows.",
        "?{name} è confrontata con {value}, ma i valori di {property} sono {kinds}, che non gli sono mai pari né "
        "successivi.",
    ),
    "prefix": (
        "The prefix {prefix}: stands for <{iri}> here; usually it is {near}",
        "Il prefisso {prefix}: sta qui per <{iri}>; di solito è {near}",
    ),
}

_SAID: dict[str, tuple[str, str]] = {
    "some": ("The query has an answer: {rows}.", "L'interrogazione ha una risposta: {rows}."),
    "modifiers": (
        "The patterns of the query match {rows}, but {what} leaves nothing over.",
        "I pattern dell'interrogazione trovano {rows}, ma {what} non lascia nulla.",
    ),
    "template": (
        "The patterns match {rows}, but the template makes no triple of them: its variables have no value there, or "
        "would make a literal a subject.",
        "I pattern trovano {rows}, ma lo schema non ne fa alcuna tripla: le sue variabili non vi hanno valore, o "
        "farebbero di un letterale un soggetto.",
    ),
    "none": (
        "The query has no answer because its patterns and filters have no match in common.",
        "L'interrogazione non ha risposta perché i suoi pattern e filtri non hanno nulla in comune.",
    ),
    "aggregate": (
        "The query has a row only because an aggregate always has one: its patterns match nothing.",
        "L'interrogazione ha una riga solo perché un aggregato ne ha sempre una: i suoi pattern non trovano nulla.",
    ),
    "unknown": (
        "The query took too long to find out whether it has an answer.",
        "L'interrogazione ha impiegato troppo per accertare se abbia una risposta.",
    ),
    "barren": (
        "Line {line}, column {column}: {part} matches nothing, even alone.",
        "Riga {line}, colonna {column}: {part} non trova nulla, neppure da solo.",
    ),
    "cause": (
        "Line {line}, column {column}: without {part} there would be {rows}.",
        "Riga {line}, colonna {column}: senza {part} si otterrebbe: {rows}.",
    ),
    "only": (
        "Line {line}, column {column}: {part} is all there is to match.",
        "Riga {line}, colonna {column}: non c'è altro da trovare che {part}.",
    ),
    "example": (" There, for instance, {values}.", " Lì, per esempio, {values}."),
    "causes": (
        "Without these together there would be {rows}: {part}.", "Senza questi insieme si otterrebbe: {rows}. {part}",
    ),
    "idle": (
        " The filter that reads what it binds goes with it: {idle}.",
        " Va con esso il filtro che ne legge i valori: {idle}.",
    ),
    "first": (
        "Line {line}, column {column}: what stands before {part} has {rows}; with it nothing is left.",
        "Riga {line}, colonna {column}: ciò che precede {part} ha {rows}; con esso non resta nulla.",
    ),
    "unfinished": (
        "The time was up before all was tried.", "Il tempo è finito prima di aver provato tutto.",
    ),
    "untried": (
        "Only its first {tried} parts were tried; {count} were not.",
        "Si sono provate solo le prime {tried} parti; altre {count} no.",
    ),
    "untold": (
        "{count} more ways to an answer were found, and are left out here.",
        "Altri {count} modi di ottenere una risposta, pur trovati, sono omessi qui.",
    ),
    "unlooked": (
        "Only the first {told} suspicious places are told of; there are {count} more.",
        "Si indicano solo i primi {told} punti sospetti; ce ne sono altri {count}.",
    ),
    "unclear": (
        "No one or two parts of the query could be told to be the reason.",
        "Non è stato possibile indicare una o due parti dell'interrogazione come causa.",
    ),
}
#: Among the kinds of values, in English, where there are many.
_IRI = re.compile(r"\bIRI\b(?!s)")
_ROWS = {
    "en": ("{} solution", "{} solutions", "more than {} solutions"),
    "it": ("{} soluzione", "{} soluzioni", "più di {} soluzioni"),
}


def rows(number: int, language: str) -> str:
    """A number of solutions, in words."""
    one, many, more = _ROWS[language]
    if number > MOST_COUNTED:
        return more.format(f"{MOST_COUNTED:,}" if language == "en" else f"{MOST_COUNTED:_}".replace("_", "."))
    return (one if number == 1 else many).format(number)


def sentence(code: str, **values: Any) -> dict[str, str]:
    """A sentence by language; a number of ``rows`` is put into words."""
    texts = _SAID.get(code) or _NOTES[code]
    said = {}
    for language, text in zip(LANGUAGES, texts, strict=True):
        put = {**values, "rows": rows(values["rows"], language)} if "rows" in values else values
        if language == "en" and "kinds" in put:
            put = {**put, "kinds": _IRI.sub("IRIs", put["kinds"])}
        said[language] = text.format(**put)
    return said
