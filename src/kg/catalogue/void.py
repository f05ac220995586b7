"""The data set in VoID (https://www.w3.org/TR/void/): what it counts, its classes and properties, how they connect.

Partitions are nested as the generator of the SIB nests them: a class, its properties, and the classes and datatypes
that they lead to. Datatypes are no part of VoID; for them the vocabulary http://ldf.fi/void-ext# is used, as there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.catalogue.counting import Counts, Use
from kg.catalogue.saying import A, DATASET_NODE, LICENSE, Saying, part
from kg.model import Corpus
from kg.rdf import BASE, CLOSURE_GRAPH, FAMILIES, ID, JUDGED, PREFIXES

DOCUMENT = ox.NamedNode(BASE + "void")
EXTENSION = "http://ldf.fi/void-ext#"
_TITLES = {"en": "What the data set holds (VoID)", "it": "Che cosa contiene l'insieme di dati (VoID)"}
_ONTOLOGY = ox.NamedNode(PREFIXES["owl"] + "Ontology")


def describe(
    merged: Iterable[ox.Triple], corpus: Corpus, sizes: Mapping[str, int], said: Sequence[ox.Triple]
) -> Sequence[ox.Triple]:
    """The description of the default graph, of the named graphs and of the links to other data sets.

    ``merged`` is the default graph; ``sizes`` has the number of triples of each named graph by its IRI; of ``said``,
    what the files say of the data set itself is repeated.
    """
    graph, counts = Saying(), Counts(merged)
    graph.say(DOCUMENT, "a", "void:DatasetDescription")
    graph.texts(DOCUMENT, "dcterms:title", _TITLES)
    graph.say(DOCUMENT, "foaf:primaryTopic", DATASET_NODE)
    graph.say(DATASET_NODE, "a", "void:Dataset")
    graph.repeat(triple for triple in said if triple.subject == DATASET_NODE)
    _totals(graph, counts)
    _entrances(graph, counts)
    _vocabularies(graph, counts, corpus)
    _named_graphs(graph, corpus, sizes)
    _properties(graph, counts)
    _classes(graph, counts)
    _links(graph, corpus, [triple.object for triple in said if triple.predicate == LICENSE])
    return graph.triples()


def _totals(graph: Saying, counts: Counts) -> None:
    graph.say(DATASET_NODE, "void:triples", counts.triples)
    graph.say(DATASET_NODE, "void:distinctSubjects", len(counts.subjects))
    graph.say(DATASET_NODE, "void:distinctObjects", counts.objects)
    graph.say(DATASET_NODE, "void:classes", len(counts.entities))
    graph.say(DATASET_NODE, "void:properties", len(counts.properties))


def _entrances(graph: Saying, counts: Counts) -> None:
    """The space of the names of what is described, and a way in for each family of names."""
    entities = [iri for iri in counts.names if iri.startswith(ID)]
    graph.say(DATASET_NODE, "void:uriSpace", ox.Literal(ID))
    graph.say(DATASET_NODE, "void:entities", len(entities))
    first: dict[str, str] = {}
    for iri in entities:
        first.setdefault(iri[: iri.find("/", len(ID)) + 1], iri)
    for path in sorted(FAMILIES.values()):
        if ID + path in first:
            graph.say(DATASET_NODE, "void:rootResource", ox.NamedNode(ID + path))
            graph.say(DATASET_NODE, "void:exampleResource", ox.NamedNode(first[ID + path]))


def _vocabularies(graph: Saying, counts: Counts, corpus: Corpus) -> None:
    """Where classes and properties come from: an ontology among the files by its own name, others by namespace."""
    ontologies = {
        triple.subject.value
        for source in corpus.of_kind("ontology")
        for triple in source.triples
        if triple.predicate == A and triple.object == _ONTOLOGY and isinstance(triple.subject, ox.NamedNode)
    }
    spaces = {_space(iri) for iri in (*counts.entities, *counts.properties)}
    for space in sorted(spaces):
        own = space.rstrip("#/")
        graph.say(DATASET_NODE, "void:vocabulary", ox.NamedNode(own if own in ontologies else space))


def _named_graphs(graph: Saying, corpus: Corpus, sizes: Mapping[str, int]) -> None:
    """The graphs of the files and of what follows; those that are no part of the default graph are no subsets of it."""
    inside = {CLOSURE_GRAPH, *(source.graph for source in corpus.of_kind(*JUDGED))}
    for iri, size in sorted(sizes.items()):
        node = ox.NamedNode(iri)
        graph.say(DATASET_NODE, "void:subset" if iri in inside else "dcterms:relation", node)
        graph.say(node, "a", "void:Dataset")
        graph.say(node, "void:triples", size)
        graph.say(node, "void:dataDump", ox.NamedNode(iri + ".ttl"))


def _properties(graph: Saying, counts: Counts) -> None:
    for iri, (triples, subjects, objects) in sorted(counts.properties.items()):
        node = _fragment("property", iri)
        graph.say(DATASET_NODE, "void:propertyPartition", node)
        graph.say(node, "void:property", ox.NamedNode(iri))
        graph.say(node, "void:triples", triples)
        graph.say(node, "void:distinctSubjects", subjects)
        graph.say(node, "void:distinctObjects", objects)


def _classes(graph: Saying, counts: Counts) -> None:
    of_class: dict[str, list[Use]] = {}
    for use in sorted(counts.uses):
        of_class.setdefault(use[0], []).append(use)
    for iri, entities in sorted(counts.entities.items()):
        node = _fragment("class", iri)
        graph.say(DATASET_NODE, "void:classPartition", node)
        graph.say(node, "void:class", ox.NamedNode(iri))
        graph.say(node, "void:entities", entities)
        graph.say(node, "void:triples", sum(counts.uses[use][0] for use in of_class[iri]))
        graph.say(node, "void:properties", len(of_class[iri]))
        for use in of_class[iri]:
            _use(graph, counts, node, use)


def _use(graph: Saying, counts: Counts, partition: ox.NamedNode, use: Use) -> None:
    """A property of a class, and what it leads to."""
    triples, subjects = counts.uses[use]
    node = _fragment("class", *use)
    graph.say(partition, "void:propertyPartition", node)
    graph.say(node, "void:property", ox.NamedNode(use[1]))
    graph.say(node, "void:triples", triples)
    graph.say(node, "void:distinctSubjects", subjects)
    for kind, count in counts.targets[use].items():
        if kind.datatype is not None:
            reached = ox.NamedNode(f"{_fragment('class', *use).value}.datatype.{part(kind.datatype)}")
            graph.say(node, ox.NamedNode(EXTENSION + "datatypePartition"), reached)
            graph.say(reached, ox.NamedNode(EXTENSION + "datatype"), ox.NamedNode(kind.datatype))
            graph.say(reached, "void:triples", count)
        for iri in kind.classes:
            reached = _fragment("class", *use, iri)
            graph.say(node, "void:classPartition", reached)
            graph.say(reached, "void:class", ox.NamedNode(iri))
            graph.say(reached, "void:triples", count)


def _links(graph: Saying, corpus: Corpus, licences: Collection[ox.Triple]) -> None:
    """What leads to things of other data sets, which is kept in files of its own: a linkset for each property."""
    found = Counter(
        (_space(triple.object.value), triple.predicate.value)
        for triple in {triple for source in corpus.of_kind("links") for triple in source.triples}
        # What is said of a link, or of a candidate that was refused, is no link.
        if isinstance(triple.object, ox.NamedNode) and not triple.object.value.startswith(BASE) and _is_ours(triple)
    )
    for (space, predicate), count in sorted(found.items()):
        target, node = _fragment("target", space), _fragment("links", space, predicate)
        graph.say(target, "a", "void:Dataset")
        graph.say(target, "void:uriSpace", ox.Literal(space))
        graph.say(node, "a", "void:Linkset")
        graph.say(node, "void:subjectsTarget", DATASET_NODE)
        graph.say(node, "void:objectsTarget", target)
        graph.say(node, "void:linkPredicate", ox.NamedNode(predicate))
        graph.say(node, "void:triples", count)
        graph.say(node, LICENSE, *licences)


def _is_ours(triple: ox.Triple) -> bool:
    """True for what is said of an entity of the project."""
    return isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(ID)


def _space(iri: str) -> str:
    """The namespace of an IRI: the longest in the project's table, else up to its last # or /, else all of it."""
    known = max((space for space in PREFIXES.values() if iri.startswith(space)), key=len, default="")
    return known or iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] or iri


def _fragment(*pieces: str) -> ox.NamedNode:
    """The name of what the description speaks of: a word, and the IRIs it is about."""
    return ox.NamedNode(".".join([f"{DOCUMENT.value}#{pieces[0]}", *map(part, pieces[1:])]))
