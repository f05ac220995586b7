"""The ontology stays inside OWL 2 RL and OWL 2 DL, as OWLAPI judges it (OWL 2 Profiles, section 4)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT

pytestmark = pytest.mark.java

OWL = "http://www.w3.org/2002/07/owl#"
PROJECT = ROOT / "tests" / "profile"
MADE = ROOT / "build" / "profile"
CLASSPATH = MADE / "classpath"

Check = Callable[[Iterable[ox.Triple]], list[str]]


def up_to_date() -> bool:
    """True if the checker is compiled, newer than its sources, and all its libraries are still there."""
    if not CLASSPATH.is_file() or not (MADE / "classes" / "ProfileCheck.class").is_file():
        return False
    made = CLASSPATH.stat().st_mtime
    if any(path.stat().st_mtime > made for path in PROJECT.iterdir()):
        return False
    return all(os.path.exists(jar) for jar in CLASSPATH.read_text().split(os.pathsep))


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that runs the checker, compiled by Maven where it is not yet."""
    for program in ("javac", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: the OWL profile checker needs a JDK and Maven")
    if not up_to_date():
        goals = ["compile", "dependency:build-classpath", f"-Dmdep.outputFile={CLASSPATH}"]
        command = ["mvn", "--batch-mode", "--quiet", "--file", str(PROJECT / "pom.xml"), *goals]
        maven = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        output = maven.stdout + maven.stderr
        if "Could not transfer artifact" in output or "Unknown host" in output:
            pytest.skip("Maven cannot reach its repository: the OWL profile checker needs OWLAPI from there")
        assert maven.returncode == 0, output
    return ["java", "-cp", os.pathsep.join([str(MADE / "classes"), CLASSPATH.read_text()]), "ProfileCheck"]


@pytest.fixture
def check(checker: list[str], tmp_path: Path) -> Check:
    """A function from triples to the violations that OWLAPI finds in them."""

    def run(triples: Iterable[ox.Triple]) -> list[str]:
        merged = tmp_path / "merged.nt"
        ox.serialize(list(triples), str(merged), format=ox.RdfFormat.N_TRIPLES)
        done = subprocess.run([*checker, str(merged)], capture_output=True, text=True)
        *violations, axioms = done.stdout.splitlines()
        assert done.returncode == (1 if violations else 0), done.stderr
        assert int(axioms.removeprefix("axioms\t")) > 0, "OWLAPI read no axiom"
        return violations

    return run


def parse(text: str) -> list[ox.Triple]:
    """Triples of a Turtle text in which the usual prefixes are declared and ``:`` is the ontology's own."""
    prefixes = """
        PREFIX : <https://example.org/o#>
        PREFIX owl: <http://www.w3.org/2002/07/owl#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        <https://example.org/o> a owl:Ontology .
        :State a owl:Class ; rdfs:label "state"@en .
        :memberOf a owl:ObjectProperty ; rdfs:domain :State .
        :founded a owl:DatatypeProperty .
    """
    return [quad.triple for quad in ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE)]


def merged_ontology() -> list[ox.Triple]:
    """All modules as one ontology: of the headers only the one that imports the others, and of that no import."""
    files = sorted((ROOT / "ontology").glob("*.ttl"))
    # Parsed file by file, and not as one text, so that equal labels of blank nodes stay apart.
    triples = [
        quad.triple
        for path in files
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    ]
    imports = [t for t in triples if t.predicate.value == OWL + "imports"]
    headers = {t.subject for t in triples if t.object == ox.NamedNode(OWL + "Ontology")}
    importing = {t.subject for t in imports}
    dropped = headers - importing if len(headers) > 1 else set()
    return [t for t in triples if t.subject not in dropped and t not in imports]


def test_the_ontology_is_inside_owl_2_rl_and_dl(check: Check) -> None:
    violations = check(merged_ontology())
    assert not violations, "\n".join(violations)


def test_a_small_ontology_inside_the_profiles_passes(check: Check) -> None:
    assert check(parse(":Member a owl:Class ; rdfs:subClassOf :State .")) == []


@pytest.mark.parametrize(
    ("axioms", "expected"),
    [
        (
            ":Member a owl:Class ; rdfs:subClassOf "
            "[ a owl:Restriction ; owl:onProperty :memberOf ; owl:someValuesFrom :State ] .",
            "non-superclass expression",
        ),
        (":founded rdfs:range xsd:date .", "xsd:date"),
        (":State :capital :Rome .", "undeclared annotation property: <https://example.org/o#capital>"),
        (
            ":State rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :memberOf ] .",
            "undeclared class: <http://org.semanticweb.owlapi/error#",
        ),
        (
            ":partOf a owl:ObjectProperty, owl:TransitiveProperty, owl:IrreflexiveProperty .",
            "non-simple property",
        ),
    ],
    ids=["existential", "date", "undeclared", "malformed", "not simple"],
)
def test_what_is_outside_is_reported(check: Check, axioms: str, expected: str) -> None:
    violations = check(parse(axioms))
    assert any(line.startswith("RL\t") and expected in line for line in violations), violations
