"""What can be written at a place of a query that is not finished: the queries that find it, most exact first.

The most exact one has the query itself as its pattern, with a variable where the cursor stands: it finds what still gives
an answer. Where the query cannot be read, or that takes too long, it is asked what fits what the query says of the
subject, and then what the graph has anywhere.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import binding
from kg.errors import QueryError
from kg.querytext import tokens, variables
from kg.rdf import DATASET, DESCRIPTIONS, PREFIXES, shorten
from kg.sparql import guard
from kg.sparql.cursor import NotRead
from kg.sparql.cursorplace import (
    CLASS,
    EXPRESSION,
    GRAPH_NAME,
    PROPERTY,
    SUBJECT,
    VALUE,
    Pattern,
    Place,
)
from kg.sparql.groups import Query, bound
from kg.sparql.structure import read

#: How surely a completion helps: the query then has an answer; it fits what is said of the subject; the graph has it.
ANSWERS, FITS, EXISTS = "answers", "fits", "exists"
#: Completions that are found, most frequent first; one more tells that there are more.
MOST = 60
#: Characters of a query that is completed, and triples about the subject that are asked with.
LONGEST, _MOST_PATTERNS = 20_000, 8
#: Solutions that are looked at where not all of the query is asked.
_SAMPLE = 50_000
_TYPE = PREFIXES["rdf"] + "type"
_HOLE, _OTHER, _COUNT = "kgHole", "kgOther", "kgCount"
#: Properties by which a thing is found.
_NAMES = "|".join(
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("rdfs", "label"), ("skos", "prefLabel"), ("skos", "altLabel"), ("foaf", "name"), ("dcterms", "title"),
        ("schema", "name"),
    )
)  # fmt: skip
_PLAIN_LOCAL = re.compile(r"[\w\-.]*")


@dataclass(frozen=True)
class Search:
    """A query that finds completions (``?kgHole``, and how often each occurs: ``?kgCount``), and how sure they are."""

    level: str
    text: str


def searches(
    text: str, place: Place, as_of: str | None = None, limits: guard.Limits = guard.DEFAULT_LIMITS
) -> Iterator[Search]:
    """The queries that find what can stand at a place of this text, most exact first.

    Each passes the guard and follows the grammar. ``as_of`` is the day of ``?asOf``, as given.
    """
    if len(text) > LONGEST or place.kind not in (SUBJECT, PROPERTY, CLASS, VALUE, EXPRESSION, GRAPH_NAME):
        return
    for level, query in (*_exact(text, place), *_loose(place)):
        try:
            asked = query
            if as_of and binding.AS_OF in variables(query):
                asked = binding.bind(query, {binding.AS_OF: as_of})
            guard.inspect(asked, limits)
            read(asked, "urn:kg:base")
        except (QueryError, NotRead):
            continue
        yield Search(level, asked)


def _select(place: Place, group: str, prologue: str = "", dataset: str = "", count: str = "COUNT(*)") -> str:
    """The query that counts what ``?kgHole`` is in a group, as far as it begins as what is typed."""
    return (
        f"{prologue}SELECT ?{_HOLE} ?{_COUNT} {dataset} WHERE {{ "
        f"{{ SELECT ?{_HOLE} ({count} AS ?{_COUNT}) WHERE {group}\nGROUP BY ?{_HOLE} }} "
        f"FILTER(BOUND(?{_HOLE}) && !ISBLANK(?{_HOLE})) {_typed(place)} }} "
        f"ORDER BY DESC(?kgFirst) DESC(?{_COUNT}) ?{_HOLE} LIMIT {MOST + 1}"
    )


def _sample(group: str) -> str:
    """A group with the first of its solutions, so that counting them takes no longer on a large graph."""
    return f"{{ {{ SELECT ?{_HOLE} WHERE {group} LIMIT {_SAMPLE} }} }}"


def _described(place: Place, kind: str, of_class: str = "") -> str:
    """The query that looks up properties, or classes, where the data set describes itself (VoID): it counts nothing."""
    part = "void:property" if kind == PROPERTY else "void:class"
    figure = "void:triples" if kind == PROPERTY else "void:entities"
    whole = f"<{DATASET}> void:classPartition ?kgPart . ?kgPart void:class <{of_class}> ." if of_class else ""
    start = "?kgPart" if of_class else f"<{DATASET}>"
    step = f"{whole} {start} {part}Partition ?kgStep . ?kgStep {part} ?{_HOLE} ; {figure} ?kgNumber"
    group = f"{{ GRAPH <{DESCRIPTIONS['void']}> {{ {step} }} }}"
    return _select(place, group, _declared({"void": PREFIXES["void"]}), count="SUM(?kgNumber)")


def _typed(place: Place) -> str:
    """The filter for what is typed: the beginning of a name with a prefix, or a part of a label or of the name itself.

    ``?kgFirst`` is 1 for what is called so from its beginning.
    """
    if not place.typed:
        return ""
    prefix, colon, local = place.typed.partition(":")
    known = {**PREFIXES, **place.prefixes}
    if colon and prefix in known and _PLAIN_LOCAL.fullmatch(local):
        space, rest = ox.Literal(known[prefix]), f"LCASE(STRAFTER(STR(?{_HOLE}), {ox.Literal(known[prefix])}))"
        first = f'BIND(IF(STRSTARTS({rest}, "{local.lower()}"), 1, 0) AS ?kgFirst)'
        return f'FILTER(STRSTARTS(STR(?{_HOLE}), {space}) && CONTAINS({rest}, "{local.lower()}")) {first}'
    wanted = _wanted(place)
    own = f'LCASE(REPLACE(STR(?{_HOLE}), "^.*[/#]", ""))'

    def either(test: str) -> str:
        called = f"EXISTS {{ ?{_HOLE} {_NAMES} ?kgName FILTER({test}(LCASE(STR(?kgName)), {wanted})) }}"
        return f"{test}({own}, {wanted}) || {called}"

    return f"FILTER({either('CONTAINS')}) BIND(IF({either('STRSTARTS')}, 1, 0) AS ?kgFirst)"


def _wanted(place: Place) -> str:
    """What is typed, as a literal in small letters."""
    return str(ox.Literal(place.typed.replace("\\", "").strip(":").casefold()))


def _loose(place: Place) -> Iterator[tuple[str, str]]:
    """Level and text of the queries that do not need the whole query."""
    hole, prologue = f"?{_HOLE}", _prologue(place)
    subject = place.subject if place.subject not in ("", "[]") else "?kgSubject"
    said = _said_of(place, subject)
    if place.kind == PROPERTY:
        path, step = place.verb, f"{subject} {hole} ?{_OTHER}"
        if path.endswith("/"):
            step = f"{subject} {path[:-1]} ?kgMiddle . ?kgMiddle {hole} ?{_OTHER}"
        elif not path:
            yield from ((FITS, _described(place, PROPERTY, iri)) for iri in _classes_of(place))
        yield FITS, _select(place, _sample(f"{{ {said}{step} }}"), prologue)
        yield EXISTS, _described(place, PROPERTY)
        yield EXISTS, _select(place, f"{{ ?kgSubject {hole} ?{_OTHER} }}")
    elif place.kind == CLASS:
        yield FITS, _select(place, _sample(f"{{ {said}{subject} a {hole} }}"), prologue)
        yield EXISTS, _described(place, CLASS)
        yield EXISTS, _select(place, f"{{ ?kgSubject a {hole} }}")
    elif place.kind == VALUE:
        yield FITS, _select(place, _sample(f"{{ {said}{subject} {place.verb} {hole} }}"), prologue)
        yield EXISTS, _select(place, f"{{ ?kgSubject {place.verb} {hole} }}", prologue)
    elif place.kind == GRAPH_NAME:
        yield EXISTS, _select(place, f"{{ GRAPH {hole} {{ ?kgSubject ?kgVerb ?{_OTHER} }} }}")
    if place.kind in (SUBJECT, EXPRESSION, VALUE) and len(place.typed) > 1:
        called = f"{hole} {_NAMES} ?kgName FILTER(CONTAINS(LCASE(STR(?kgName)), {_wanted(place)}))"
        yield EXISTS, _select(place, f"{{ {hole} a ?kgClass }}" if ":" in place.typed else f"{{ {called} }}")


def _classes_of(place: Place) -> Iterator[str]:
    """The classes that the query says its subject is of."""
    for one in place.patterns:
        if one.subject == place.subject and place.expanded(one.verb) == _TYPE:
            # An IRI that is none could end the brackets it is written in.
            with contextlib.suppress(ValueError):
                yield ox.NamedNode(place.expanded(one.object)).value


def _said_of(place: Place, subject: str) -> str:
    """The triples that name the subject."""
    if not subject.startswith(("?", "$")):
        return ""
    about = [one for one in place.patterns if subject in (one.subject, one.object) and _is_plain(one)]
    return "".join(f"{one.subject} {one.verb} {one.object} . " for one in about[:_MOST_PATTERNS])


def _is_plain(pattern: Pattern) -> bool:
    return not any("…" in part or part in ("", "[]") for part in (pattern.subject, pattern.verb, pattern.object))


def _prologue(place: Place) -> str:
    known = {**PREFIXES, **place.prefixes}
    written = " ".join((place.subject, place.verb, *(f"{one.subject} {one.verb} {one.object}" for one in place.patterns)))
    used = dict.fromkeys(token.text.partition(":")[0] for token in tokens(written) if token.kind == "name")
    return _declared({prefix: known[prefix] for prefix in used if prefix in known})


def _declared(prefixes: Mapping[str, str]) -> str:
    return "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in prefixes.items())


def _exact(text: str, place: Place) -> Iterator[tuple[str, str]]:
    """The query that has all of the text as its pattern; none if the text cannot be read, whatever is put in its hole."""
    is_alone = place.kind == SUBJECT and not place.patterns and not text[place.end :].strip("} \r\n")
    if f"?{_HOLE}" in text or is_alone:
        # Of a subject of which nothing is said yet, anything would do.
        return
    for whole in _filled(text, place):
        try:
            query = read(whole, "urn:kg:base")
        except NotRead:
            continue
        if query.where and _HOLE in bound(query.where):
            where = whole[query.where.start : query.where.end]
            yield ANSWERS, _select(place, where, whole[: query.start], _dataset(query))
        return


def _filled(text: str, place: Place) -> Iterator[str]:
    """The text, with a variable and what else may be missing where the cursor stands, and with its rest or without."""
    hole = f"?{_HOLE}"
    fills: Sequence[str] = {
        PROPERTY: (hole, f"{hole} ?{_OTHER} .", f"{hole} ?{_OTHER}"),
        SUBJECT: (hole, f"{hole} ?kgVerb ?{_OTHER} ."),
    }.get(place.kind, (hole, f"{hole} .", f"{hole} {{ ?kgSubject ?kgVerb ?{_OTHER} }}"))
    before, after = text[: place.start], text[place.end :]
    if place.kind == PROPERTY and place.verb.endswith("/") and before.rstrip().endswith("/"):
        before = before.rstrip()[:-1]
        fills = tuple(f"?kgMiddle . ?kgMiddle {fill}" for fill in fills)
    declared = "".join(_declared({prefix: PREFIXES[prefix]}) for prefix in undeclared(text) if prefix in PREFIXES)
    for rest in (after, f" {place.closers}"):
        for fill in fills:
            yield f"{declared}{before} {fill} {rest}"


def undeclared(text: str) -> tuple[str, ...]:
    """The prefixes that a text uses and does not declare, each once, in the order of the text."""
    declared: set[str] = set()
    used: dict[str, None] = {}
    previous = ""
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if previous == "PREFIX":
                declared.add(prefix)
            else:
                used[prefix] = None
        previous = token.upper
    return tuple(prefix for prefix in used if prefix not in declared)


def _dataset(query: Query) -> str:
    default = [f"FROM {term.value}" for term in query.default]
    return " ".join([*default, *(f"FROM NAMED {term.value}" for term in query.named)])


@dataclass(frozen=True)
class Written:
    """A term as it is to be written in a query, and the prefix to declare for it, if the query does not."""

    text: str
    prefix: str = ""


def written(term: ox.NamedNode | ox.Literal, prefixes: Mapping[str, str]) -> Written:
    """A term in short: with a prefix that the query declares, or one of ours that it may declare."""
    if isinstance(term, ox.NamedNode):
        return _short(term.value, prefixes)
    datatype = term.datatype.value
    if term.language or datatype == PREFIXES["xsd"] + "string":
        return Written(str(term))
    if datatype in (PREFIXES["xsd"] + "integer", PREFIXES["xsd"] + "boolean") and re.fullmatch(r"\d+|true|false", term.value):
        return Written(term.value)
    kind = _short(datatype, prefixes)
    return Written(f"{str(ox.Literal(term.value))}^^{kind.text}", kind.prefix)


def _short(iri: str, prefixes: Mapping[str, str]) -> Written:
    for prefix, space in prefixes.items():
        local = iri.removeprefix(space)
        if space and local != iri and re.fullmatch(r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]*[A-Za-z0-9_])?", local):
            return Written(f"{prefix}:{local}")
    short = shorten(iri)
    prefix = short.partition(":")[0]
    # A prefix that the query uses for something else cannot be declared again.
    if short.startswith("<") or prefix in prefixes:
        return Written(f"<{iri}>")
    return Written(short, prefix)
