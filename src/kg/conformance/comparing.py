"""Whether an answer is the one that a test expects."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from kg.conformance.matching import Row, Term, same
from kg.conformance.scratch import FORMATS, parse
from kg.conformance.tables import RS, Result, Table, Triples, read_answer
from kg.querytext import tokens
from kg.rdf import PREFIXES

_RESULTS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
_XSD = PREFIXES["xsd"]
_EXACT = {_XSD + name for name in ("integer", "decimal", "nonNegativeInteger", "int", "long", "unsignedByte", "byte")}
_FLOATS = {_XSD + name for name in ("double", "float")}


def expected(file: Path, base: str) -> Result:
    """What a file of the suite expects; a table in RDF (``rs:ResultSet``) is read as the table."""
    if file.suffix == ".csv":
        return read_answer(file.read_bytes(), "text/csv", base)
    if file.suffix in FORMATS:
        rows = tuple(dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in parse(file, base)))
        return _table_in(rows) if any(ox.NamedNode(RS + "ResultSet") in row for row in rows) else Triples(rows)
    results = ox.parse_query_results(file.read_bytes(), format=_RESULTS[file.suffix])
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = tuple(variable.value for variable in results.variables)
    return Table(names, tuple(tuple(solution[name] for name in names) for solution in results))


def _table_in(rows: tuple[Row, ...]) -> Table:
    """The table that a graph tells in the vocabulary of the suites' result sets."""

    def objects(subject: Term | None, name: str) -> list[Term]:
        return [value for one, predicate, value in rows if one == subject and predicate == ox.NamedNode(RS + name)]

    root = next(row[0] for row in rows if row[2] == ox.NamedNode(RS + "ResultSet"))
    names = tuple(variable.value for variable in objects(root, "resultVariable"))
    found = []
    for solution in objects(root, "solution"):
        bound = {
            objects(binding, "variable")[0].value: objects(binding, "value")[0]
            for binding in objects(solution, "binding")
        }
        found.append(tuple(bound.get(name) for name in names))
    return Table(names, tuple(found))


def orders(query: str) -> bool:
    """True if the query orders its solutions: an ORDER BY outside all braces."""
    depth, ordering = 0, False
    for token in tokens(query):
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "other" else 0
        ordering = ordering or (token.upper == "ORDER" and depth == 0)
    return ordering


def selects_all(query: str) -> bool:
    """True if the query selects ``*``, for which SPARQL says nothing of the order of the variables."""
    words = [token.text.upper() for token in tokens(query)]
    return any(pair in (("SELECT", "*"), ("DISTINCT", "*"), ("REDUCED", "*")) for pair in pairwise(words))


def difference(wanted: Result, found: Result, *, ordered: bool = False, by_value: bool = False) -> str:
    """What is wrong with an answer, or an empty string if it is what is wanted.

    ``ordered`` holds it to the order of the rows; ``by_value`` compares numbers of one datatype by value.
    """
    if type(wanted) is not type(found):
        return f"a {type(found).__name__} was answered where a {type(wanted).__name__} is expected"
    if isinstance(wanted, bool):
        return "" if wanted is found else f"{found} was answered where {wanted} is expected"
    mine, theirs = list(wanted.rows), list(found.rows)
    if isinstance(wanted, Table) and isinstance(found, Table):
        if sorted(wanted.variables) != sorted(found.variables):
            return f"the variables {found.variables} were answered where {wanted.variables} are expected"
        places = [found.variables.index(name) for name in wanted.variables]
        theirs = [tuple(row[place] for place in places) for row in theirs]
    if by_value:
        mine, theirs = ([tuple(map(_valued, row)) for row in rows] for rows in (mine, theirs))
    if same(mine, theirs, ordered=ordered):
        return ""
    counted, answered = Counter(map(_told, mine)), Counter(map(_told, theirs))
    missing, surplus = list((counted - answered).elements()), list((answered - counted).elements())
    if not (missing or surplus):
        return "the rows are in another order, or their blank nodes are shared in another way"
    return f"missing are {_some(missing)}; not expected are {_some(surplus)}"


def _told(row: Row) -> str:
    """A row in words, blank nodes without their names."""
    return " ".join(
        "unbound" if term is None else "_:" if isinstance(term, ox.BlankNode) else str(term) for term in row
    )


def _some(rows: list[str]) -> str:
    return f"{len(rows)} rows" + (f" ({'; '.join(rows[:5])}{'; …' if len(rows) > 5 else ''})" if rows else "")


def _valued(term: Term | None) -> Term | None:
    """A number in one spelling for each value; any other term as it is."""
    if isinstance(term, ox.Triple):
        return ox.Triple(*map(_valued, term))
    if not isinstance(term, ox.Literal):
        return term
    try:
        if term.datatype.value in _EXACT:
            number = Decimal(term.value)
            return ox.Literal(str(number.normalize() + 0), datatype=term.datatype)
        if term.datatype.value in _FLOATS:
            return ox.Literal(repr(float(term.value)), datatype=term.datatype)
    except (ValueError, ArithmeticError):
        pass
    return term
