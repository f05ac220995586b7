"""What people write who are used to other languages, and what SPARQL writes for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from kg.querytext import FORMS, Token
from kg.sparql.cursor import NotRead, merged

_CLAUSES = ("OPTIONAL", "FILTER", "UNION", "MINUS", "GRAPH", "BIND", "VALUES", "NOT EXISTS")
_MODIFIERS = ("WHERE", "ORDER BY", "GROUP BY", "HAVING", "LIMIT", "OFFSET", "FROM", "VALUES")
#: Quotation marks that are none in SPARQL → what is.
QUOTES = dict.fromkeys("“”„«»″", '"') | dict.fromkeys("‘’‚′`´", "'")
#: Keyword of another language → what to do, and what to write.
_WORDS = {
    "AND": ("Conditions are joined with &&, patterns with a dot.", "&&"),
    "OR": ("Conditions are joined with ||, patterns with UNION.", "||"),
    "LIKE": ("Use CONTAINS(?x, \"…\"), STRSTARTS or REGEX.", ""),
    "IS": ("Whether a variable has a value is asked with BOUND(?x).", ""),
    "NULL": ("Whether a variable has a value is asked with BOUND(?x).", ""),
    "JOIN": ("Patterns in one pair of braces are joined by the variables they share.", ""),
    "SORT": ("What to order by is said by ORDER BY.", "ORDER"),
    "TOP": ("The number of rows is given at the end, by LIMIT.", ""),
    "COUNT": ("An expression that is selected stands in brackets and has a name.", ""),
    "EXISTS": ("EXISTS stands in a FILTER.", "FILTER EXISTS"),
    "NOT": ("NOT EXISTS stands in a FILTER; a condition is negated with “!”.", "FILTER NOT EXISTS"),
}
#: What the reader knows of the reason, and what it stopped at (empty: anything) → what to do, and what to write.
_BY_CAUSE = {
    ("equals", ""): ("Values are compared with one sign.", ""),
    ("as", ""): (
        "Brackets in SELECT hold an expression and its name: (COUNT(?x) AS ?count); a variable needs none.", "",
    ),
    ("end", "}"): ("There is one “}” too many, or a “{” lacks.", ""),
    ("end", ";"): ("A query ends without a semicolon.", ""),
    ("form", "."): ("After PREFIX there is no dot.", ""),
}
#: What is wanted where ``meant`` knows what to write → what to do.
_REMEDIES = {
    "an IRI in angle brackets": "An IRI stands in angle brackets.",
    "a language tag with “-”": "The parts of a language tag are joined by “-”.",
    "a day in quotation marks": "A day is written in quotation marks, with its datatype.",
    "“;”": "A comma stands between objects of one property; another property follows a semicolon.",
}
_TURTLE_PREFIX = re.compile(r"@prefix\s+([\w.\-]*:)\s*(<[^>]*>)\s*\.?", re.IGNORECASE)
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TAG = re.compile(r"@([A-Za-z]+(?:[-_][A-Za-z0-9]+)+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])")
_ENDS = ("", ".", ";", ",", "}")
_TERMS = ("iri", "name", "variable", "string", "number", "blank")
#: The name with a prefix of what is called by a bare word; empty if nothing is, or several things are.
Known = Callable[[str], str]


def meant(text: str, stopped: NotRead) -> NotRead:
    """The same at the place of the mistake, where the reader stops behind it, with what belongs there as the cause."""
    token = stopped.token
    pieces = [one for one in merged(text) if token and one.start <= token.start] if token else []
    if len(pieces) < 2:
        return stopped
    assert token is not None
    before, earlier = pieces[-2], pieces[-3] if len(pieces) > 2 else pieces[-2]
    if stopped.cause == "prefix" and (iri := _IRI.match(text, token.start)):
        return NotRead(token, "an IRI in angle brackets", f"write <{iri[0].rstrip('.,;')}>")
    if token.text == "_" and before.kind == "language" and (tag := _TAG.match(text, before.start)):
        return NotRead(earlier, "a language tag with “-”", f"write {earlier.text}@{tag[1].replace('_', '-')}")
    if token.text == "-" and before.kind == "number" and (day := _DAY.match(text, before.start)):
        kind = "dateTime" if day[1] else "date"
        return NotRead(before, "a day in quotation marks", f'write "{day[0]}"^^xsd:{kind}')
    if stopped.wanted == "an object" and before.text == "," and token.upper == "A":
        return NotRead(before, "“;”", "write ;")
    if stopped.cause == "dot" and earlier.text == "," and before.kind in ("iri", "name") and _ends(text, token):
        return NotRead(earlier, "“;”", "write ;")
    return stopped


def _ends(text: str, token: Token) -> bool:
    """True if a token is a term, and the last of its pattern."""
    following = next((one.text for one in merged(text) if one.start > token.start), "")
    return token.kind in _TERMS and following in _ENDS


def advice(text: str, stopped: NotRead, known: Known = lambda word: "") -> tuple[str, str]:
    """What to do where a text cannot be read on, and what to write; either may be empty.

    ``stopped`` is as ``meant`` gives it; ``known`` finds names in the graph.
    """
    token = stopped.token
    if token is None:
        closing = stopped.wanted.strip("“”")
        return ("", closing) if closing in ("}", ")", "]") else ("", "")
    if stopped.cause.startswith("write "):
        return _REMEDIES[stopped.wanted], stopped.cause.removeprefix("write ")
    for look in (_of_quotes, _of_cause, lambda text, stopped: _of_words(stopped, known), _of_marks):
        found = look(text, stopped)
        if found:
            return found
    return "", ""


def _of_quotes(text: str, stopped: NotRead) -> tuple[str, str] | None:
    """Quotation marks that are no delimiters of strings, and strings that do not end."""
    token = stopped.token
    mark = QUOTES.get(token.text[:1]) if token else None
    if mark:
        return "Strings stand in straight quotation marks.", ""
    if stopped.cause == "string":
        return "A string ends with the mark it began with, in the same line; with three marks it may have several.", ""
    return None


def _of_cause(text: str, stopped: NotRead) -> tuple[str, str] | None:
    """What the reader of the structure knows of the reason."""
    token = stopped.token
    assert token is not None
    before, word = text[: token.start].rstrip(), token.text
    turtle = _TURTLE_PREFIX.match(text, token.start)
    if turtle:
        return "In a query, a prefix is declared without @ and without a dot.", f"PREFIX {turtle[1]} {turtle[2]}"
    match stopped.cause:
        case "comma":
            return "Variables are listed without commas.", ""
        case "filter-brackets":
            return "What FILTER compares stands in brackets.", ""
        case "column-brackets":
            return "An expression that is selected stands in brackets and has a name.", ""
        case "dot" if token.kind in _TERMS or word in ("[", "("):
            return "End the pattern before it with a dot.", f". {word}"
        case "prefix-name":
            return "A prefix is declared with a colon.", f"{word}:" if token.kind == "word" else ""
        case "prefix-iri":
            end = re.match(r"\S+", text[token.start :])
            return "The IRI of a prefix stands in angle brackets.", f"<{end[0].strip('.')}>" if end else ""
        case "open" if token.kind == "variable":
            return "Patterns stand in braces.", ""
        case "by":
            return "ORDER and GROUP are followed by BY.", f"BY {word}"
        case "end" if token.upper == "WHERE" and "GROUP" in text[: token.start].upper():
            return "What groups are to fulfil is said by HAVING, in brackets.", ""
        case "end" if word == "," and before[-1:].isdigit():
            return "How many rows are left out is said by OFFSET.", ""
    return _BY_CAUSE.get((stopped.cause, word)) or _BY_CAUSE.get((stopped.cause, ""))


def _of_words(stopped: NotRead, known: Known) -> tuple[str, str] | None:
    """Misspelt keywords, keywords of other languages, and variables without their mark."""
    token = stopped.token
    if token is None or token.kind != "word":
        return None
    word, wanted = token.upper, stopped.wanted
    listed = {"form": FORMS, "word": _CLAUSES, "end": _MODIFIERS, "open": _MODIFIERS, "column": ("WHERE", *FORMS)}
    near = get_close_matches(word, listed.get(stopped.cause, ()), 1, 0.7)
    if near and near[0] != word:
        return f"Did you mean {near[0]}?", near[0]
    if stopped.cause == "exists":
        is_near = get_close_matches(word, ("EXISTS",), 1, 0.7)
        return ("Did you mean EXISTS?", "EXISTS") if is_near else ("A condition is negated with “!”, not NOT.", "")
    if word in _WORDS:
        return _WORDS[word]
    if token.text[0].isupper() and wanted in ("an object", "a subject"):
        return "A name has a prefix, a text stands in quotation marks.", known(token.text)
    if wanted in ("an object", "a subject", "a value", "a variable", "what to order by", "what to group by"):
        return "A variable begins with a question mark, a name has a prefix.", f"?{token.text}"
    if wanted == "a property":
        return "A property has a prefix, a variable begins with a question mark.", f"ckg:{token.text}"
    if stopped.cause in ("word", "column") and word not in _CLAUSES:
        return "A variable begins with a question mark.", f"?{token.text}"
    return None


def _of_marks(text: str, stopped: NotRead) -> tuple[str, str] | None:
    token = stopped.token
    assert token is not None
    if token.text == "<>":
        return "Values are compared with “!=” for difference.", "!="
    if token.text == "?":
        return "A variable has no space after its question mark.", ""
    if stopped.wanted == "an object" and token.text in ("}", ".", ";", ","):
        return "A triple pattern has a subject, a property and an object.", ""
    if token.text == ";" and stopped.cause != "end":
        return "A semicolon stands between two properties of one subject.", ""
    return None
