"""``read``: a text in Turtle, TriG, N-Triples or N-Quads with the place of every term, and all that is wrong in it."""

from __future__ import annotations

import contextlib

from kg.reading.cursor import GivenUp
from kg.reading.document import Document
from kg.reading.lines import Lines
from kg.reading.reader import Triples

#: The formats that are read with places.
PLACED = ("turtle", "trig", "nt", "nq")


def read(text: str, format: str = "turtle", base: str | None = None) -> Document:
    """Read a text in one of ``PLACED``; relative IRIs are resolved against ``base`` (RFC 3986, section 5.2).

    Faults do not end the reading, except brackets nested too deep, or very many faults.
    """
    if format not in PLACED:
        raise ValueError(f"Unexpected format: {format!r}")
    reader = Lines(text, format == "nq") if format in ("nt", "nq") else _Reader(text, base, format == "trig")
    with contextlib.suppress(GivenUp):
        reader.all()
    return reader.document()


class _Reader(Triples):
    """Reads the declarations and graphs of a document."""

    def __init__(self, text: str, base: str | None, graphs: bool) -> None:
        super().__init__(text, base)
        self._graphs = graphs

    def all(self) -> None:
        """Read the whole text."""
        while self.kind != "end":
            kind = self.kind
            if kind == "language" or kind == "word" and self.raw.lower() in ("prefix", "base", "version"):
                self._declaration()
                self._before = None
            elif self._graphs and (kind == "{" or self._names_a_graph()):
                self._block()
                self._before = None
            else:
                self.triples()

    def _declaration(self) -> None:
        """Read ``@prefix``, ``@base``, ``PREFIX`` or ``BASE`` (Turtle, sections 2.4 and 2.2)."""
        keyword, at = self.raw, self.at
        name, signed = keyword.removeprefix("@").lower(), keyword.startswith("@")
        if signed and keyword not in ("@prefix", "@base") or name == "version":
            self.tell_token("star" if name == "version" else "keyword")
            self._skip_declaration()
            return
        self.at += 1
        prefix = self._prefix_name() if name == "prefix" else ""
        iri = self._declared_iri()
        if name == "prefix" and prefix:
            self.terms.declare(prefix, iri)
        elif iri:
            self.terms.rebase(iri)
        if signed and self.kind == ".":
            self.at += 1
        elif signed:
            end = self.ends[self.at - 1]
            self.tell("no-prefix-dot", end, end, found=keyword, edit=(end, end, " ."))
        elif self.kind == ".":
            edit = (self.ends[self.at - 1], self.ends[self.at], "")
            self.tell("prefix-dot", *self.span(self.at), found=keyword, edit=edit)
            self.at += 1
        if self.at == at:
            self.at += 1

    def _prefix_name(self) -> str:
        """Read the name of a prefix, with its colon; empty if there is none."""
        raw = self.raw
        if self.kind == "name" and raw.endswith(":") and raw.count(":") == 1:
            self.at += 1
            return raw
        self.tell_token("prefix-name")
        if self.kind in ("name", "word"):
            self.at += 1
            return raw.partition(":")[0] + ":"
        return ""

    def _declared_iri(self) -> str | None:
        """Read the IRI of a declaration; None if it cannot be read."""
        if self.kind == "iri":
            node = self.simple()[0]
            return node.value if node else None
        if self.kind in ("badiri", "openiri"):
            self._stray("iri")
            return None
        self.tell_token("prefix-iri")
        if self.kind in ("string", "name", "word") and self._same_line():
            self.at += 1
        return None

    def _same_line(self) -> bool:
        between = self.text[self.ends[self.at - 1] : self.starts[self.at]]
        return "\n" not in between and "\r" not in between

    def _skip_declaration(self) -> None:
        """Go on behind a declaration that is none: at the next line, or behind its dot."""
        self.at += 1
        while self.kind not in (".", "end") and self._same_line():
            self.at += 1
        if self.kind == ".":
            self.at += 1

    def _names_a_graph(self) -> bool:
        """True if what follows is ``GRAPH``, or a name or blank node before a brace (TriG, section 2.2)."""
        if self.kind == "word":
            return self.raw.upper() == "GRAPH"
        after = self.kinds[self.at + 1] if self.at + 1 < len(self.kinds) else ""
        if self.kind in ("name", "iri", "blank"):
            return after == "{"
        return self.kind == "[" and after == "]" and self.kinds[self.at + 2] == "{"

    def _block(self) -> None:
        """Read a graph: its name, if it has one, and its statements in braces."""
        if self.kind == "word":
            self.at += 1
            if self.kind == "{":
                self.tell_token("mark")
        if self.kind != "{" and self.kind != "end":
            self.graph, _ = self._subject() if self._is_name() else (None, self._stray("subject-kind"))
        if self.kind != "{":
            self.tell_token("mark")
            return
        opening, self.graph_open = self.at, True
        self.at += 1
        while self.kind not in ("}", "end"):
            self._before = None if self.kinds[self.at - 1] != "." else self._before
            self.triples()
        if self.kind == "}":
            self.at += 1
        else:
            self.tell("bracket", *self.span(opening), found="{", near="}")
        self.graph, self.graph_open = None, False

    def _is_name(self) -> bool:
        return self.kind in ("name", "iri", "blank", "[")
