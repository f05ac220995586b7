"""Literals that the tools underneath would silently rewrite or misread, found in the text itself.

What the store of the query engine changes is found by asking it: a literal goes into one in memory, and is compared
with what comes out. So nothing here has to follow what a version of the engine does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import Where
from kg.model import Edit, Finding, Repair
from kg.rdf import shorten
from kg.reading.document import Document, Span, Stated
from kg.reading.xsd import XSD, expected, is_ill_typed

CODE = "Lexical-"
_STRING = XSD + "string"
_TAG = re.compile(r"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)\Z")
#: Values that no store changes, by datatype: they need not be asked for.
_KEPT = {
    "integer": re.compile(r"0|-?[1-9][0-9]{0,17}"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "anyURI": re.compile(r".*", re.DOTALL),
}
_BARE = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    "boolean": re.compile("true|false"),
}
#: Controls, what turns the direction of writing (UTR 36, “Bidirectional Text Spoofing”), and spaces without width;
#: not the marks and joiners that scripts need.
_UNSEEN = re.compile(
    "[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]"
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a literal, in both languages; ``better`` is the literal to write, where there is one."""

    code: str
    severity: str
    en: str
    it: str
    better: ox.Literal | None = None


def lexical(document: Document, origin: str) -> Iterator[Finding]:
    """Findings ``Lexical-…`` on the literals of a text, each at its token, in the order of the text.

    ``origin`` is the path of the file; the repairs are edits of it.
    """
    literals: dict[Span, Stated] = {}
    for stated in document.triples:
        if isinstance(stated.triple.object, ox.Literal):
            literals.setdefault(stated.object, stated)
    kept = _kept(stated.triple.object for stated in literals.values())
    for span, stated in sorted(literals.items(), key=lambda item: item[0]):
        raw = document.text[span.start : span.end]
        where = Where(origin, *document.place(span.start))
        for fault in _faults(stated.triple.object, raw, kept):
            text = _written(fault, raw, document)
            yield _finding(fault, stated.triple, where, origin, span, text)


def of_triples(triples: Iterable[ox.Triple], origin: str) -> Iterator[Finding]:
    """The same for triples whose places are not known, as far as their terms tell."""
    found = [triple for triple in dict.fromkeys(triples) if isinstance(triple.object, ox.Literal)]
    kept = _kept(triple.object for triple in found)
    for triple in found:
        for fault in _faults(triple.object, None, kept):
            yield _finding(fault, triple, Where(origin), origin, None, None)


def _faults(literal: ox.Literal, raw: str | None, kept: dict[ox.Literal, ox.Literal]) -> Iterator[_Fault]:
    """What is wrong with a literal, which stands in its text as ``raw``."""
    datatype = literal.datatype.value
    if literal.language:
        yield from _language(raw or "")
    elif is_ill_typed(literal.value, datatype):
        yield _ill_typed(literal, datatype)
    elif datatype == _STRING:
        if raw is not None and raw[-1] not in "\"'":
            yield _Fault(
                "string", "info",
                "A text of the datatype xsd:string is the same as one without. Leave the datatype out.",
                "Un testo di tipo xsd:string è uguale a uno senza tipo. Togliere il tipo.", literal,
            )
    elif literal in kept:
        yield _rewritten(literal, kept[literal])
    hidden = _UNSEEN.search(literal.value)
    if hidden:
        point = f"U+{ord(hidden[0]):04X}"
        yield _Fault(
            "unseen", "violation", f"The text has the character {point}, which nobody sees and which can make it look "
            "like another. Take it out.",
            f"Il testo ha il carattere {point}, che non si vede e può farlo sembrare un altro. Toglierlo.",
        )
    if not unicodedata.is_normalized("NFC", literal.value):
        yield _Fault(
            "nfc", "info",
            "The text has letters and marks apart that Unicode also has as one (NFC). Write it composed.",
            "Il testo ha lettere e segni separati che Unicode ha anche uniti (NFC). Scriverlo in forma composta.",
        )


def _language(raw: str) -> Iterator[_Fault]:
    found = _TAG.search(raw)
    if found and found[1] != found[1].lower():
        tag = found[1].lower()
        yield _Fault(
            "language", "warning", f"The language tag @{found[1]} is kept as @{tag}. Write @{tag}.",
            f"L’etichetta di lingua @{found[1]} diventa @{tag}. Scrivere @{tag}.",
        )


def _ill_typed(literal: ox.Literal, datatype: str) -> _Fault:
    en, it = expected(datatype)
    name, shown = shorten(datatype), _shown(literal.value)
    stripped = literal.value.strip(" \t\r\n")
    simpler = stripped.lower() if datatype == XSD + "boolean" else stripped
    mends = simpler != literal.value and not is_ill_typed(simpler, datatype)
    return _Fault(
        "ill-typed", "violation", f"{shown} is no value of {name}. Write {en}.",
        f"{shown} non è un valore di {name}. Scrivere {it}.",
        ox.Literal(simpler, datatype=ox.NamedNode(datatype)) if mends else None,
    )


def _rewritten(literal: ox.Literal, after: ox.Literal) -> _Fault:
    """A literal that the store keeps otherwise: another spelling, another datatype, or another value."""
    if after.datatype != literal.datatype:
        names = shorten(literal.datatype.value), shorten(after.datatype.value)
        return _Fault(
            "datatype", "warning", f"The store keeps a value of {names[0]} as {names[1]}. Use {names[1]}.",
            f"L’archivio conserva un valore di {names[0]} come {names[1]}. Usare {names[1]}.",
        )
    one, other = _shown(literal.value), _shown(after.value)
    if _changes(literal, after):
        name = shorten(literal.datatype.value)
        return _Fault(
            "value", "violation", f"{one} is more than {name} can hold: it becomes {other}. Use xsd:decimal.",
            f"{one} va oltre ciò che {name} può contenere: diventa {other}. Usare xsd:decimal.",
        )
    return _Fault(
        "rewritten", "warning", f"{one} is kept as {other}. Write {other}.",
        f"{one} diventa {other}. Scrivere {other}.", after,
    )


def _changes(literal: ox.Literal, after: ox.Literal) -> bool:
    """True if a floating-point number became another one, as its datatype is too small for it."""
    if literal.datatype.value not in (XSD + "float", XSD + "double") or not _NUMBER.fullmatch(literal.value):
        return False
    if not _NUMBER.fullmatch(after.value):
        return True
    one, other = float(literal.value), float(after.value)
    nonzero = any(digit in "123456789" for digit in re.split("[eE]", literal.value)[0])
    if literal.datatype.value.endswith("float"):
        return abs(one - other) > abs(one) * 2**-24 / 8 and one == int(one) or (other == 0) == nonzero
    return (other == 0) == nonzero


def _kept(literals: Iterable[ox.Literal]) -> dict[ox.Literal, ox.Literal]:
    """What a store makes of these literals, as far as it changes them."""
    asked = [literal for literal in dict.fromkeys(literals) if _may_change(literal)]
    if not asked:
        return {}
    store, predicate = ox.Store(), ox.NamedNode("urn:p")
    store.extend(ox.Quad(ox.NamedNode(f"urn:n:{number}"), predicate, one) for number, one in enumerate(asked))
    after = {int(quad.subject.value[len("urn:n:") :]): quad.object for quad in store}
    return {one: after[number] for number, one in enumerate(asked) if after[number] != one}


def _may_change(literal: ox.Literal) -> bool:
    datatype = literal.datatype.value
    if literal.language or datatype == _STRING:
        return False
    pattern = _KEPT.get(datatype[len(XSD) :]) if datatype.startswith(XSD) else None
    return pattern is None or not pattern.fullmatch(literal.value)


def _written(fault: _Fault, raw: str, document: Document) -> str | None:
    """The token to write instead of ``raw``; None if that is for the author to decide."""
    if fault.code == "nfc":
        composed = unicodedata.normalize("NFC", raw)
        return composed if composed != raw else None
    if fault.code == "language":
        return _TAG.sub(lambda found: found[0].lower(), raw)
    if fault.better is None:
        return None
    datatype = fault.better.datatype.value
    name, value = datatype.removeprefix(XSD), fault.better.value
    if name in _BARE and _BARE[name].fullmatch(value):
        return value
    if datatype == _STRING:
        return raw[: max(raw.rfind('"'), raw.rfind("'")) + 1]
    return f"{ox.Literal(value)}^^{_name(datatype, document)}"


def _name(datatype: str, document: Document) -> str:
    """A datatype as the text can name it."""
    for prefix, space in document.prefixes.items():
        if datatype.startswith(space) and re.fullmatch(r"[A-Za-z]\w*", datatype[len(space) :], re.ASCII):
            return f"{prefix}:{datatype[len(space):]}"
    return f"<{datatype}>"


def _finding(
    fault: _Fault, triple: ox.Triple, where: Where, origin: str, span: Span | None, text: str | None
) -> Finding:
    subject = triple.subject
    repair = None
    if span is not None and text is not None:
        says = {"en": f"Write {text}.", "it": f"Scrivere {text}."}
        repair = Repair(says, (Edit(origin, span.start, span.end, text),))
    return Finding(
        CODE + fault.code, fault.severity, subject.value if isinstance(subject, ox.NamedNode) else "_:",
        triple.predicate.value, str(triple.object), {"en": fault.en, "it": fault.it}, where, triple, repair,
    )


def _shown(value: str) -> str:
    """A value in quotation marks, not longer than a sentence bears."""
    text = value if len(value) <= 60 else value[:59] + "…"
    return str(ox.Literal(text))


