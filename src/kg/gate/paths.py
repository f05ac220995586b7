"""Property paths written so that the engine need not look at every node of the graph.

A step that may be skipped (``*`` or ``?``) matches every term of the graph with itself. pyoxigraph plans the pattern
inside EXISTS without knowing what is bound outside it, and then lists all of these matches for each solution. With
another step beside it the skipping can be spelt out: ``p/q*`` is ``p|p/q+``. That may find the same pair twice, which
changes nothing unless solutions are counted.

For the same reason it joins the steps of a sequence inside EXISTS over the whole graph, again for each solution. As a
branch of an alternative a sequence is not taken apart, and is followed from the node that is bound.
"""

from __future__ import annotations

from itertools import product

from kg.querytext import Token

#: Steps that may be skipped → how they are written when they are not.
_TAKEN = {"*": "+", "?": ""}
#: More of them than this in one path stay as they are, as each doubles the alternatives.
MOST = 3


def spelt_out(path: tuple[Token, ...], text: str) -> str | None:
    """The path, cut out of ``text``, without steps that may be skipped; None if it has none or only such."""
    steps = _steps(path)
    skippable = [index for index, step in enumerate(steps) if _skippable(step)]
    if not skippable or len(skippable) == len(steps) or len(skippable) > MOST:
        return None
    alternatives = []
    for taken in product((False, True), repeat=len(skippable)):
        choice = dict(zip(skippable, taken, strict=True))
        written = [_written(step, text, index in choice) for index, step in enumerate(steps) if choice.get(index, True)]
        alternatives.append("/".join(written))
    return "(" + "|".join(alternatives) + ")"


def in_one(path: tuple[Token, ...], text: str) -> str | None:
    """The path, cut out of ``text``, written so that its steps stay together; None if it has no more than one."""
    if len(_steps(path)) < 2:
        return None
    last = path[-1]
    written = text[path[0].start:last.start] + last.text
    return f"({written}|{written})"


def _steps(path: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """The steps of a sequence; the whole path as one step if it is an alternative."""
    steps: list[list[Token]] = [[]]
    depth = 0
    for token in path:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "|" and not depth:
            return [path]
        if token.text == "/" and not depth:
            steps.append([])
        else:
            steps[-1].append(token)
    return [tuple(step) for step in steps]


def _skippable(step: tuple[Token, ...]) -> bool:
    return step[-1].kind == "other" and step[-1].text in _TAKEN


def _written(step: tuple[Token, ...], text: str, skippable: bool) -> str:
    last = step[-1]
    if not skippable:
        return text[step[0].start:last.start] + last.text
    return text[step[0].start:last.start] + _TAKEN[last.text]
