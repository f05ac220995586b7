"""What a claim of the graph rests on, as JSON: its certainty, passages, the chain of attribution, and the documents.

The terms are those of the ontology's model of claims and evidence (``ontology/claims.ttl``, ``evidence.ttl``,
``judgements.ttl``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.rdf import PREFIXES

Node = ox.NamedNode | ox.BlankNode
#: The steps of a chain of attribution that are told; none of the data has as many.
_LONGEST = 20
_LABELS = ("rdfs:label", "skos:prefLabel", "dcterms:title", "foaf:name")


def _iri(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


class Sourcing:
    """Tells of claims, of other entities with evidence, and of documents, each as it is first asked for."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.claims: dict[str, dict[str, object]] = {}
        self.entities: dict[str, dict[str, object]] = {}
        self.sources: dict[str, dict[str, object]] = {}
        self._documents: dict[str, tuple[str, ...]] = {}
        #: The claims that each claim told of stands against.
        self._opposed: dict[str, list[str]] = {}

    def add_claim(self, iri: str) -> None:
        """Tell of a claim, and of those that contradict it."""
        self._add_claim(iri)
        # Also of one that was told of before, as the other side of another.
        for other in self._opposed[iri]:
            self._add_claim(other)

    def add_entity(self, iri: str) -> None:
        """Tell what something that is no claim rests on."""
        if iri not in self.entities:
            node = ox.NamedNode(iri)
            self.entities[iri] = {"label": self._texts(node, _LABELS), "evidence": self._evidence(node)}

    def documents_of(self, iris: Iterable[str]) -> list[str]:
        """The documents that claims and entities, told of before, rest on, each once."""
        return list(dict.fromkeys(document for iri in iris for document in self._documents.get(iri, ())))

    def _add_claim(self, iri: str) -> None:
        """Tell of a claim alone."""
        if iri in self.claims:
            return
        node = ox.NamedNode(iri)
        told: dict[str, object] = {"summary": self._texts(node, ("ckg:summary", *_LABELS))}
        for name, verb in (("certainty", "ckg:certainty"), ("modality", "ckg:modality"), ("holder", "ckg:holder")):
            values = sorted({one.value for one in self._values(node, verb) if isinstance(one, ox.NamedNode)})
            if values:
                told[name] = [{"iri": value, "label": self._texts(ox.NamedNode(value), _LABELS)} for value in values]
        hedges = [{"text": one.value, "language": one.language} for one in self._values(node, "ckg:hedge")]
        dates = sorted({one.value for time in self._values(node, "ckg:time") for one in self._values(time, "ckg:edtf")})
        told |= {"hedge": hedges} if hedges else {}
        told |= {"date": dates} if dates else {}
        told["evidence"] = self._evidence(node)
        self.claims[iri] = told
        self._opposed[iri] = self._against(node, told)

    def _against(self, node: ox.NamedNode, told: dict[str, object]) -> list[str]:
        """Add the contradictions and successors of a claim; the claims on the other side."""
        contradictions, others = [], []
        for judgement in sorted(self._subjects("ckg:between", node), key=str):
            sides = [one.value for one in self._values(judgement, "ckg:between") if one != node]
            kinds = [one.value for one in self._values(judgement, "ckg:contradictionKind")]
            certainties = [one.value for one in self._values(judgement, "ckg:certainty")]
            contradictions.append(
                {"judgement": judgement.value, "kind": kinds, "certainty": certainties, "claims": sides}
            )
            others += sides
        later = sorted(one.value for one in self._subjects("ckg:supersedes", node))
        told |= {"contradictions": contradictions} if contradictions else {}
        told |= {"supersededBy": later} if later else {}
        return others

    def _evidence(self, node: ox.NamedNode) -> list[dict[str, object]]:
        """The passages and citations something rests on, sorted by document and place."""
        found = []
        for one in self._values(node, "ckg:evidence"):
            documents = sorted(value.value for value in self._values(one, "ckg:source"))
            for document in documents:
                self._add_source(document)
            told: dict[str, object] = {"iri": one.value, "source": documents[0] if documents else None}
            for name, verb in (
                ("paragraph", "ckg:paragraph"), ("start", "oa:start"), ("end", "oa:end"),
                ("directSpeech", "ckg:directSpeech"),
            ):  # fmt: skip
                value = next(self._values(one, verb), None)
                if isinstance(value, ox.Literal):
                    told[name] = _plain(value)
            locator = self._texts(one, ("ckg:locator",))
            told |= {"locator": locator} if locator else {}
            told["attribution"] = self._chain(one)
            found.append(told)
        found.sort(key=lambda told: (str(told["source"]), int(str(told.get("start", 0))), str(told["iri"])))
        self._documents[node.value] = tuple(dict.fromkeys(str(one["source"]) for one in found if one["source"]))
        return found

    def _chain(self, evidence: Node) -> list[dict[str, object]]:
        """The steps of attribution, from whoever first said it to the document."""
        steps: list[dict[str, object]] = []
        step = next(self._values(evidence, "ckg:attribution"), None)
        while isinstance(step, ox.NamedNode) and len(steps) < _LONGEST:
            voices = sorted(one.value for one in self._values(step, "ckg:attributedTo"))
            labels = [self._texts(ox.NamedNode(voice), _LABELS) for voice in voices[:1]]
            steps.append({"step": step.value, "attributedTo": voices[:1], "label": labels[0] if labels else {}})
            step = next(self._values(step, "ckg:passedOnIn"), None)
        return steps

    def _add_source(self, iri: str) -> None:
        if iri in self.sources:
            return
        node = ox.NamedNode(iri)
        issued = sorted(one.value for one in self._values(node, "dcterms:issued"))
        unstated = sorted(one.value for one in self._values(node, "ckg:unstated"))
        title = self._texts(node, ("dcterms:title", *_LABELS))
        told: dict[str, object] = {"title": title, "date": issued[0] if issued else None}
        self.sources[iri] = told | ({"unstated": unstated} if unstated else {})

    def _texts(self, node: Node, verbs: Iterable[str]) -> dict[str, str]:
        """What the node is called, by language, after the first of these properties that it has."""
        for verb in verbs:
            found = {one.language or "": one.value for one in self._values(node, verb) if isinstance(one, ox.Literal)}
            if found:
                return dict(sorted(found.items()))
        return {}

    def _values(self, node: Node, verb: str) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal]:
        for quad in self._store.quads_for_pattern(node, _iri(verb), None, ox.DefaultGraph()):
            yield quad.object  # type: ignore[misc]

    def _subjects(self, verb: str, node: Node) -> Iterator[ox.NamedNode]:
        for quad in self._store.quads_for_pattern(None, _iri(verb), node, ox.DefaultGraph()):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject


def _plain(value: ox.Literal) -> object:
    """A number or a truth value as JSON has it, else the text."""
    kind = value.datatype.value.removeprefix(PREFIXES["xsd"])
    if kind == "integer":
        return int(value.value)
    return value.value in ("true", "1") if kind == "boolean" else value.value
