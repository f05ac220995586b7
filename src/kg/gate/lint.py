"""The linter of shapes: what would make a shape say nothing, or say it badly.

Engines pass over a misspelt term in silence, so a shape with one judges nothing; a result of a shape without a name,
severity or message cannot be read; a SPARQL constraint that is not anchored cannot be judged from a change alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import SH as VOCABULARY

from kg.errors import ShapesError
from kg.gate import anchored
from kg.gate.setquery import Constraint, text_of
from kg.gate.shapes import RDF, SH, ShapesGraph, Term
from kg.gate.where import Locator
from kg.model import LANGUAGES, Corpus, Finding
from kg.querytext import tokens
from kg.rdf import PREFIXES, shorten

SEVERITIES = frozenset(SH + name for name in ("Info", "Warning", "Violation"))
OWN = PREFIXES["ckg"]

#: Terms of SHACL-AF and SHACL-JS, which the vocabulary has and neither engine judges here.
ADVANCED = frozenset(
    SH + name
    for name in (
        "rule Rule SPARQLRule TripleRule condition construct entailment subject predicate object target Target "
        "TargetType SPARQLTarget SPARQLTargetType expression ExpressionConstraintComponent filterShape nodes "
        "intersection union this Function SPARQLFunction returnType js jsFunctionName jsLibrary jsLibraryURL "
        "JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator"
    ).split()
)


@dataclass(frozen=True)
class Problem:
    """A fault of a shape, in both languages."""

    code: str
    node: Term
    en: str
    it: str


def lint(corpus: Corpus, shapes: ShapesGraph, locate: Locator) -> list[Finding]:
    """Findings ``ShapesLint-…`` on the shapes of a corpus, all of them violations."""
    problems = [
        *_vocabulary(shapes),
        *_undeclared(corpus, shapes),
        *_reporting(shapes),
        *_idle(shapes),
        *_queries(shapes),
    ]
    return [_finding(problem, shapes, locate) for problem in dict.fromkeys(problems)]


def _finding(problem: Problem, shapes: ShapesGraph, locate: Locator) -> Finding:
    node = shapes.named_around(problem.node)
    focus = node.value if isinstance(node, ox.NamedNode) else "_:"
    messages = {"en": problem.en, "it": problem.it}
    return Finding(f"ShapesLint-{problem.code}", "violation", focus, None, None, messages, locate(node))


def _vocabulary(shapes: ShapesGraph) -> Iterator[Problem]:
    """Terms in SHACL's namespace that it does not have, or that no engine judges here."""
    for triple in shapes.triples:
        for term in (triple.predicate, triple.object):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(SH) or term.value == SH:
                continue
            name = "sh:" + term.value.removeprefix(SH)
            if URIRef(term.value) not in VOCABULARY:
                yield Problem(
                    "vocabulary",
                    triple.subject,
                    f"SHACL has no term {name}, so it would be passed over in silence. Mend its spelling.",
                    f"SHACL non ha il termine {name}, che verrebbe ignorato in silenzio. Correggere la grafia.",
                )
            elif term.value in ADVANCED:
                yield Problem(
                    "advanced",
                    triple.subject,
                    f"{name} is an advanced feature that is not judged here. Write the rule in SHACL Core or SPARQL.",
                    f"{name} è una funzione avanzata che qui non viene valutata. Usare SHACL Core o SPARQL.",
                )


def _undeclared(corpus: Corpus, shapes: ShapesGraph) -> Iterator[Problem]:
    """Terms of the project's own namespace that the ontology does not declare."""
    declared = {triple.subject for source in corpus.of_kind("ontology") for triple in source.triples}
    for node, term in _own_terms(shapes):
        if term not in declared:
            name = shorten(term.value)
            yield Problem(
                "declared",
                node,
                f"The ontology does not declare {name}. Declare it, or mend its spelling.",
                f"L’ontologia non dichiara {name}. Dichiararlo, o correggere la grafia.",
            )


def _own_terms(shapes: ShapesGraph) -> Iterator[tuple[Term, ox.NamedNode]]:
    for triple in shapes.triples:
        for term in (triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(OWN) and term.value != OWN:
                yield triple.subject, term
        if triple.predicate.value == SH + "select":
            for token in tokens(triple.object.value):
                if token.kind == "name" and token.text.startswith("ckg:"):
                    yield triple.subject, ox.NamedNode(OWN + token.text.removeprefix("ckg:"))
                elif token.kind == "iri" and token.text.startswith("<" + OWN):
                    yield triple.subject, ox.NamedNode(token.text[1:-1])


def _reporting(shapes: ShapesGraph) -> Iterator[Problem]:
    """Shapes whose results are reported: each needs a name, a severity and messages of its own (SHACL, 2.1.4-2.1.5)."""
    for shape in sorted(shapes.reporting(), key=str):
        constraints = shapes.constraints(shape)
        if not constraints:
            continue
        if not isinstance(shape, ox.NamedNode):
            yield Problem(
                "name", shape, "A shape with a constraint has no name. Give it an IRI.",
                "Una shape con un vincolo non ha nome. Darle un IRI.",
            )
        severities = shapes.objects(shape, SH + "severity")
        if len(severities) != 1 or severities[0].value not in SEVERITIES:
            yield Problem(
                "severity", shape,
                "A shape with a constraint needs one sh:severity: sh:Violation, sh:Warning or sh:Info.",
                "Una shape con un vincolo richiede una sh:severity: sh:Violation, sh:Warning o sh:Info.",
            )
        yield from _without_message(shapes, shape)


def _without_message(shapes: ShapesGraph, shape: Term) -> Iterator[Problem]:
    """Languages in which the shape has no message; a message of every SPARQL constraint it has serves as well."""
    own = {text.language for text in shapes.messages(shape)}
    carried = [
        {text.language for text in shapes.messages(value)} if predicate == SH + "sparql" else set()
        for predicate, value in shapes.constraints(shape)
    ]
    for language in LANGUAGES:
        if language not in own and not all(language in languages for languages in carried):
            yield Problem(
                "message", shape, f"A shape with a constraint needs a sh:message in the language “{language}”.",
                f"Una shape con un vincolo richiede un sh:message nella lingua «{language}».",
            )


def _idle(shapes: ShapesGraph) -> Iterator[Problem]:
    """Shapes and SPARQL constraints that nothing targets or uses, and property shapes without a path."""
    used = shapes.reach(shapes.roots, shapes.parts)
    for shape in sorted(shapes.shapes - used, key=str):
        yield Problem(
            "idle", shape, "Nothing targets or uses this shape. Give it a target or use it in another shape.",
            "Nessun target e nessun’altra shape usa questa shape. Darle un target o usarla in un’altra shape.",
        )
    carried = {node for shape in shapes.shapes for node in shapes.objects(shape, SH + "sparql")}
    for node in shapes.subjects():
        if ox.NamedNode(SH + "SPARQLConstraint") in shapes.objects(node, RDF + "type") and node not in carried:
            yield Problem(
                "idle", node, "No shape has this SPARQL constraint. Name it with sh:sparql in one.",
                "Nessuna shape ha questo vincolo SPARQL. Indicarlo con sh:sparql in una shape.",
            )
    for parent in sorted(shapes.shapes, key=str):
        for child in shapes.properties(parent):
            if len(shapes.objects(child, SH + "path")) != 1:
                name = shorten(child.value) if isinstance(child, ox.NamedNode) else "a property shape"
                yield Problem(
                    "path", parent, f"{name} is used with sh:property and has no single sh:path.",
                    f"{name} è usata con sh:property e non ha un unico sh:path.",
                )


def _queries(shapes: ShapesGraph) -> Iterator[Problem]:
    """SPARQL constraints that do not parse or are not anchored."""
    for shape in sorted(shapes.shapes, key=str):
        for node in shapes.objects(shape, SH + "sparql"):
            try:
                text = text_of(shapes, Constraint(shape, node))
                ox.Store().query(text)
            except (ShapesError, SyntaxError) as error:
                said = " ".join(str(error).split())
                yield Problem(
                    "syntax", shape, f"A SPARQL constraint cannot be read: {said}",
                    f"Un vincolo SPARQL non è leggibile: {said}",
                )
                continue
            for reason in anchored.problems(text):
                yield Problem(
                    "anchored", shape, f"A SPARQL constraint is not anchored: {reason}.",
                    f"Un vincolo SPARQL non è ancorato: {reason}.",
                )
