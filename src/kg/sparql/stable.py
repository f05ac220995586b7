"""Whether a query gives the same bytes whenever it is asked of the same data, told from its tokens.

The engine answers in the same order each time if it has loaded the same data in the same order, with three exceptions:
functions that give another value at each call, blank nodes that CONSTRUCT makes anew, and GRAPH with a variable where
the engine has to go through the names of all graphs, whose order it draws by lot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.querytext import Token, tokens

#: Functions of SPARQL 1.1 (sections 17.4.2, 17.4.4 and 17.4.5) that do not depend on their arguments alone. Keywords
#: need no space before them, so that they may end a longer word; to take a name of somebody's own for one does no harm.
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID|BNODE)$", re.IGNORECASE)
_WORDS = frozenset({"word", "name", "language"})
_MAY_NAME = ("NOW", "RAND", "UUID", "BNODE")
#: What makes a blank node where it stands in a template: ``[``, a list, a reifier (SPARQL 1.2, section 4.1).
_MAKES_BLANK = frozenset("[(<|~")
_TERMS = frozenset({"iri", "name", "blank", "variable", "string"})
_BEGINS_TRIPLE = frozenset("[({<")


def is_stable(text: str, form: str) -> bool:
    """True if the query, of this form (``guard.inspect``), gives the same bytes each time the same store is asked."""
    upper = text.upper()
    if form != "CONSTRUCT" and not any(name in upper for name in _MAY_NAME):
        return True
    stream = tuple(tokens(text))
    calls = zip(stream, stream[1:], strict=False)
    if any(after.text == "(" and one.kind in _WORDS and _VOLATILE.search(one.text) for one, after in calls):
        return False
    return form != "CONSTRUCT" or not _makes_blank_nodes(stream)


def _makes_blank_nodes(stream: Sequence[Token]) -> bool:
    """True if the template of a CONSTRUCT, or its pattern where that is the template, has a blank node."""
    begin = next((index for index, token in enumerate(stream) if token.upper.endswith("CONSTRUCT")), 0)
    depth = 0
    for token in stream[begin:]:
        depth += (token.text == "{") - (token.text == "}")
        if token.kind == "blank" or (depth and token.kind == "other" and token.text in _MAKES_BLANK):
            return True
        if token.text == "}" and not depth:
            return False
    return False


def goes_through_graphs(text: str) -> bool:
    """True if the engine may have to go through the names of all graphs: ``GRAPH ?g`` with a group that does not begin
    with a triple pattern, or has such a group in it."""
    if "GRAPH" not in text.upper():
        return False
    stream = tuple(tokens(text))
    depth, within = 0, 0
    for index, token in enumerate(stream[:-1]):
        after = stream[index + 1]
        if token.upper.endswith("GRAPH") and after.kind == "variable" and not within:
            within = depth + 1
        depth += (token.text == "{") - (token.text == "}")
        if within and token.text == "{" and not _begins_triple(after):
            return True
        if within and token.text == "}" and depth < within:
            within = 0
    return False


def _begins_triple(token: Token) -> bool:
    return token.kind in _TERMS or (token.kind == "other" and token.text in _BEGINS_TRIPLE)
