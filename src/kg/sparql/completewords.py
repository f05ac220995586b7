"""The words of SPARQL that can stand at a place of a query: keywords, functions, variables, prefixes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.rdf import PREFIXES
from kg.sparql.cursorplace import CLASS, EXPRESSION, GRAPH_NAME, NOWHERE, PREFIX, PROPERTY, SUBJECT, TOP, VALUE, VARIABLE, Place

KEYWORD, FUNCTION = "keyword", "function"
_TOP = (
    "SELECT", "SELECT DISTINCT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "FROM", "FROM NAMED", "WHERE", "ORDER BY",
    "GROUP BY", "HAVING", "LIMIT", "OFFSET", "VALUES", "AS", "DESC", "ASC",
)  # fmt: skip
_GROUP = ("FILTER", "FILTER NOT EXISTS", "FILTER EXISTS", "OPTIONAL", "UNION", "MINUS", "BIND", "VALUES", "GRAPH", "SELECT")
_EXPRESSION = ("AS", "IN", "NOT IN", "EXISTS", "NOT EXISTS", "UNDEF", "true", "false")
#: Functions and aggregates (SPARQL 1.1, sections 11 and 17.4; SPARQL 1.2, section 17.4.6).
_FUNCTIONS = (
    "ABS", "AVG", "BNODE", "BOUND", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "COUNT", "DATATYPE", "DAY", "ENCODE_FOR_URI",
    "FLOOR", "GROUP_CONCAT", "HOURS", "IF", "IRI", "LANG", "LANGMATCHES", "LCASE", "MAX", "MIN", "MINUTES", "MONTH", "NOW",
    "OBJECT", "PREDICATE", "RAND", "REGEX", "REPLACE", "ROUND", "SAMETERM", "SAMPLE", "SECONDS", "STR", "STRAFTER",
    "STRBEFORE", "STRDT", "STRENDS", "STRLANG", "STRLEN", "STRSTARTS", "SUBJECT", "SUBSTR", "SUM", "TIMEZONE", "TRIPLE",
    "TZ", "UCASE", "URI", "UUID", "YEAR", "isBLANK", "isIRI", "isLITERAL", "isNUMERIC", "isTRIPLE",
)  # fmt: skip
_WORDS = {SUBJECT: _GROUP, TOP: (*_TOP, *_GROUP), EXPRESSION: _EXPRESSION}
_WITH_VARIABLES = (SUBJECT, PROPERTY, CLASS, VALUE, EXPRESSION, TOP, VARIABLE, GRAPH_NAME)


@dataclass(frozen=True)
class Word:
    """What can be written; ``kind`` is keyword, function, variable or prefix, ``about`` the IRI that a prefix stands for."""

    text: str
    kind: str
    about: str = ""


def words(place: Place) -> Iterator[Word]:
    """The words that can stand at a place and begin as what is typed there, whatever its case."""
    if place.kind == NOWHERE:
        return
    typed = place.typed.casefold()
    found: list[Word] = []
    if place.kind in _WITH_VARIABLES:
        found += [Word(f"{typed[:1] if typed[:1] == '$' else '?'}{name[1:]}", "variable") for name in place.variables]
    if place.kind == PREFIX:
        found += [Word(f"{prefix}: <{iri}>", "prefix", iri) for prefix, iri in PREFIXES.items() if prefix not in place.prefixes]
    if place.kind == PROPERTY and not place.verb:
        found.append(Word("a", KEYWORD))
    found += [Word(word, KEYWORD) for word in _WORDS.get(place.kind, ())]
    if place.kind == EXPRESSION:
        found += [Word(f"{name}(", FUNCTION) for name in _FUNCTIONS]
    for word in found:
        if word.text.casefold().startswith(typed) and word.text != place.typed:
            yield word
