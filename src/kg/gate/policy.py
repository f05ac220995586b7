"""How nodes are named: the rules on IRIs, each slip with the IRI that was probably meant.

A node of the project is ``id/``, a family, and a name of small letters and digits joined by hyphens. Names are never
used again, and have no spaces, capitals, underscores, diacritics or escapes, so that they can be said and typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from urllib.parse import unquote

from kg.rdf import BASE, FAMILIES, ID, PREFIXES, shorten

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WIKIDATA = re.compile(r"https?://(?:[\w.-]+\.)?wikidata\.org/(?:wiki/|entity/)(?:Property:|Lexeme:)?([QPLqpl]\d+)\b.*")
_ITEM = re.compile(r"[QPL][1-9][0-9]*")
_HOST, _PROJECT = BASE.split("//")[1].split("/")[:2]
_PLACE = re.compile(r"https?://(?:www\.)?([^/#?]*)/+([^/#?]*)(.*)", re.DOTALL)
#: How alike the name of a namespace must be to this project's, in percent, to be taken for a slip of it.
_SLIP = 80


@dataclass(frozen=True)
class Slip:
    """What is wrong with an IRI, in both languages, and the IRI that was probably meant."""

    code: str
    en: str
    it: str
    meant: str | None = None


@lru_cache(maxsize=10_000)
def slip(iri: str) -> Slip | None:
    """What is wrong with an IRI, if anything is."""
    if iri.startswith(ID):
        return _below_id(iri)
    if iri.startswith(BASE):
        return _beside_id(iri)
    return _wikidata(iri) or _namespace(iri)


def slug(text: str) -> str:
    """A name for an IRI from any text: its letters without marks, small, and its digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", unquote(text)).encode("ascii", "ignore").decode("ascii")
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _below_id(iri: str) -> Slip | None:
    family, _, name = iri.removeprefix(ID).partition("/")
    if family + "/" not in FAMILIES.values():
        path = FAMILIES.get(family) or _nearest_family(family)
        meant = path and f"{ID}{path}{name}"
        en, it = _offer(meant)
        return Slip(
            "Reference-iri-family", f"There is no family {family} of nodes{en}",
            f"Non c’è una famiglia {family} di nodi{it}", meant,
        )
    if _NAME.fullmatch(name):
        return None
    meant = f"{ID}{family}/{slug(name)}" if slug(name) else None
    en, it = _offer(meant)
    return Slip(
        "Reference-iri-name",
        f"{name or 'Nothing'} is no name: it takes small letters and digits, joined by hyphens{en}",
        f"{name or 'Nulla'} non è un nome: servono lettere minuscole senza accenti e cifre, unite da trattini{it}",
        meant,
    )


def _nearest_family(name: str) -> str | None:
    return import_module("kg.gate.alike").nearest(name + "/", sorted(FAMILIES.values()), _SLIP)


def _beside_id(iri: str) -> Slip | None:
    """A family right below the project's namespace."""
    first, _, rest = iri.removeprefix(BASE).partition("/")
    path = FAMILIES.get(first) or (first + "/" if first + "/" in FAMILIES.values() else None)
    if not path or not rest:
        return None
    en, it = _offer(f"{ID}{path}{rest}")
    name = f"<{iri}>"
    return Slip(
        "Reference-iri-space", f"{name} lacks id/{en}", f"A {name} manca id/{it}", f"{ID}{path}{rest}"
    )


def _wikidata(iri: str) -> Slip | None:
    """A page about an item instead of the item, or no identifier of one."""
    space = PREFIXES["wd"]
    page = _WIKIDATA.fullmatch(iri)
    if page and iri != space + page[1].upper():
        meant = space + page[1].upper()
        en, it = _offer(meant)
        return Slip(
            "Reference-iri-wikidata", f"<{iri}> is not Wikidata’s name of the thing itself{en}",
            f"<{iri}> non è il nome che Wikidata dà alla cosa stessa{it}", meant,
        )
    if iri.startswith(space) and not _ITEM.fullmatch(iri.removeprefix(space)):
        name = f"<{iri}>"
        return Slip(
            "Reference-iri-wikidata", f"{name} names nothing in Wikidata. Write Q and a number.",
            f"{name} non indica nulla in Wikidata. Scrivere Q e un numero.",
        )
    return None


def _namespace(iri: str) -> Slip | None:
    """A namespace that is written with http for https or the reverse, or that is nearly the project's."""
    scheme, _, rest = iri.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme)
    swapped = f"{other}://{rest}"
    known = (BASE, *(space for space in PREFIXES.values() if not space.startswith(BASE)))
    if other and not iri.startswith(known) and swapped.startswith(known):
        en, it = _offer(swapped)
        return Slip(
            "Reference-iri-scheme", f"The namespace of <{iri}> is written with {other}{en}",
            f"Il namespace di <{iri}> si scrive con {other}{it}", swapped,
        )
    place = _PLACE.fullmatch(iri)
    if not place or not _is_nearly_ours(place[1], place[2]):
        return None
    meant = f"{BASE}{place[3].lstrip('/')}"
    en, it = _offer(meant)
    return Slip(
        "Reference-iri-space", f"<{iri}> is not in the project’s namespace{en}",
        f"<{iri}> non è nel namespace del progetto{it}", meant,
    )


def _is_nearly_ours(host: str, project: str) -> bool:
    if (host == _HOST) == (project == _PROJECT):
        return host == _HOST
    given, right = (host, _HOST) if project == _PROJECT else (project, _PROJECT)
    return given.strip("/") != "" and import_module("kg.gate.alike").nearest(given.lower(), [right], _SLIP) is not None


def _offer(meant: str | None) -> tuple[str, str]:
    """The end of a sentence in both languages: what was probably meant, else what to do."""
    if meant is None:
        return ". Mend the name.", ". Correggere il nome."
    return f": did you mean {shorten(meant)}?", f": forse {shorten(meant)}?"
