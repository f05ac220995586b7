"""Words as English and Italian bend and join them: what forms of a word have in common, and words that only ask."""

from __future__ import annotations

#: Words that ask or join and look for nothing, without accents, beside those that tell no name from another. Those that
#: are also a noun (state, stato, may) are not among them.
ASKING = frozenset(
    # Italian.
    "agl all anche che chi ci come con cosa cui da dal dalla dalle dai dallo dagli dall dove e era erano essere ha hai "
    "hanno ho loro ma ne negli nei nel nell nella nelle nello non o ogni per perche piu qual quale quali quand quando "
    "quanta quante quanti quanto quei quel quella quelle quelli quello quest questa queste questi questo sara se si "
    "sia siano sono stata su sugli sui sul sull sulla sulle sullo suo sua suoi sue vi "
    # English.
    "about any are be been being but by can could did do does for from had has have he her his how if into is it its "
    "me my not or our she should so than that their them then there these they this those was we were what when "
    "where which who whom whose why will with would you your".split()
)
#: Letters that are left at least of a word whose ending is taken off, and of one whose suffix is.
_LEAST, _LEAST_BASE = 3, 4
#: What makes a noun or a participle of a verb, with the vowel at the end taken off.
_SUFFIXES = ("ment", "ing", "ed", "at")


def stem(spelt: str) -> str:
    """What the forms of a word have in common, such as singular and plural, of a word as ``spelling`` writes it.

    Rules of thumb for two languages at once: what is found by them comes after what is found as it is written.
    """
    word = spelt
    if len(word) > _LEAST and word[-1] == "s" and word[-2] not in "isu":
        word = word[:-1]
    word = _suffix_off(word)
    for ending in ("aeiou", "i"):
        if len(word) > _LEAST and word[-1] in ending:
            word = word[:-1]
    if len(word) > _LEAST and word[-1] == "h" and word[-2] in "cg":
        word = word[:-1]
    return _suffix_off(word)


def _suffix_off(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LEAST_BASE:
            return word[: -len(suffix)]
    return word
