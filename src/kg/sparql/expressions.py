"""Reading expressions, property paths and triple patterns (SPARQL 1.1, productions 68 to 126)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.querytext import Token
from kg.sparql.cursor import Cursor, NotRead, Unsupported
from kg.sparql.groups import Block, Group, Path, Term, Triple

_BINARY = ("||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/")
_COMPARING = frozenset({"=", "!=", "<", ">", "<=", ">=", "IN"})
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
#: Keywords of the grammar that cannot begin a call.
RESERVED = frozenset(
    "SELECT WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES GROUP ORDER HAVING LIMIT OFFSET FROM AS BY".split()
)
#: What an operand is told to be by the operator that compares it: ``LANG(?x)`` and ``STR(?x)``.
_WRAPPERS = ("LANG", "STR", "DATATYPE")


@dataclass
class Read:
    """What has been read of an expression: its variables, the groups of EXISTS, comparisons with constants."""

    variables: set[str] = field(default_factory=set)
    groups: list[Group] = field(default_factory=list)
    comparisons: list[tuple[str, str, ox.Literal | ox.NamedNode]] = field(default_factory=list)
    has_aggregates: bool = False

    def compare(self, left: Term | None, operator: str, right: Term | None) -> None:
        """Note a comparison of a variable with a constant."""
        if left and right and left.value is not None:
            left, operator, right = right, _MIRRORED.get(operator, operator), left
        if left and right and left.name and right.value is not None and operator in _COMPARING:
            self.comparisons.append((left.name, left.kind if left.kind in _WRAPPERS else operator, right.value))


class Expressions(Cursor):
    """Reads expressions, paths and triples at the cursor."""

    def group(self) -> Group:
        """Read a group graph pattern."""
        raise NotImplementedError

    def expression(self, read: Read) -> Term | None:
        """Read an expression; the term, if it is nothing more than one. Raises NotRead."""
        left = self._operand(read)
        is_plain = True
        while True:
            operator = self.token.text if self.token else ""
            if self.sees("IN") or (self.sees("NOT") and (after := self.ahead()) and after.upper == "IN"):
                self.take("NOT")
                self.step()
                for one in self._arguments(read):
                    read.compare(left, "IN", one)
            elif self.take(*_BINARY):
                if operator == "=" and self.sees("="):
                    raise self.fail("a value", "equals")
                right = self._operand(read)
                read.compare(left, operator, right)
                left = right
            elif self.sees("&", "|"):
                raise self.fail("“&&” or “||”")
            else:
                return left if is_plain else None
            is_plain = False

    def _operand(self, read: Read) -> Term | None:
        while self.take("!", "-", "+"):
            pass
        if self.sees("("):
            held = self.step()
            self.expression(read)
            self.want(")", held)
            return None
        if self.kind() == "word" and not self.sees("TRUE", "FALSE"):
            return self._call(read)
        term = self.read_term("a value")
        if term.kind == "variable":
            read.variables.add(term.name)
        if term.kind == "blank":
            raise NotRead(self._tokens[self._at - 1], "a value")
        if term.kind == "iri" and self.sees("("):
            self._arguments(read)
            return None
        return term

    def _call(self, read: Read) -> Term | None:
        word = self.token
        assert word is not None
        if word.upper in RESERVED:
            raise self.fail("a value")
        self.step()
        if word.upper == "NOT" and self.sees("EXISTS"):
            word = self.step()
        if word.upper == "EXISTS":
            read.groups.append(self.group())
            return None
        if word.upper == "NOT" and self.kind() == "word":
            raise self.fail("“EXISTS”", "exists")
        read.has_aggregates |= word.upper in _AGGREGATES
        given = self._arguments(read)
        one = given[0] if len(given) == 1 else None
        if word.upper in _WRAPPERS and one and one.kind == "variable":
            return Term(word.start, self.end, word.upper, one.name)
        return None

    def sees_call(self) -> bool:
        """True if the word that comes next begins an expression."""
        following = self.ahead()
        return self.sees("EXISTS", "NOT", "TRUE", "FALSE") or (following is not None and following.text == "(")

    def _arguments(self, read: Read) -> list[Term | None]:
        """Read the arguments of a call, or a list of expressions, in brackets."""
        held = self.want("(")
        given: list[Term | None] = []
        self.take("DISTINCT")
        if not self.take("*"):
            while not self.sees(")"):
                given.append(self.expression(read))
                if self.take(";"):
                    self.want("SEPARATOR")
                    self.want("=")
                    self.read_term("a string")
                elif not self.take(","):
                    break
        self.want(")", held)
        return given

    def verb(self) -> Term | Path:
        """Read a verb: a variable, ``a``, an IRI or a path. Raises NotRead."""
        if self.kind() == "variable":
            return self.read_term()
        return self._alternatives()

    def _alternatives(self) -> Term | Path:
        return self._chain("alternative", "|", lambda: self._chain("sequence", "/", self._path_step))

    def _chain(self, kind: str, mark: str, read) -> Term | Path:  # type: ignore[no-untyped-def]
        start = self.start
        parts = [read()]
        while self.take(mark):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Path(start, self.end, kind, tuple(parts))

    def _path_step(self) -> Term | Path:
        start = self.start
        is_inverse = self.take("^")
        begin = self.start
        part = self._path_primary()
        if self.sees("?", "*", "+"):
            marks = self.step().text
            part = Path(begin, self.end, "repeated", (part,), marks)
        return Path(start, self.end, "inverse", (part,)) if is_inverse else part

    def _path_primary(self) -> Term | Path:
        if self.sees("!"):
            return self._negated()
        if self.sees("("):
            held = self.step()
            path = self._alternatives()
            self.want(")", held)
            return path
        return self._link()

    def _link(self) -> Term:
        if self.sees("A"):
            return self.read_verb_a()
        if self.kind() not in ("iri", "name"):
            raise self.fail("a property")
        return self.read_iri()

    def _negated(self) -> Path:
        start = self.step().start
        held = self.step() if self.sees("(") else None
        parts: list[Term | Path] = []
        while True:
            at = self.start
            parts.append(Path(at, self.end, "inverse", (self._link(),)) if self.take("^") else self._link())
            if held is None or not self.take("|"):
                break
        if held:
            self.want(")", held)
        return Path(start, self.end, "negated", tuple(parts))

    def block(self) -> Block:
        """Read what is said of one subject, with the dot after it. Raises NotRead."""
        start, triples = self.start, []
        subject = self._node(triples, "a subject")
        # What is said within brackets is enough.
        if not triples or self._sees_verb():
            self._said_of(subject, triples, start)
        self.take(".")
        return Block(start, self.end, tuple(triples))

    def _sees_verb(self) -> bool:
        return self.kind() in ("variable", "iri", "name") or self.sees("A", "^", "!", "(")

    def _said_of(self, subject: Term, triples: list[Triple], start: int) -> None:
        while True:
            verb = self.verb()
            while True:
                below: list[Triple] = []
                value = self._node(below, "an object")
                triples += [Triple(start, self.end, subject, verb, value), *below]
                if self.sees("{|", "~"):
                    raise Unsupported(self.token, "no annotation")
                if not self.take(","):
                    break
                start = self.start
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if not self._sees_verb():
                return
            start = self.start

    def _node(self, triples: list[Triple], wanted: str) -> Term:
        """Read a subject or object, which may be brackets with triples of their own."""
        if self.sees("["):
            held = self.step()
            node = Term(held.start, held.start + 1, "blank", self.fresh())
            if not self.sees("]"):
                self._said_of(node, triples, self.start)
            self.want("]", held)
            return Term(held.start, self.end, "blank", node.name)
        if self.sees("("):
            return self._collection(self.step(), triples)
        return self.read_term(wanted)

    def _collection(self, held: Token, triples: list[Triple]) -> Term:
        """Read a list as the triples it stands for (SPARQL 1.1, section 4.2.3)."""
        first = last = None
        while not self.sees(")"):
            at, below = self.start, []
            member = self._node(below, "a member of the list, or “)”")
            node = Term(at, self.end, "blank", self.fresh())
            if last is not None:
                triples.append(Triple(at, self.end, last, _rdf("rest", at), node))
            triples += [Triple(at, self.end, node, _rdf("first", at), member), *below]
            first, last = first or node, node
        self.want(")", held)
        nil = Term(self.end, self.end, "iri", value=ox.NamedNode(RDF + "nil"))
        if first is None or last is None:
            return Term(held.start, self.end, "iri", value=nil.value)
        triples.append(Triple(nil.start, nil.end, last, _rdf("rest", nil.start), nil))
        return Term(held.start, self.end, "blank", first.name)


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def _rdf(name: str, at: int) -> Term:
    return Term(at, at, "iri", value=ox.NamedNode(RDF + name))
