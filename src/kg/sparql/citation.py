"""How to cite the data set, one of its snapshots, or an answer: as BibTeX, as CSL-JSON and in a sentence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kg.model import Snapshot


@dataclass(frozen=True)
class Author:
    """A person by names, or, with an empty ``given``, a body by its name."""

    family: str
    given: str = ""


@dataclass(frozen=True)
class Work:
    """What CITATION.cff says of the data set (Citation File Format 1.2.0)."""

    title: str
    authors: tuple[Author, ...]
    version: str = ""
    url: str = ""
    doi: str = ""
    licenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A document that an entry rests on, and where in it: what is empty is not stated."""

    title: str
    publisher: str = ""
    issued: str = ""
    address: str = ""
    paragraphs: tuple[str, ...] = ()
    locators: tuple[str, ...] = ()

    def told(self, language: str) -> str:
        """How it is cited, without a full stop."""
        w = _WORDS[language]
        said = [_ended(self.title), self.publisher, self.issued or w["undated"]]
        said += [f"{w['paragraph']} {', '.join(self.paragraphs)}"] if self.paragraphs else []
        return ", ".join([*filter(None, said), *self.locators, *([self.address] if self.address else [])])


@dataclass(frozen=True)
class Cited:
    """What is cited: a snapshot, and of it an answer if ``sha256``, that of its bytes, is there.

    ``address`` is where it is given again, empty if no address is short enough; ``asked`` the day it was asked for, and
    ``as_of`` the day that it tells of, as in ISO 8601. ``entry`` is what the entry of one resource is called, if that is
    what is cited, and ``places`` what it rests on. ``path`` is where an answer is given again below the address of any
    server of the data set, for that of one that others cannot reach. ``language`` is that of what is said.
    """

    snapshot: Snapshot
    asked: str
    address: str = ""
    sha256: str = ""
    as_of: str = ""
    entry: str = ""
    places: tuple[Place, ...] = ()
    path: str = ""
    language: str = "en"

    @property
    def key(self) -> str:
        """A name for it in a list of works."""
        text = f"{self.snapshot.reference} {self.address or self.path} {self.sha256} {self.as_of}"
        return f"coalition-kg-{hashlib.sha256(text.encode('utf-8')).hexdigest()[:10]}"

    @property
    def note(self) -> str:
        """What makes it possible to check it, in a sentence or more."""
        snapshot, w = self.snapshot, _WORDS[self.language]
        said = [f"{w['according']} {'; '.join(one.told(self.language) for one in self.places)}"] if self.places else []
        built = f"{w['snapshot']} {snapshot.digest}, {w['built']} {snapshot.built[:10]}"
        if snapshot.commit:
            built += f" {w['commit']} {snapshot.commit}" + ("" if snapshot.clean else f" {w['unclean']}")
        said.append(built)
        if self.as_of:
            said.append(f"{w['as-of']} {self.as_of}")
        if self.sha256:
            said.append(f"{w['sha256']}: {self.sha256}")
            if self.path:
                said.append(f"{w['local']}: {self.path}")
            elif not self.address:
                said.append(f"{w['post']} snapshot={snapshot.reference}")
        return ". ".join(said) + "."


def csl(work: Work, cited: Cited) -> dict[str, Any]:
    """An item of CSL-JSON (CSL 1.0.2, “CSL-JSON”)."""
    item: dict[str, Any] = {
        "id": cited.key,
        "type": "entry" if cited.entry else "dataset",
        "title": _title(work, cited),
        "author": [_csl_name(author) for author in work.authors],
        "issued": {"date-parts": [_parts(cited.snapshot.built)]},
        "accessed": {"date-parts": [_parts(cited.asked)]},
        "note": cited.note,
    }
    address = cited.address or work.url
    item |= {"container-title": work.title} if cited.entry else {}
    extra = {"version": work.version, "URL": address, "DOI": work.doi, "license": " AND ".join(work.licenses)}
    return item | {name: value for name, value in extra.items() if value}


def bibtex(work: Work, cited: Cited) -> str:
    """An entry for BibTeX and biblatex; what commands TeX is escaped."""
    year, month, day = _parts(cited.snapshot.built)
    fields = {
        "author": " and ".join(map(_bib_name, work.authors)),
        # In braces of its own, so that no style changes capitals.
        "title": "{" + escape(_title(work, cited)) + "}",
        "howpublished": f"In: {escape(work.title)}" if cited.entry else "",
        "year": str(year),
        "date": f"{year:04}-{month:02}-{day:02}",
        "version": escape(work.version),
        "url": _verbatim(cited.address or work.url),
        "urldate": cited.asked,
        "doi": _verbatim(work.doi),
        "note": escape(cited.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{cited.key},\n{lines}}}\n"


def plain(work: Work, cited: Cited) -> str:
    """A reference as it stands in a footnote, on one line: authors, title, version, what makes it checkable, address."""
    authors = "; ".join(f"{one.family}, {one.given}" if one.given else one.family for one in work.authors)
    w = _WORDS[cited.language]
    version = f", {w['version']} {work.version}" if work.version else ""
    address = cited.address or (f"https://doi.org/{_verbatim(work.doi)}" if work.doi else work.url)
    where = f" {address} ({w['accessed']} {cited.asked})." if address else f" ({w['accessed']} {cited.asked})."
    title = f"{_title(work, cited)}, in: {work.title}" if cited.entry else _title(work, cited)
    text = f"{authors}. {title}{version} ({cited.snapshot.built[:4]}). {cited.note}{where}"
    return " ".join(text.split())


_WORDS = {
    "en": {
        "according": "According to:", "paragraph": "para.", "undated": "undated", "snapshot": "Snapshot",
        "built": "built on", "commit": "from commit", "unclean": "with uncommitted changes", "as-of": "As of",
        "sha256": "SHA-256 of the answer", "answer": "Answer from", "version": "version", "accessed": "accessed",
        "post": "Send the query to the endpoint by POST with",
        "local": "Asked of a server that others cannot reach; below the address of any other server of these data",
    },
    "it": {
        "according": "Secondo:", "paragraph": "cpv.", "undated": "s.d.", "snapshot": "Istantanea",
        "built": "generata il", "commit": "dal commit", "unclean": "con modifiche non registrate", "as-of": "Al",
        "sha256": "SHA-256 della risposta", "answer": "Risposta da", "version": "versione", "accessed": "consultato il",
        "post": "Inviare l'interrogazione all'endpoint con POST e",
        "local": "Chiesto a un server che altri non raggiungono; sotto l'indirizzo di ogni altro server di questi dati",
    },
}  # fmt: skip
_COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_COMMAND = re.compile("[" + re.escape("".join(_COMMANDS)) + "]")


def escape(text: str) -> str:
    """Text as TeX writes it, on one line."""
    return _COMMAND.sub(lambda match: _COMMANDS[match[0]], " ".join(text.split()))


def _verbatim(text: str) -> str:
    """An address, which is taken as it is, with all percent-encoded that no IRI of ASCII has (RFC 3986, section 2)."""
    return quote(text, safe="%:/?#[]@!$&'()*+,;=-._~")


def _title(work: Work, cited: Cited) -> str:
    if cited.entry:
        return _ended(cited.entry)
    return f"{_WORDS[cited.language]['answer']} {work.title}" if cited.sha256 else work.title


def _ended(text: str) -> str:
    """A sentence as it stands within another: without its full stop."""
    text = text.strip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _csl_name(author: Author) -> dict[str, str]:
    return {"family": author.family, "given": author.given} if author.given else {"literal": author.family}


def _bib_name(author: Author) -> str:
    # A body's name in braces is one name, also if it has “and” or a comma in it.
    return f"{escape(author.family)}, {escape(author.given)}" if author.given else "{" + escape(author.family) + "}"


def _parts(day: str) -> list[int]:
    return [int(part) for part in day[:10].split("-")]


def read_cff(content: object) -> Work:
    """The content of CITATION.cff, as YAML gives it. Raises ValueError saying what it lacks."""
    if not isinstance(content, Mapping) or not isinstance(content.get("title"), str):
        raise ValueError("it has no title")
    authors = tuple(map(_author, content.get("authors") or ()))
    if not authors:
        raise ValueError("it has no authors")
    licenses = content.get("license") or ()
    return Work(
        title=content["title"],
        authors=authors,
        version=str(content.get("version") or ""),
        url=str(content.get("url") or ""),
        doi=str(content.get("doi") or ""),
        licenses=tuple(map(str, licenses)) if isinstance(licenses, Sequence) and not isinstance(licenses, str)
        else (str(licenses),) if licenses else (),
    )  # fmt: skip


def _author(entry: object) -> Author:
    if isinstance(entry, Mapping):
        if entry.get("name"):
            return Author(str(entry["name"]))
        family = " ".join(str(entry[key]) for key in ("name-particle", "family-names", "name-suffix") if entry.get(key))
        if family or entry.get("given-names"):
            return Author(family, str(entry.get("given-names") or "")) if family else Author(str(entry["given-names"]))
    raise ValueError("one of its authors has no name")
