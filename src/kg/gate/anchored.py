"""Is a SPARQL constraint anchored: is every triple pattern reached from ``$this`` by constant predicates?

An anchored constraint reads only a neighbourhood of its focus node, so a change elsewhere cannot alter its verdict,
and the query that judges all targets at once joins instead of crossing. A pattern is reached if its subject or
object is ``$this`` or a variable of another reached pattern; a constant does not conduct, as all its users would be
neighbours. What is reached only inside OPTIONAL, EXISTS or MINUS counts only there; through a UNION counts what every
branch reaches.
"""

from __future__ import annotations

from kg.gate.patterns import Unsupported, parse
from kg.gate.tree import OPEN_ENDED, Group, Pattern


def problems(text: str) -> tuple[str, ...]:
    """Why a SELECT query is not anchored, one reason each; empty if it is."""
    try:
        where = parse(text)
    except Unsupported as reason:
        return (f"the query has {reason}",)
    return tuple(dict.fromkeys(_refused(where) + _walk(where, {"this"})[1]))


def _refused(where: Group) -> list[str]:
    """Constructs whose reach no walk can tell, or that SHACL refuses (SHACL, appendix A)."""
    found = []
    for group in where.walk():
        if group.kind in ("graph", "service", "minus"):
            found.append(f"{group.kind.upper()} is not allowed")
        found += [f"{word} is not allowed" for word in sorted(group.words)]
        found += [f"the predicate of “{p}” is not constant" for p in group.patterns if not p.constant]
    return found


def _walk(group: Group, reached: set[str]) -> tuple[set[str], list[str]]:
    """Variables reached after this group, and the patterns in it that are not reached."""
    reached = set(reached)
    while not reached >= (grown := reached | _one_step(group, reached)):
        reached = grown
    loose = [f"“{p}” is not reached from $this" for p in group.patterns if not _ends(p) & reached]
    for inner in group.groups:
        loose += _walk(inner, reached)[1]
    return reached, loose


def _one_step(group: Group, reached: set[str]) -> set[str]:
    """What the patterns of the group, its plain groups and its unions add to what is reached."""
    grown = set(reached)
    for pattern in group.patterns:
        if pattern.constant and _ends(pattern) & grown:
            grown |= _ends(pattern)
    branches: dict[int, set[str]] = {}
    for inner in group.groups:
        if inner.kind in OPEN_ENDED:
            continue
        after = _walk(inner, grown)[0]
        if inner.select is not None:
            after &= inner.select.projected | grown
        if inner.branch is None:
            grown |= after
        else:
            branches[inner.branch] = branches.get(inner.branch, after) & after
    return grown.union(*branches.values())


def _ends(pattern: Pattern) -> set[str]:
    """The variables at the ends of a triple pattern."""
    return {end[1:] for end in (pattern.subject, pattern.object) if end.startswith("?")}
