"""The shapes as one automaton: being in a state at a node means that something of a shape is evaluated there.

Each shape has a state in which a node is its focus. From there arcs and skips lead, as the evaluation goes, along
paths to value nodes, into the shapes that judge these, to the other predicate of ``sh:equals``, to types and the
classes above them. Each target shape has a second state, in which it is found out whether a node is its target, and
so has each path that leads from targets to where a SPARQL constraint of a property shape is evaluated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pyoxigraph as ox

from kg.gate import setquery
from kg.gate.incremental.cases import Case, Reads
from kg.gate.incremental.machine import Machine
from kg.gate.incremental.paths import of_shape, turned
from kg.gate.incremental.queries import reads
from kg.gate.incremental.reader import SUB_CLASS, TYPE
from kg.gate.plan import Plan, Site, plan
from kg.gate.setquery import Constraint
from kg.gate.shapes import SH, ShapesGraph, Term

#: Parameters that compare the values with those of another predicate at the focus node (SHACL, 4.5).
COMPARING = tuple(SH + name for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"))


#: Properties by which shapes have constraints of their own making, or rules: what these look at is not known here.
FOREIGN = frozenset(
    SH + name for name in "validator nodeValidator propertyValidator target rule expression js entailment".split()
)
SUBJECTS_OF, OBJECTS_OF = SH + "targetSubjectsOf", SH + "targetObjectsOf"


@dataclass(frozen=True)
class Targets:
    """The targets of a shape (SHACL, 2.1.3): nodes, classes, and predicates with whether their objects are meant."""

    nodes: frozenset[Term]
    classes: frozenset[Term]
    ends: tuple[tuple[ox.NamedNode, bool], ...]


@dataclass(frozen=True)
class Meaning:
    """What a state stands for: the root whose focus a node is there; the root of which it is found out whether it is a
    target; the sites of which it is found out whether it is a focus node."""

    focus: Term | None
    target: Term | None
    sites: tuple[Site, ...]


@dataclass(eq=False)
class Automaton:
    """The machine of a shapes graph, and what its states stand for.

    ``focus`` is, by shape, the state in which a node is its focus; ``target`` the state in which it is found out
    whether a node is a target of a root; ``sites`` the same for the focus nodes of a site. ``asked`` has, by state, the
    SPARQL constraints that pySHACL evaluates there. ``reads`` is what each constraint looks at; ``targets`` are those
    of a root.
    """

    shapes: ShapesGraph
    plan: Plan
    machine: Machine = field(default_factory=Machine)
    focus: dict[Term, int] = field(default_factory=dict)
    target: dict[Term, int] = field(default_factory=dict)
    sites: dict[Site, int] = field(default_factory=dict)
    asked: dict[int, list[Constraint]] = field(default_factory=lambda: defaultdict(list))
    reads: dict[Constraint, Reads] = field(default_factory=dict)
    targets: dict[Term, Targets] = field(default_factory=dict)

    @cached_property
    def active(self) -> tuple[Term, ...]:
        """The roots that are not switched off."""
        return tuple(root for root in self.shapes.roots if not self.shapes.deactivated(root))

    @cached_property
    def by_target_class(self) -> dict[Term, frozenset[Term]]:
        """The roots by each class that they name as their target."""
        return _turned(self.targets, lambda targets: targets.classes)

    @cached_property
    def by_target_node(self) -> dict[Term, frozenset[Term]]:
        """The roots by each node that they name as their target."""
        return _turned(self.targets, lambda targets: targets.nodes)

    @cached_property
    def meanings(self) -> dict[int, Meaning]:
        """What it means to be in a state, for the states that mean that something is judged."""
        focus = {self.focus[root]: root for root in self.active}
        target = {state: root for root, state in self.target.items()}
        sites: dict[int, list[Site]] = defaultdict(list)
        for site, state in self.sites.items():
            sites[state].append(site)
        return {
            state: Meaning(focus.get(state), target.get(state), tuple(sites.get(state, ())))
            for state in {*focus, *target, *sites}
        }

    @cached_property
    def is_foreign(self) -> bool:
        """True if the shapes have constraints that the automaton does not know, so that all is to be judged."""
        return any(triple.predicate.value in FOREIGN for triple in self.shapes.triples)

    @cached_property
    def patterns(self) -> dict[ox.NamedNode, list[tuple[Constraint, Case, int]]]:
        """By predicate, the patterns of bounded queries whose path has it: the query, the case, the index in it."""
        found: dict[ox.NamedNode, list[tuple[Constraint, Case, int]]] = defaultdict(list)
        for constraint, read in self.reads.items():
            for case in read.cases or ():
                for index in range(case.own, len(case.atoms)):
                    for predicate in case.atoms[index].predicates:
                        found[predicate].append((constraint, case, index))
        return dict(found)

    @cached_property
    def unbounded(self) -> dict[Term, list[Constraint]]:
        """By root, the SPARQL constraints that pySHACL evaluates when it judges by it, and that are not bounded."""
        found = {}
        for root in self.active:
            reached = self.shapes.reach([root], self.shapes.parts)
            asked = [one for shape in reached for one in self.asked.get(self.focus[shape], ())]
            if loose := [one for one in asked if self.reads[one].cases is None]:
                found[root] = loose
        return found


def _turned(
    targets: Mapping[Term, Targets], named: Callable[[Targets], frozenset[Term]]
) -> dict[Term, frozenset[Term]]:
    found: dict[Term, set[Term]] = defaultdict(set)
    for root, each in targets.items():
        for name in named(each):
            found[name].add(root)
    return {name: frozenset(roots) for name, roots in found.items()}


@lru_cache(maxsize=8)
def compile_(shapes: ShapesGraph) -> Automaton:
    """The automaton of a shapes graph. Raises ShapesError on shapes that cannot be evaluated."""
    return _Compiler(shapes).compiled()


class _Compiler:
    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes
        self._made = Automaton(shapes, plan(shapes))
        self._machine = self._made.machine
        self._nowhere = self._machine.state()
        self._class = self._machine.state()
        self._machine.arc(self._class, SUB_CLASS, False, self._class)
        self._leftover = {site.constraint for site in self._made.plan.leftover}
        self._parents: dict[Term, list[Term]] = defaultdict(list)
        for parent in shapes.shapes:
            for child in shapes.properties(parent):
                self._parents[child].append(parent)

    def compiled(self) -> Automaton:
        whole = self._shapes.reach(self._made.plan.whole, self._shapes.parts)
        used = self._shapes.reach(self._made.active, lambda shape: [*self._shapes.parts(shape), *self._siblings(shape)])
        self._made.focus.update((shape, self._machine.state()) for shape in sorted(used, key=str))
        for shape, state in self._made.focus.items():
            if not self._shapes.deactivated(shape):
                self._evaluated(shape, state)
                self._constraints(shape, state, shape in whole)
        for root in self._made.active:
            self._targets(root)
        for site in (*self._made.plan.sites, *self._made.plan.leftover):
            self._site(site)
        return self._made

    def _evaluated(self, shape: Term, state: int) -> None:
        """What is looked at where a node is the focus of a shape (SHACL, section 4)."""
        shapes, machine = self._shapes, self._machine
        paths = shapes.objects(shape, SH + "path")
        values = machine.path(state, of_shape(shapes, paths[0])) if paths else state
        if shapes.objects(shape, SH + "class"):
            machine.arc(values, TYPE, False, self._class)
        for parameter in COMPARING:
            for predicate in shapes.objects(shape, parameter):
                machine.arc(state, predicate, False, self._nowhere)
        if shapes.objects(shape, SH + "closed"):
            # SHACL judges the values (4.8.1); the shacl package looks at the focus node of a property shape instead.
            machine.reads_all |= {state, values}
        for part in (*shapes.parts(shape), *self._siblings(shape)):
            machine.skip(values, self._made.focus[part])

    def _siblings(self, shape: Term) -> list[Term]:
        """The shapes that a value must not fit as well if ``sh:qualifiedValueShapesDisjoint`` (SHACL, 4.7.3)."""
        if not self._shapes.objects(shape, SH + "qualifiedValueShapesDisjoint"):
            return []
        others = [other for parent in self._parents[shape] for other in self._shapes.properties(parent)]
        return [value for other in others for value in self._shapes.objects(other, SH + "qualifiedValueShape")]

    def _constraints(self, shape: Term, state: int, in_whole: bool) -> None:
        for node in self._shapes.objects(shape, SH + "sparql"):
            constraint = Constraint(shape, node)
            if self._shapes.deactivated(node):
                continue
            by_reference = in_whole or constraint in self._leftover
            self._made.reads[constraint] = reads(
                setquery.text_of(self._shapes, constraint), sub_queries=not by_reference
            )
            if by_reference:
                self._made.asked[state].append(constraint)

    def _targets(self, root: Term) -> None:
        """What is looked at to find out whether a node is a target (SHACL, 2.1.3)."""
        state = self._made.target[root] = self._machine.state()
        stated = self._shapes.targets(root)
        targets = self._made.targets[root] = Targets(
            frozenset(value for predicate, value in stated if predicate == SH + "targetNode"),
            frozenset(value for predicate, value in stated if predicate == SH + "targetClass"),
            tuple((value, kind == OBJECTS_OF) for kind, value in stated if kind in (SUBJECTS_OF, OBJECTS_OF)),
        )
        if targets.classes:
            self._machine.arc(state, TYPE, False, self._class)
        for predicate, inverse in targets.ends:
            self._machine.arc(state, predicate, inverse, self._nowhere)

    def _site(self, site: Site) -> None:
        if not site.steps:
            self._made.sites[site] = self._made.target[site.root]
        elif site not in self._made.sites:
            start = at = self._machine.state()
            for step in reversed(site.steps):
                at = self._machine.path(at, turned(of_shape(self._shapes, step)))
            self._machine.skip(at, self._made.target[site.root])
            self._made.sites[site] = start
