"""The graph patterns of a SELECT query as a tree, as far as the gate reasons about them (SPARQL 1.1, 19.8).

What the tree cannot express, such as ``[ … ]`` and ``( … )`` in a triple pattern, is refused with a reason.
"""

from __future__ import annotations

from functools import lru_cache

from kg.gate.tree import Group, Pattern, Select, names
from kg.querytext import Token, tokens


class Unsupported(Exception):
    """The query uses what the tree has no place for."""


@lru_cache(maxsize=1_000)
def parse(text: str) -> Group:
    """The WHERE group of a SELECT query, not to be changed. Raises Unsupported on what the tree cannot express."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.at = 0

    def query(self) -> Group:
        while self.peek().upper != "SELECT":
            self.take()
        group = self.select_group("where")
        if self.at != len(self.tokens):
            raise Unsupported("text after the end of the query")
        return group

    def peek(self) -> Token:
        if self.at >= len(self.tokens):
            raise Unsupported("a query that ends too early")
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def select_group(self, kind: str) -> Group:
        """From SELECT to the end of the query, or to the brace that closes a sub-query."""
        start = self.at
        while self.peek().text != "{":
            if self.take().upper == "FROM":
                raise Unsupported("FROM")
        group = self.group(kind)
        head = tuple(self.tokens[start:self.at_open])
        end = self.at
        while self.at < len(self.tokens) and self.peek().text != "}":
            if self.take().upper == "VALUES":
                group.words.add("VALUES")
        group.select = Select(head, tuple(self.tokens[end:self.at]))
        return group

    def group(self, kind: str) -> Group:
        opening = self.at
        self.expect("{")
        if self.peek().upper == "SELECT":
            group = self.select_group(kind)
        else:
            group = Group(kind, self.tokens[opening].start + 1)
            while self.peek().text != "}":
                self.element(group)
        self.expect("}")
        self.at_open = opening
        return group

    def expect(self, text: str) -> None:
        token = self.take()
        if token.text != text:
            raise Unsupported(f"“{token.text}” where “{text}” belongs")

    def element(self, group: Group) -> None:
        """One element of a group: a nested group, a clause with a keyword, or triple patterns."""
        token = self.peek()
        word = token.upper
        if token.text == "{":
            self.union(group)
        elif token.text == ".":
            self.take()
        elif word in ("OPTIONAL", "MINUS"):
            self.take()
            group.groups.append(self.group(word.lower()))
        elif word in ("GRAPH", "SERVICE"):
            self.named(group, word.lower())
        elif word == "FILTER":
            self.take()
            self.filter(group)
        elif word == "BIND":
            self.take()
            inner = self.expression(group)
            group.bound |= {b.text[1:] for a, b in zip(inner, inner[1:]) if a.upper == "AS"}
        elif word == "VALUES":
            group.words.add("VALUES")
            while self.take().text != "}":
                pass
        else:
            self.triples(group)

    def union(self, group: Group) -> None:
        start = self.at
        branches = [self.group("group")]
        while self.peek().upper == "UNION":
            self.take()
            branches.append(self.group("group"))
        for branch in branches if len(branches) > 1 else ():
            branch.kind, branch.branch = "union", start
        group.groups += branches

    def named(self, group: Group, kind: str) -> None:
        self.take()
        if self.peek().upper == "SILENT":
            self.take()
        name = self.take()
        group.variables |= names((name,))
        inner = self.group(kind)
        inner.graph = name.text
        group.groups.append(inner)

    def filter(self, group: Group) -> None:
        if self.peek().upper == "NOT":
            self.take()
        if self.peek().upper == "EXISTS":
            self.take()
            group.groups.append(self.group("exists"))
            return
        if self.peek().text != "(":
            self.take()
        self.expression(group)

    def expression(self, group: Group) -> list[Token]:
        """A bracketed expression; EXISTS within it becomes a group. The tokens outside such groups."""
        self.expect("(")
        depth, found = 1, []
        while depth:
            if self.peek().text == "{":
                group.groups.append(self.group("exists"))
                continue
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            found.append(token)
        group.variables |= names(tuple(found))
        return found

    def triples(self, group: Group) -> None:
        subject = self.term(group)
        while True:
            path = self.path(group)
            while True:
                group.patterns.append(Pattern(subject, path, self.term(group)))
                if self.peek().text != ",":
                    break
                self.take()
            while self.peek().text == ";":
                self.take()
            if self.peek().text in (".", "}") or self.peek().text == "{" or self._clause():
                return

    def _clause(self) -> bool:
        return self.peek().upper in ("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES")

    def term(self, group: Group) -> str:
        """A subject or object as one text."""
        token = self.take()
        if token.kind == "variable":
            group.variables.add(token.text[1:])
            return "?" + token.text[1:]
        if token.kind == "string":
            return token.text + self._datatype()
        if token.kind in ("iri", "name") or token.upper in ("TRUE", "FALSE"):
            return token.text
        if token.text in "+-0123456789":
            return token.text + self._digits(token.start + 1)
        raise Unsupported(f"“{token.text}” in a triple pattern; name what it stands for with a variable")

    def _datatype(self) -> str:
        if self.peek().kind == "language":
            return self.take().text
        if self.peek().text == "^":
            return self.take().text + self.take().text + self.take().text
        return ""

    def _digits(self, end: int) -> str:
        found = ""
        while self.peek().start == end and (self.peek().text.isalnum() or self._point(end)):
            found += self.peek().text
            end += len(self.take().text)
        return found

    def _point(self, end: int) -> bool:
        after = self.tokens[self.at + 1:self.at + 2]
        return self.peek().text == "." and bool(after) and after[0].start == end + 1 and after[0].text.isdigit()

    def path(self, group: Group) -> tuple[Token, ...]:
        """A predicate or property path (SPARQL 1.1, 9.1)."""
        start = self.at
        while True:
            while self.peek().text in ("^", "!"):
                self.take()
            if self.peek().text == "(":
                self.take()
                if self.peek().text != ")":
                    self.path(group)
                self.expect(")")
            else:
                self._primary(group)
            if self.peek().text in ("*", "+", "?"):
                self.take()
            if self.peek().text not in ("/", "|"):
                return tuple(self.tokens[start:self.at])
            self.take()

    def _primary(self, group: Group) -> None:
        token = self.take()
        if token.kind == "variable":
            group.variables.add(token.text[1:])
        elif token.kind not in ("iri", "name") and token.text != "a":
            raise Unsupported(f"“{token.text}” where a predicate belongs")
