"""The one prefix table and the IRIs of graphs."""

from __future__ import annotations

from functools import lru_cache

BASE = "https://w3id.org/coalition-kg/"
ID = BASE + "id/"
GRAPH = BASE + "graph/"

#: The ledger of links, the one file of the repository that is no Turtle; its graph is named as if it were.
LEDGER = "data/links/wikidata.sssom.tsv"
_LEDGER_GRAPH = GRAPH + "data/links/wikidata"

#: Folders below ``data/`` that are a kind of their own: named graphs only, never in the default graph.
SEPARATE = ("links", "catalogue", "gallery", "excerpts")
#: The kind of what others say, in their terms and under their licence: nobody here judges their words.
EXCERPTS = "excerpts"
#: The kinds of files that are judged and that conclusions are drawn from; they make the default graph.
JUDGED = ("ontology", "data")

#: Families of resources: prefix → IRI below ``BASE`` + ``id/``. The prefix of a family is its name in queries.
FAMILIES: dict[str, str] = {
    # entities
    "actor": "actor/",
    "office": "office/",
    "metonym": "metonym/",
    "forum": "forum/",
    "event": "event/",
    "place": "place/",
    "declaration": "declaration/",
    "pillar": "pillar/",
    "initiative": "initiative/",
    "instrument": "instrument/",
    "doc": "document/",
    # the record
    "claim": "claim/",
    "evidence": "evidence/",
    "step": "attribution-step/",
    "passage": "passage/",
    "condition": "condition/",
    "date": "date/",
    "set": "counted-set/",
    # controlled vocabularies
    "scheme": "scheme/",
    "topic": "topic/",
    "stance": "stance/",
    "domain": "domain/",
    "contribution": "contribution-type/",
    "troops": "troop-category/",
    "conditiontype": "condition-type/",
    "mode": "participation-mode/",
    "role": "participation-role/",
    "modality": "modality/",
    "certainty": "certainty/",
    "strength": "strength/",
    "capacity": "speaking-capacity/",
    "contradiction": "contradiction-kind/",
    "explicitness": "explicitness/",
    "status": "proposal-status/",
    "direction": "comparison-direction/",
    "genre": "genre/",
    "officekind": "office-kind/",
    "metonymtype": "metonym-type/",
    "unit": "unit/",
    "noclaim": "no-claim-reason/",
}

#: Every prefix the project writes, alphabetical when written.
PREFIXES: dict[str, str] = {
    "ckg": BASE + "ontology#",
    "ckgsh": BASE + "shapes#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "graph": GRAPH,
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{prefix: ID + path for prefix, path in FAMILIES.items()},
}


def kind_of(path: str) -> str:
    """The kind of a file: its top folder, or the folder below ``data/`` where that is a kind of its own."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "data" and parts[1] in SEPARATE else parts[0]


def graph_iri(path: str) -> str:
    """IRI of the named graph of a repository file, from its path without its ending."""
    return _LEDGER_GRAPH if path == LEDGER else GRAPH + path.removesuffix(".ttl")


def path_of(graph: str) -> str:
    """The path of the repository file that a named graph is of, from the IRI of the graph."""
    return LEDGER if graph == _LEDGER_GRAPH else graph.removeprefix(GRAPH) + ".ttl"


#: The graph that holds the closure, which is part of the default graph.
CLOSURE_GRAPH = graph_iri("closure")
#: The graphs in which a snapshot describes itself, by name; they are no part of the default graph and judged by nobody.
DESCRIPTIONS: dict[str, str] = {name: graph_iri(name) for name in ("void", "dcat", "prefixes", "queries")}
#: The graphs of a snapshot that are no file's.
COMPUTED = frozenset({CLOSURE_GRAPH, *DESCRIPTIONS.values()})
#: The data set as the descriptions name it: what the default graph says.
DATASET = BASE + "void#dataset"


@lru_cache(maxsize=10_000)
def shorten(iri: str) -> str:
    """The prefixed name of an IRI where the table has one and Turtle can write it plainly, else ``<iri>``."""
    prefix, space = max(
        ((prefix, space) for prefix, space in PREFIXES.items() if iri.startswith(space)),
        key=lambda pair: len(pair[1]),
        default=("", ""),
    )
    local = iri[len(space):]
    # ASCII only: str.isalnum() also allows characters, such as "²", that PN_LOCAL (Turtle, 6.5) does not.
    if prefix and local.isascii() and local.replace("-", "_").replace("_", "a").isalnum() and local[0] != "-":
        return f"{prefix}:{local}"
    return f"<{iri}>"
