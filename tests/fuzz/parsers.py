"""Fuzzing of what reads a stranger's text: every format, the places, the literals, the layout of comments.

Not a test: pytest does not collect it. It needs a library that the project does not depend on, and runs until it is
ended::

    pip install atheris
    python tests/fuzz/parsers.py -max_total_time=300 -timeout=20 -rss_limit_mb=2000 CORPUS

``CORPUS`` is an empty folder of your own, in which atheris keeps the texts that reach new code; options are those of
libFuzzer. It begins with the Turtle files of ``tests/cases`` and with the texts below. A text that breaks a rule is
written to the working folder as ``crash-…``, one that takes too long as ``timeout-…``; ``python tests/fuzz/parsers.py
FILE`` judges it again. What is found becomes a case of ``tests/test_check_safety.py``.

The first byte of an input chooses the format, the rest is the text. What must hold for every text:

- it is read, or refused with faults that lie within it, have words in both languages, and repairs that fit;
- what our reader places is what the parser reads, in the same order;
- literals are judged, and each repair lies within the text;
- the canonical layout states the same graph, has the same comments, and is its own layout.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kg"]):
    import pyoxigraph as ox
    from kg.errors import SourceError
    from kg.parsing import parse_turtle
    from kg.reading.comments import layout
    from kg.reading.formats import MEDIA_TYPES, Parsed, parse
    from kg.reading.lexical import lexical, of_triples
    from kg.reading.syntax import errors
    from kg.reading.turtle import read
    from kg.sources import digest

CASES = Path(__file__).resolve().parent.parent / "cases"
FORMATS = tuple(sorted(MEDIA_TYPES))
LONGEST = 4096
SEEDS = {
    "turtle": '@prefix a: <urn:a#> . # head\na:b a a:c ; a:d "x"@en-GB , 007 , """y\n""" . # end\n'
    "[] a:e ( 1 [ a:f a:g ] ) .\n",
    "trig": "PREFIX : <urn:a#>\n:g { :a :b :c . } GRAPH _:h { :a :b true } { :a :b 1e9 }",
    "nt": '<urn:a> <urn:b> "\\u00e9\\n"^^<http://www.w3.org/2001/XMLSchema#date> . # c\n_:a <urn:b> "x"@it .\n',
    "nq": "<urn:a> <urn:b> _:c <urn:g> .\n",
    "jsonld": '{"@context":{"a":"urn:a#"},"@id":"a:b","@type":"a:c","a:d":[{"@list":[1,true,"x"]},'
    '{"@value":"y","@language":"en"}]}',
    "rdfxml": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:a#">'
    '<a:c rdf:about="urn:b"><a:d rdf:parseType="Collection"><a:e/></a:d><a:f xml:lang="en">x</a:f></a:c></rdf:RDF>',
}


def judge(data: bytes) -> None:
    """One input. Raises AssertionError, or whatever escapes, if a rule is broken."""
    if not data:
        return
    format, content = FORMATS[data[0] % len(FORMATS)], data[1:]
    origin = f"data/fuzz.{format}"
    faults = errors(content, origin, format)
    if faults:
        _refused(faults, content)
        return
    parsed = parse(content, origin, format)
    if parsed.document is None:
        list(of_triples([quad.triple for quad in parsed.quads], origin))
        return
    _placed(parsed)
    for finding in lexical(parsed.document, origin):
        assert finding.messages["en"] and finding.messages["it"]
        for edit in finding.repair.edits if finding.repair else ():
            assert 0 <= edit.start <= edit.end <= len(parsed.document.text), finding
    if format == "turtle":
        _laid_out(parsed, origin)


def _refused(faults: list[SourceError], content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for fault in faults:
        assert fault.message and fault.italian and fault.where, repr(fault)
        for start, end in [fault.span] if fault.span else []:
            assert 0 <= start <= end <= len(text), repr(fault)
        if fault.edit:
            assert 0 <= fault.edit[0] <= fault.edit[1] <= len(text), repr(fault)


def _placed(parsed: Parsed) -> None:
    document = parsed.document
    assert not document.faults, document.faults
    assert list(dict.fromkeys(one.triple for one in document.triples)) == list(
        dict.fromkeys(quad.triple for quad in parsed.quads)
    )
    for stated in document.triples:
        for start, end in stated[2:]:
            assert 0 <= start <= end <= len(document.text), stated


def _laid_out(parsed: Parsed, origin: str) -> None:
    triples = [quad.triple for quad in parsed.quads]
    once = layout(parsed.document.text, triples, origin)
    again = parse_turtle(once.encode("utf-8"), origin)
    assert digest(again) == digest(triples), once
    comments = [sorted(text[start:end].rstrip() for start, end in read(text).tokens.comments)
                for text in (parsed.document.text, once)]
    assert comments[0] == comments[1], once
    if not any(isinstance(term, ox.BlankNode) for triple in triples for term in triple):
        assert layout(once, again, origin) == once


def main() -> None:
    """Fuzz until an option of libFuzzer says that it is enough."""
    with tempfile.TemporaryDirectory() as folder:
        for format, text in SEEDS.items():
            _seed(folder, format, format, text)
        for number, file in enumerate(sorted(CASES.rglob("*.ttl"))):
            _seed(folder, f"case-{number}", "turtle", file.read_text("utf-8"))
        given = [one for one in sys.argv[1:] if not one.startswith("-")]
        last = [] if any(Path(one).is_file() for one in given) else [folder]
        atheris.Setup([sys.argv[0], f"-max_len={LONGEST}", *sys.argv[1:], *last], judge)
        atheris.Fuzz()


def _seed(folder: str, name: str, format: str, text: str) -> None:
    Path(folder, name).write_bytes(bytes([FORMATS.index(format)]) + text.encode("utf-8")[: LONGEST - 1])


if __name__ == "__main__":
    main()
