"""Reading the structure of a query from its text (SPARQL 1.1, productions 1 to 67)."""

from __future__ import annotations

from kg.querytext import FORMS, Token
from kg.sparql.cursor import NotRead, Unsupported
from kg.sparql.expressions import RESERVED, Expressions, Read
from kg.sparql.groups import (
    Bind,
    Column,
    Element,
    Filter,
    Group,
    Part,
    Query,
    Span,
    SubQuery,
    Term,
    Values,
)

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
#: Levels of brackets that are read; the guard before the engine admits fewer.
_DEEPEST = 150


def read(text: str, base: str | None = None) -> Query:
    """The structure of a query; ``base`` resolves relative IRIs.

    Raises NotRead where the text is no query, and its subclass Unsupported for what SPARQL 1.1 does not have. What the
    grammar alone cannot tell, such as a variable that is set twice, is not noticed.
    """
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}" and depth > 0)
        if depth > _DEEPEST:
            raise Unsupported(None, "fewer levels of brackets")
    return _Structure(text, base).query()


class _Clauses:
    """What has been read of the clauses of one SELECT, ASK, CONSTRUCT or DESCRIBE."""

    def __init__(self) -> None:
        self.read = Read()
        self.columns: list[Column] = []
        self.reduced = ""
        self.where: Group | None = None
        self.default: list[Term] = []
        self.named: list[Term] = []
        self.modifiers: dict[str, Span] = {}
        self.numbers: dict[str, int] = {}
        self.values: Values | None = None


class _Structure(Expressions):
    """Reads the clauses of a query and its groups."""

    def query(self) -> Query:
        """Read the whole text as one query."""
        self._prologue()
        if not self.sees(*FORMS):
            raise self.fail("SELECT, ASK, CONSTRUCT or DESCRIBE", "form")
        found = self._form(is_inner=False)
        if self.token is not None:
            raise self.fail("the end of the query", "end")
        return found

    def _prologue(self) -> None:
        while self.sees("PREFIX", "BASE", "VERSION"):
            word = self.step()
            if word.upper == "VERSION":
                self.read_term("a version")
                continue
            name = self.step() if word.upper == "PREFIX" else None
            if name is not None and (name.kind != "name" or not name.text.endswith(":")):
                raise NotRead(name, "a prefix with a colon, such as “ex:”", "prefix-name")
            if self.kind() != "iri":
                raise self.fail("an IRI in angle brackets", "prefix-iri")
            iri = self.read_iri()
            if name is None:
                self.base = iri.value.value  # type: ignore[union-attr]
            else:
                self.prefixes[name.text[:-1]] = (iri.value.value, Span(name.start, iri.end))  # type: ignore[union-attr]

    def _form(self, is_inner: bool) -> Query:
        start, form, clauses = self.start, self.step().upper, _Clauses()
        {"SELECT": self._columns, "CONSTRUCT": self._template, "DESCRIBE": self._described}.get(
            form, lambda _: None
        )(clauses)
        head = self.span(start)
        if not is_inner:
            self._dataset(clauses)
        self._where(form, clauses)
        self._modifiers(clauses)
        return Query(
            start, self.end, form, clauses.where, tuple(clauses.columns), clauses.reduced,
            clauses.read.has_aggregates or "GROUP" in clauses.modifiers, clauses.modifiers,
            clauses.numbers.get("LIMIT"), clauses.numbers.get("OFFSET", 0), clauses.values, head,
            dict(self.prefixes), tuple(clauses.default), tuple(clauses.named),
        )  # fmt: skip

    def _columns(self, clauses: _Clauses) -> None:
        if self.sees("DISTINCT", "REDUCED"):
            clauses.reduced = self.step().upper
        if self.take("*"):
            return
        while True:
            start = self.start
            if self.kind() == "variable":
                name = self._variable()
                clauses.columns.append(Column(start, self.end, name))
            elif self.sees("("):
                held, read = self.step(), Read()
                self.expression(read)
                if not self.take("AS"):
                    raise self.fail("“AS” and a variable", "as")
                name = self._variable()
                self.want(")", held)
                clauses.columns.append(Column(start, self.end, name, True, frozenset(read.variables)))
                clauses.read.has_aggregates |= read.has_aggregates
            elif clauses.columns and self.sees(","):
                raise self.fail("variables with spaces between them", "comma")
            elif self.kind() == "word" and not self.sees(*RESERVED):
                following = self.ahead()
                called = following is not None and following.text == "("
                raise self.fail("a variable", "column-brackets" if called else "column")
            elif clauses.columns:
                return
            else:
                raise self.fail("“*”, or variables", "column")

    def _variable(self) -> str:
        if self.kind() != "variable":
            raise self.fail("a variable", "variable")
        return self.step().text[1:]

    def _template(self, clauses: _Clauses) -> None:
        if not self.sees("{"):
            return
        held = self.step()
        while not self.sees("}"):
            self._block(held)
        self.want("}", held)

    def _described(self, clauses: _Clauses) -> None:
        if self.take("*"):
            return
        while self.kind() in ("variable", "iri", "name"):
            self.read_term()

    def _dataset(self, clauses: _Clauses) -> None:
        while self.take("FROM"):
            (clauses.named if self.take("NAMED") else clauses.default).append(self.read_iri())

    def _where(self, form: str, clauses: _Clauses) -> None:
        is_said = self.take("WHERE")
        if form == "DESCRIBE" and not is_said and not self.sees("{"):
            return
        if not self.sees("{"):
            raise self.fail("“{”", "open")
        clauses.where = self.group()

    def _modifiers(self, clauses: _Clauses) -> None:
        while self.sees(*_MODIFIERS):
            start, word = self.start, self.step().upper
            if word == "VALUES":
                clauses.values = self._values(start)
                continue
            if word in ("LIMIT", "OFFSET"):
                clauses.numbers[word] = self.read_count()
            else:
                self._conditions(word, clauses.read)
            clauses.modifiers[word] = self.span(start)

    def _conditions(self, word: str, read: Read) -> None:
        if word != "HAVING":
            if not self.take("BY"):
                raise self.fail("“BY”", "by")
        count = 0
        while self._sees_condition():
            count += 1
            self.take("ASC", "DESC")
            if self.sees("("):
                held = self.step()
                self.expression(read)
                if self.take("AS"):
                    self._variable()
                self.want(")", held)
            elif self.kind() == "word" and not self.sees_call():
                raise self.fail(f"what to {word.lower()} by" if word != "HAVING" else "a condition")
            else:
                self.expression(read)
        if not count:
            raise self.fail(f"what to {word.lower()} by" if word != "HAVING" else "a condition")

    def _sees_condition(self) -> bool:
        if self.kind() == "word":
            return not self.sees(*RESERVED, *_MODIFIERS)
        return self.kind() in ("variable", "iri", "name") or self.sees("(")

    def group(self) -> Group:
        """Read a group graph pattern with its braces. Raises NotRead."""
        start, held = self.start, self.want("{")
        elements: list[Element] = []
        if self.sees("SELECT"):
            at = self.start
            query = self._form(is_inner=True)
            elements.append(SubQuery(at, self.end, query))
        while not self.sees("}"):
            if self.token is None:
                raise NotRead(None, "“}”", "close", held)
            elements.append(self._element(held))
        self.step()
        return Group(start, self.end, tuple(elements))

    def _element(self, held: Token) -> Element:
        start = self.start
        if self.sees("{"):
            groups = [self.group()]
            while self.take("UNION"):
                groups.append(self.group())
            return self._ended(Part(start, self.end, "union" if len(groups) > 1 else "group", tuple(groups)))
        if self.take("OPTIONAL", "MINUS", "LATERAL"):
            kind = self._tokens[self._at - 1].text.lower()
            group = self.group()
            return self._ended(Part(start, self.end, kind, (group,)))
        if self.take("GRAPH"):
            name = self.read_term("the name of a graph, or a variable")
            group = self.group()
            return self._ended(Part(start, self.end, "graph", (group,), name))
        if self.take("FILTER"):
            return self._ended(self._filter(start))
        if self.take("BIND"):
            return self._ended(self._bind(start))
        if self.take("VALUES"):
            return self._ended(self._values(start))
        if self.sees("SERVICE"):
            raise Unsupported(self.token, "no SERVICE")
        return self._block(held)

    def _ended(self, element: Element) -> Element:
        self.take(".")
        return element

    def _block(self, held: Token) -> Element:
        """Read triples; unless they end with a dot, a brace or a keyword must follow."""
        if self.kind() == "word" and not self.sees("TRUE", "FALSE"):
            raise self.fail("a triple pattern or “}”", "word")
        found = self.block()
        ended = self.text[found.end - 1 : found.end] == "."
        if not (ended or self.token is None or self.sees("}", "{") or self.kind() == "word"):
            raise NotRead(self.token, "“.”, “;” or “}”", "dot", held)
        return found

    def _filter(self, start: int) -> Filter:
        read = Read()
        if self.sees("("):
            held = self.step()
            self.expression(read)
            self.want(")", held)
        elif self.kind() == "variable":
            raise self.fail("“(”", "filter-brackets")
        else:
            self._operand(read)
        return Filter(start, self.end, frozenset(read.variables), tuple(read.groups), tuple(read.comparisons))

    def _bind(self, start: int) -> Bind:
        held, read = self.want("("), Read()
        self.expression(read)
        self.want("AS", held)
        name = self._variable()
        self.want(")", held)
        return Bind(start, self.end, name, frozenset(read.variables), tuple(read.groups))

    def _values(self, start: int) -> Values:
        names: list[str] = []
        is_list = self.take("(")
        if is_list:
            while not self.take(")"):
                names.append(self._variable())
        else:
            names.append(self._variable())
        constants: list[Term] = []
        held = self.want("{")
        while not self.sees("}"):
            if self.token is None:
                raise NotRead(None, "“}”", "close", held)
            row = self.step() if is_list and self.sees("(") else None
            while not self.sees(")", "}"):
                if not self.take("UNDEF"):
                    constants.append(self.read_term("a value or UNDEF"))
                if row is None:
                    break
            if row:
                self.want(")", row)
        self.step()
        return Values(start, self.end, tuple(names), tuple(constants))
