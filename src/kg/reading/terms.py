"""From the text of a token to the term it stands for (RDF 1.1 Turtle, section 7.2), and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

import pyoxigraph as ox

from kg.rdf import PREFIXES

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LOCAL_ESCAPE = re.compile(r"\\(.)")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.?))", re.DOTALL)
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_XSD = PREFIXES["xsd"]
#: How the parser's reasons begin, in Italian.
_REASONS = {
    "Invalid IRI code point": "ha il carattere non ammesso",
    "Invalid IRI percent encoding": "ha la codifica non valida",
    "No scheme found": "non ha uno schema",
    "A subtag may be eight": "ha una parte di più di otto caratteri",
}
NUMBERS = {kind: ox.NamedNode(_XSD + kind) for kind in ("integer", "decimal", "double")}
BOOLEAN = ox.NamedNode(_XSD + "boolean")

#: How a fault is told: its kind, where it starts and ends, and the values of its words.
Tell = Callable[..., None]


class Terms:
    """Resolves the names of one text; what is wrong is told to ``tell``, and the term is None."""

    def __init__(self, text: str, tell: Tell, base: str | None) -> None:
        self.prefixes: dict[str, str | None] = {}
        self.base = base
        #: Prefixes that are used and not declared: where first, and how often.
        self.undeclared: dict[str, list[int]] = {}
        self._text, self._tell = text, tell
        self._names: dict[str, ox.NamedNode | None] = {}
        self._iris: dict[str, ox.NamedNode | None] = {}

    def declare(self, prefix: str, iri: str | None) -> None:
        """From here on a prefix (with its colon) stands for an IRI; None: for one that could not be read."""
        self.prefixes[prefix] = iri
        self._names.clear()

    def rebase(self, iri: str) -> None:
        """From here on relative IRIs are resolved against another base."""
        self.base = iri
        self._iris.clear()

    def iri(self, start: int, end: int) -> ox.NamedNode | None:
        """The IRI of a token ``<…>``."""
        raw = self._text[start:end]
        if raw not in self._iris:
            self._iris[raw] = self._read_iri(raw[1:-1], start, end)
        return self._iris[raw]

    def name(self, start: int, end: int) -> ox.NamedNode | None:
        """The IRI of a prefixed name."""
        raw = self._text[start:end]
        try:
            return self._names[raw]
        except KeyError:
            node = self._names[raw] = self._read_name(raw, start, end)
            return node

    def _read_name(self, raw: str, start: int, end: int) -> ox.NamedNode | None:
        prefix, _, local = raw.partition(":")
        prefix += ":"
        if prefix not in self.prefixes:
            self.undeclared.setdefault(prefix, []).append(start)
            return None
        space = self.prefixes[prefix]
        if space is None:
            return None
        return self._node(space + (_LOCAL_ESCAPE.sub(r"\1", local) if "\\" in local else local), start, end)

    def _read_iri(self, raw: str, start: int, end: int) -> ox.NamedNode | None:
        value = raw
        if "\\" in raw:
            value = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)) if _is_character(found) else "\0", raw)
        if not _SCHEME.match(value):
            if self.base is None:
                self._tell("relative", start, end, found=f"<{raw}>")
                return None
            return self._resolved(value, start, end)
        return self._node(value, start, end)

    def _resolved(self, value: str, start: int, end: int) -> ox.NamedNode | None:
        """A relative IRI against the base, as the parser does it (RFC 3986, section 5.2)."""
        try:
            quads = list(ox.parse(f"<{value}> a <x:x> .", format=ox.RdfFormat.TURTLE, base_iri=self.base))
        except (SyntaxError, ValueError) as error:
            self._tell("iri", start, end, found=f"<{value}>", **_why(error))
            return None
        return quads[0].subject if quads else None

    def _node(self, value: str, start: int, end: int) -> ox.NamedNode | None:
        try:
            return ox.NamedNode(value)
        except ValueError as error:
            self._tell("iri", start, end, found=self._text[start:end], **_why(error))
            return None

    def string(self, start: int, end: int) -> str | None:
        """The text between quotation marks, its escapes resolved."""
        raw = self._text[start:end]
        marks = 3 if len(raw) >= 6 and raw[:3] in ('"""', "'''") else 1
        value = raw[marks:-marks]
        if "\\" not in value:
            return value
        for found in _ESCAPE.finditer(value):
            if not (_is_character(found) if found[3] is None else found[3] in _SHORT):
                at = start + marks + found.start()
                self._tell("escape", at, at + len(found[0]), found=found[0])
                return None
        return _ESCAPE.sub(_character, value)

    def literal(self, value: str | None, language: tuple[int, int] | None) -> ox.Literal | None:
        """A text with its language tag, whose token (with its ``@``) stands at ``language``, or without one."""
        if language is None:
            return None if value is None else ox.Literal(value)
        tag = self._text[language[0] + 1 : language[1]]
        try:
            return ox.Literal(value or "", language=tag) if value is not None else None
        except ValueError as error:
            self._tell("language", *language, found=f"@{tag}", **_why(error))
            return None

    def tell_undeclared(self) -> None:
        """Tell each prefix that is not declared, once, at its first use."""
        for prefix, places in self.undeclared.items():
            declared = [known for known in self.prefixes if known != ":"]
            near = get_close_matches(prefix, declared, 1, 0.7)
            known = PREFIXES.get(prefix[:-1])
            kind, hint = "prefix", ""
            edit = None
            if near:
                kind, hint = "prefix-near", near[0]
            elif known:
                kind, hint = "prefix-known", f"PREFIX {prefix} <{known}>"
                edit = (0, 0, hint + "\n")
            elif near := get_close_matches(prefix[:-1], PREFIXES, 1, 0.7):
                kind, hint = "prefix-near", near[0] + ":"
            more = len(places) - 1
            self._tell(
                kind, places[0], places[0] + len(prefix), edit=edit, found=prefix, near=hint,
                times=f", here and for {more} other names" if more else "",
                volte=f", qui e per altri {more} nomi" if more else "",
            )


def _is_character(found: re.Match[str]) -> bool:
    """True if an escape by number names a character: no surrogate, and none beyond the last (Unicode)."""
    number = int(found[1] or found[2] or "-1", 16)
    return 0 <= number < 0xD800 or 0xDFFF < number <= 0x10FFFF


def _character(found: re.Match[str]) -> str:
    return _SHORT[found[3]] if found[3] is not None else chr(int(found[1] or found[2], 16))


def _why(error: Exception) -> dict[str, str]:
    """The reason that the parser gives, without its place, in both languages."""
    reason = str(getattr(error, "msg", None) or error)
    reason = reason.partition(": ")[2] or reason if reason.startswith("Parser error") else reason
    italian = next((words for known, words in _REASONS.items() if reason.startswith(known)), "non è ben formato")
    shown = reason.partition("'")[2].rpartition("'")[0]
    return {"why": reason[:1].lower() + reason[1:].rstrip("."), "perche": f"{italian} {shown}".strip()}


def no_names(prefixes: Mapping[str, str | None]) -> dict[str, str]:
    """The prefixes that stand for an IRI, without their colons."""
    return {prefix[:-1]: iri for prefix, iri in prefixes.items() if iri is not None}
