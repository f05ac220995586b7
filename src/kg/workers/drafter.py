"""Forms for what somebody proposes, in a worker: what may be filled in, and what is filled in judged by the gate."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.drafting.correcting import Correcting, corrected
from kg.drafting.draft import CLAIM
from kg.drafting.entries import Described, act, read
from kg.drafting.filling import Filled, Filler
from kg.drafting.findings import Judged, placed
from kg.drafting.forms import Field, Forms
from kg.drafting.kinds import Kinds
from kg.drafting.layout import Layout
from kg.drafting.options import MOST, Options, told
from kg.drafting.showing import Showing, addresses
from kg.drafting.values import TYPE, free, iri_of
from kg.edits import as_diff
from kg.errors import RequestError
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.rdf import GRAPH, PREFIXES, kind_of, path_of, shorten
from kg.reading.document import Document
from kg.reading.turtle import read as read_turtle
from kg.turtle import serialize

if TYPE_CHECKING:
    from kg.engine import Engine
    from kg.gate.contribution import Bench
    from kg.workers.checker import SnapshotChecker

_DATA, _CLAIMS = "data", "data/claims"
#: Choices that one question is answered with, and members of a class that are looked at for their folder.
_CHOICES, _SAMPLE = 20, 200
_LONGEST_SEARCH = 200
_COUNT = "SELECT (COUNT(*) AS ?count) { ?node a <%s> FILTER(isIRI(?node)) }"
_NAMED = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("ckg", "summary"), ("dcterms", "title"))
)
_NAMES = f"OPTIONAL {{ ?node {'|'.join(map(str, _NAMED))} ?text }}"
_SEARCH = """SELECT DISTINCT ?node { VALUES ?class { %(classes)s } ?node a ?class %(names)s
BIND(LCASE(CONCAT(STR(?node), " ", COALESCE(STR(?text), ""))) AS ?all) FILTER(%(words)s) } LIMIT %(most)d"""


class SnapshotDrafter:
    """Makes forms over an engine's snapshot, and judges what is filled in as a contribution to it."""

    def __init__(self, engine: Engine, checker: SnapshotChecker) -> None:
        self._engine, self._checker = engine, checker
        bench: Bench = checker.bench
        self._state = state = State(engine.store, bench.judged, in_memory=True)
        self._forms = Forms(bench.shapes, state)
        self._kinds = Kinds(bench.shapes, state, self._forms, self._count)
        self._options = Options(state, self._forms.hierarchy, self._kinds.count)
        self._filler = Filler(self._forms, state, self._options)
        layout = Layout(bench.shapes)
        self._showing = Showing(self._forms, layout, state, self._options, self._filler, self._kinds)
        self._correcting = Correcting(self._forms, state, self._options, self._showing, layout, self._kinds)
        #: Those that corrections were last made in.
        self._document = lru_cache(4)(self._read)
        self._folder = cache(self._find_folder)

    def _count(self, class_: str) -> int:
        """How many nodes are of a class, as is stated or follows."""
        (row,) = self._engine.store.query(_COUNT % class_)
        return int(row["count"].value)

    def answer(self, wanted: str, content: bytes, language: str) -> bytes:
        """What is ``wanted`` (``kinds``, ``form``, ``choices``, ``file``), as JSON; ``content`` is what is asked, as JSON.

        Raises RequestError and TooLarge on what no form sends.
        """
        asked: dict[str, Any] = json.loads(content)
        make = {
            "kinds": self._answer_kinds,
            "form": self._answer_form,
            "choices": self._answer_choices,
            "file": self._answer_file,
        }[wanted]
        return json.dumps(make(asked, language), ensure_ascii=False).encode("utf-8")

    def prepare(self) -> None:
        """Make what forms need, so that processes forked from this one have it."""
        for section in self._kinds.sections(LANGUAGES[0]):
            for kind in section.kinds:
                given = {"class": kind.name, "given": [], "action": "", "judge": False}
                self._answer_form(given, LANGUAGES[0])

    def _answer_kinds(self, asked: dict[str, Any], language: str) -> object:
        return [asdict(section) for section in self._kinds.sections(language)]

    def _answer_choices(self, asked: dict[str, Any], language: str) -> object:
        """The choices of a field (``class``, ``field``) whose names have the words of ``text``; first those of
        the document that stands ``beside`` it."""
        class_ = self._offered(asked["class"])
        field = self._showing.field(class_, asked["field"])
        if field is None or field.is_literal:
            raise RequestError(f"There is nothing to choose for {asked['field'][:100]!r}.", remedy="Go back to the form.")
        words = asked["text"][:_LONGEST_SEARCH]
        if field.classes and self._options.count(field) > MOST:
            return self._searched(field, words, language)
        stem = (iri_of(asked.get("beside", "")) or "").rpartition("/")[2]
        found = self._options.search(field, words, _CHOICES, stem)
        named = [{"name": shorten(one.iri), "label": told(one, language)} for one in found.first]
        return {"choices": named, "count": found.count, "more": False}

    def _searched(self, field: Field, words: str, language: str) -> object:
        """The same of a class that is too large to be listed: asked of the store, which stops when it has enough."""
        hierarchy, of = self._forms.hierarchy, min(min(field.classes, key=len))
        classes = " ".join(f"<{one}>" for one in sorted(hierarchy.below(of)))
        # To look for names that nothing of its kind has takes longer than all the rest.
        sample = islice(hierarchy.members(of), _SAMPLE)
        has_names = any(self._state.first(ox.NamedNode(one), name) for one in sample for name in _NAMED)
        asked = " && ".join(f"CONTAINS(?all, {ox.Literal(word)})" for word in words.lower().split()) or "true"
        given = {"classes": classes, "words": asked, "most": _CHOICES + 1, "names": _NAMES if has_names else ""}
        found = self._engine.store.query(_SEARCH % given)
        fitting = [row["node"].value for row in found if self._options.fits(field, row["node"].value)]
        named = [{"name": shorten(iri), "label": self._options.label(iri, language)} for iri in fitting[:_CHOICES]]
        return {"choices": named, "count": len(named), "more": len(fitting) > _CHOICES}

    def _answer_form(self, asked: dict[str, Any], language: str) -> object:
        """The form of a ``class`` with what is ``given`` after an ``action``, judged if that is to ``judge``; of the node
        to ``correct``, if there is one, with what it has unless anything is given."""
        if asked.get("correct"):
            return self._answer_correction(asked, language)
        self._offered(asked["class"])
        node = read(asked["class"], asked["given"])
        moved = act(node, asked["action"]) if asked["action"] else ""
        if not asked["given"]:
            self._showing.begin(node)
        for _, inner in node.walk():
            self._offered(inner.class_)
        filled = self._filler.fill(node, language)
        path = self._path(filled.main, asked["class"])
        text = serialize(filled.triples)
        shown = self._showing.node(node, filled, language)
        judged = self._judged(filled, path, text, set(addresses(shown)), language) if asked["judge"] else None
        return {
            "node": shown,
            "iri": filled.main,
            "path": path,
            "turtle": text,
            "moved": moved,
            "problems": [asdict(problem) for problem in filled.problems],
            "judged": judged and asdict(judged),
        }

    def _answer_file(self, asked: dict[str, Any], language: str) -> object:
        """The text of a file of data at a ``path``, as the snapshot has it; empty if there is no such file."""
        base = self._checker.bench.base
        known = asked["path"] in base.paths and kind_of(asked["path"]) == _DATA
        return base.read(asked["path"]).decode("utf-8") if known else ""

    def _answer_correction(self, asked: dict[str, Any], language: str) -> object:
        """The same of a node that is there, judged in its file, with the patch that corrects the file."""
        iri = asked["correct"]
        path = self._file(iri)
        standing = self._correcting.standing(iri, (stated.triple for stated in self._document(path).triples))
        if standing is None:
            return {"node": None, "path": path}
        node = read(standing.node.class_, asked["given"]) if asked["given"] else standing.node
        moved = act(node, asked["action"]) if asked["action"] else ""
        node.name = standing.node.name
        for _, inner in node.walk():
            self._offered(inner.class_)
        filled = self._filler.fill(node, language, standing.kept)
        carried = [one for one in standing.carried if one.subject.value in filled.addresses]
        document = self._document(path)
        correction = corrected(document, standing.iris, [*filled.triples, *carried], path)
        shown = self._showing.node(node, filled, language)
        known = set(addresses(shown))
        judged = self._judged(filled, path, correction.text, known, language) if asked["judge"] else None
        return {
            "node": shown,
            "iri": filled.main,
            "path": path,
            "turtle": correction.blocks,
            "moved": moved,
            "problems": [asdict(problem) for problem in filled.problems],
            "judged": judged and asdict(judged),
            "correct": {
                "iris": sorted(standing.iris),
                "lines": correction.lines,
                "patch": as_diff(document.text, correction.text, path),
                "carried": sorted({shorten(one.predicate.value) for one in carried}),
            },
        }

    def _read(self, path: str) -> Document:
        return read_turtle(self._checker.bench.base.read(path).decode("utf-8"))

    def _file(self, iri: str) -> str:
        """The file of data that says of what class a node is. Raises RequestError if none does."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            raise RequestError("What is to be corrected is no IRI.", remedy="Begin at the page of the claim.") from None
        quads = self._engine.store.quads_for_pattern(node, TYPE, None, None)
        graphs = (quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
        paths = sorted(path_of(graph) for graph in graphs if graph.startswith(GRAPH))
        found = next((path for path in paths if kind_of(path) == _DATA), None)
        if found is None:
            raise RequestError(
                f"No file of data describes {shorten(iri)[:200]}.", remedy="Begin at the page of the claim."
            )
        return found

    def _judged(self, filled: Filled, path: str, text: str, known: set[str], language: str) -> Judged:
        report = json.loads(self._checker.answer(path, text.encode("utf-8"), "json", language)[1:])
        return placed(report, filled, known, language)

    def _offered(self, name: str) -> str:
        """The IRI of a class that may be proposed, by its prefixed name. Raises RequestError."""
        iri = self._filler.class_of(Described(name))
        if not self._kinds.is_offered(iri):
            raise RequestError(
                f"Nothing of the class {name[:100]} can be proposed.", remedy="Begin with the list of what can be proposed."
            )
        return iri

    def _path(self, iri: str, class_: str) -> str:
        """The path of a new file for a new node: in the folder where most of its kind are, never that of a file."""
        path = f"{self._folder(iri_of(class_) or '')}/{iri.rpartition('/')[2]}"
        return free(path, (one.removesuffix(".ttl") for one in self._checker.bench.base.paths)) + ".ttl"

    def _find_folder(self, class_: str) -> str:
        """The folder where most files with something of a class are."""
        hierarchy = self._forms.hierarchy
        if CLAIM in hierarchy.above(class_):
            return _CLAIMS
        for one in sorted(hierarchy.above(class_), key=lambda name: len(hierarchy.above(name)), reverse=True):
            folders = Counter(
                path.rpartition("/")[0]
                for member in islice(hierarchy.members(one), _SAMPLE)
                for quad in self._engine.store.quads_for_pattern(ox.NamedNode(member), TYPE, None, None)
                if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(GRAPH)
                if kind_of(path := path_of(quad.graph_name.value)) == _DATA
            )
            if folders:
                return max(sorted(folders), key=lambda folder: folders[folder])
        return _CLAIMS
