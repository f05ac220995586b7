"""Whether two results are the same: tables and graphs as multisets of rows, up to the names of blank nodes.

A graph is a table of three columns. Blank nodes are told apart by what stands around them (colour refinement), and
where that does not decide, one is tried after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]
Colours = dict[ox.BlankNode, int]


def same(left: Sequence[Row], right: Sequence[Row], *, ordered: bool = False) -> bool:
    """True if some renaming of blank nodes, one to one, makes the rows of ``left`` those of ``right``.

    Each row counts as often as it occurs; ``ordered`` demands the same order as well.
    """
    if len(left) != len(right):
        return False
    if ordered:
        # The number of a row, as one more column, makes order a matter of content.
        left, right = ([(ox.Literal(number), *row) for number, row in enumerate(rows)] for rows in (left, right))
    return _same(left, right, dict.fromkeys(blanks(left), 0), dict.fromkeys(blanks(right), 0))


def blanks(rows: Sequence[Row]) -> set[ox.BlankNode]:
    """All blank nodes of the rows, also those within triple terms."""
    return {node for row in rows for term in row for node in _within(term)}


def _within(term: Term | None) -> Iterator[ox.BlankNode]:
    if isinstance(term, ox.BlankNode):
        yield term
    elif isinstance(term, ox.Triple):
        for part in term:
            yield from _within(part)


def _same(left: Sequence[Row], right: Sequence[Row], mine: Colours, theirs: Colours) -> bool:
    mine, theirs = _refined(left, right, mine, theirs)
    if Counter(mine.values()) != Counter(theirs.values()):
        return False
    if Counter(_coloured(left, mine.get)) != Counter(_coloured(right, theirs.get)):
        return False
    undecided = [colour for colour, count in Counter(mine.values()).items() if count > 1]
    if not undecided:
        return True
    colour = min(undecided)
    node = next(node for node, its in mine.items() if its == colour)
    # A number of their own for these two, and then everything else follows or is tried in turn.
    return any(
        _same(left, right, {**mine, node: -1}, {**theirs, other: -1}) for other, its in theirs.items() if its == colour
    )


def _refined(
    left: Sequence[Row], right: Sequence[Row], mine: Colours, theirs: Colours
) -> tuple[Colours, Colours]:
    """Colours that tell apart as many blank nodes as their surroundings do; the same palette on both sides."""
    while True:
        seen_left, seen_right = _surroundings(left, mine), _surroundings(right, theirs)
        palette = {one: number for number, one in enumerate(sorted({*seen_left.values(), *seen_right.values()}))}
        finer = {node: palette[one] for node, one in seen_left.items()}
        finer_right = {node: palette[one] for node, one in seen_right.items()}
        if len(set(finer.values())) == len(set(mine.values())):
            return finer, finer_right
        mine, theirs = finer, finer_right


def _surroundings(rows: Sequence[Row], colours: Mapping[ox.BlankNode, int]) -> dict[ox.BlankNode, str]:
    """What each blank node is seen in: its colour and the coloured rows it stands in, itself marked."""
    found: dict[ox.BlankNode, list[str]] = {node: [] for node in colours}
    for row in rows:
        for node in {node for term in row for node in _within(term)}:
            found[node].append("\t".join(_written(term, lambda one, node=node: "*" if one == node else colours[one])
                                         for term in row))
    return {node: f"{colours[node]:09}\n" + "\n".join(sorted(lines)) for node, lines in found.items()}


def _coloured(rows: Sequence[Row], name: Callable[[ox.BlankNode], object]) -> Iterator[tuple[str, ...]]:
    return (tuple(_written(term, name) for term in row) for row in rows)


def _written(term: Term | None, name: Callable[[ox.BlankNode], object]) -> str:
    """A term as text, blank nodes by the names given."""
    if isinstance(term, ox.BlankNode):
        return f"_:{name(term)}"
    if isinstance(term, ox.Triple):
        return "<<( " + " ".join(_written(part, name) for part in term) + " )>>"
    return "" if term is None else str(term)
