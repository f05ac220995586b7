"""From the bytes of a file to its text."""

from __future__ import annotations

from kg.errors import SourceError, Where
from kg.reading.tokens import line_starts

_MARK = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def decode(content: bytes, origin: str, largest: int | None = None) -> str:
    """The text of a file in UTF-8.

    Raises SourceError on more than ``largest`` bytes, on what is no UTF-8, a byte order mark or a NUL character, with
    their places.
    """
    if largest is not None and len(content) > largest:
        raise SourceError(
            f"The file has {len(content):,} bytes; at most {largest:,} are read.", remedy="Split it.",
            where=Where(origin), kind="size",
            italian=f"Il file ha {len(content)} byte; se ne leggono al massimo {largest}. Dividerlo.",
        )
    if content.startswith(_UTF_16):
        raise SourceError(
            "The file is UTF-16.", remedy="Save it as UTF-8.", where=Where(origin, 1, 1), kind="encoding",
            italian="Il file è in UTF-16. Salvarlo in UTF-8.",
        )
    text = _utf_8(content, origin)
    if text.startswith(_MARK):
        raise SourceError(
            "The file begins with a byte order mark.", remedy="Save it as UTF-8 without BOM.",
            where=Where(origin, 1, 1), kind="byte-order-mark",
            italian="Il file comincia con un BOM. Salvarlo in UTF-8 senza BOM.",
            span=(0, 1), edit=(0, 1, ""),
        )
    if "\0" in text:
        raise SourceError(
            "The file has a NUL character, so it is hardly a text.", remedy="Check that it is the right file.",
            where=place(text, text.index("\0"), origin), kind="binary",
            italian="Il file ha un carattere NUL, dunque non pare un testo. Controllare che sia quello giusto.",
        )
    return text


def _utf_8(content: bytes, origin: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        byte = f"{content[error.start]:#04x}"
        raise SourceError(
            f"The file is not UTF-8: it has the byte {byte}.", remedy="Save it as UTF-8.",
            where=place(before, len(before), origin), kind="encoding",
            italian=f"Il file non è in UTF-8: ha il byte {byte}. Salvarlo in UTF-8.",
        ) from None


def place(text: str, offset: int, origin: str) -> Where:
    """File, line and column of an offset in a text that may not have been read."""
    starts = line_starts(text[:offset])
    return Where(origin, len(starts), offset - starts[-1] + 1)
