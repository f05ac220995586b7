"""How a snapshot describes itself, as graphs of its own: VoID, DCAT, its prefixes, its gallery of queries.

They are made from the files alone, so that the same files give the same descriptions, whoever serves them and where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.catalogue import dcat, prefixes, queries, void
from kg.model import Corpus
from kg.rdf import CLOSURE_GRAPH, DESCRIPTIONS
from kg.sparql.gallery import GalleryQuery

#: Kind of the files that say of the data set what nobody can compute: its title, its publisher, its licence.
KIND = "catalogue"
#: To be raised whenever the descriptions of the same files change.
_EDITION = 1


@dataclass(frozen=True)
class Circumstances:
    """What the descriptions say beyond what the triples do.

    ``digest`` is that of the snapshot, ``version`` that of the programme.
    """

    gallery: tuple[GalleryQuery, ...] = ()
    digest: str = ""
    version: str = ""


def descriptions(
    corpus: Corpus, merged: Collection[ox.Triple], inferred: Collection[ox.Triple], known: Circumstances
) -> dict[str, Sequence[ox.Triple]]:
    """The descriptions of a snapshot, by the IRI of the graph of each.

    ``merged`` is the default graph, ``inferred`` what of it nobody stated. Raises QueryError if a query of the gallery
    is no query.
    """
    said = [triple for source in corpus.of_kind(KIND) for triple in source.triples]
    sizes = {CLOSURE_GRAPH: len(inferred), **{source.graph: len(source.triples) for source in corpus.sources}}
    return {
        DESCRIPTIONS["void"]: void.describe(merged, corpus, sizes, said),
        DESCRIPTIONS["dcat"]: dcat.describe(said, known.digest, known.version),
        DESCRIPTIONS["prefixes"]: prefixes.describe(),
        DESCRIPTIONS["queries"]: queries.describe(known.gallery),
    }


def edition(gallery: Sequence[GalleryQuery]) -> str:
    """What tells whether a snapshot of the same files would describe itself otherwise: a digest over the gallery."""
    text = repr((_EDITION, sorted((query.name, query.text) for query in gallery)))
    return f"{_EDITION} {hashlib.sha256(text.encode('utf-8')).hexdigest()[:12]}"
