"""Texts for the tests of the readers: seeds with every construct of a format, and small changes of them."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
}
SEEDS = {
    "turtle": """PREFIX ex: <http://e/>
@prefix : <http://d/> .
ex:a a ex:C ; ex:p "x"@en , 'y'^^ex:t , \"\"\"long "q" text\"\"\" , 1 , -2.5 , 3e4 , true ;
    ex:q [ ex:r ( 1 "two" [ ] ) ; ex:s _:b ] ; ex:u <http://x/y> .
# comment
:b.c ex:d%20 ex:e\\~f ; .
_:b ex:p () .
[ ex:a ex:b ] .
( 1 "s" ) ex:p 2 .
""",
    "trig": """PREFIX ex: <http://e/>
ex:g { ex:a ex:b ex:c . ex:d ex:e [] } GRAPH ex:h { ex:a ex:b ex:c . }
{ ex:a ex:b 1 ; ex:c 2 . } ex:s ex:p ex:o . [] { } _:g {ex:a ex:b ( "c" )}
""",
    "nt": '<http://a> <http://b> "c"@en .\n_:a <http://b> _:c . # c\n<http://a> <http://b> "c\\n"^^<http://d> .\n',
    "nq": '<http://a> <http://b> "c"@en .\n_:a <http://b> _:c <http://g> . # c\n<http://a> <http://b> "c" _:g .\n',
}
_PIECES = [
    *"abx:;.,[]()<>\"'\\@^_#%- \n\t\r019eE+{}|u\u00e9\u00b7\u2028", '"""', "ex:", "<http://", "PREFIX ", "@en", "^^", "true",
    "_:", "\\u0041", "GRAPH ", " .", " ;", "[]", "()",
]
_CHANGE = st.tuples(
    st.sampled_from(["drop", "insert", "insert", "repeat", "cut"]), st.integers(0, 400), st.integers(1, 15),
    st.sampled_from(_PIECES),
)


def changed(seed: str) -> st.SearchStrategy[str]:
    """A seed with up to three characters or pieces of it dropped, inserted or repeated."""

    def apply(changes: list[tuple[str, int, int, str]]) -> str:
        text = seed
        for kind, at, length, piece in changes:
            at %= len(text) + 1
            if kind == "insert":
                text = text[:at] + piece + text[at:]
            elif kind == "repeat":
                text = text[:at] + text[at : at + length] + text[at:]
            else:
                text = text[:at] + text[at + (1 if kind == "drop" else length) :]
        return text

    return st.lists(_CHANGE, min_size=1, max_size=3).map(apply)


def parsed(text: str, format: str) -> list[ox.Quad] | None:
    """What the parser of the engine makes of a text; None if it refuses it."""
    try:
        return list(ox.parse(text.encode("utf-8"), format=FORMATS[format]))
    except SyntaxError:
        return None
