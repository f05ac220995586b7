"""Names as they are compared: letters, words and spellings made alike, and an index of who bears which name."""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

#: Articles, prepositions and the like in the languages of the labels, which tell no name from another.
LITTLE = frozenset(
    "a al alla allo all agli ai an and as at d da das de degli dei del dell della delle dello den der des di die du e "
    "ed ein el en et fra fur gli i il im in l la las le les lo los of on s the to tra tu un una und une uno zu "
    "zum".split()
)
#: What stands before the name of a person.
TITLES = frozenset(
    "cancelliere chancelier chancellor dr federal frau general generale herr kanzler lady lord madame minister "
    "ministro ministre monsieur mr mrs ms on onorevole premier president presidente prasident president prime primo "
    "prof professor senator senatore sig signor signora sir".split()
)
_CYRILLIC = dict(
    zip(
        "абвгґдежзиіїйклмнопрстуфхцшщыэєюяьъ",
        "a b v g g d e zh z y i i i k l m n o p r s t u f kh ts sh shch y e ie iu ia".split() + ["", ""],
        strict=True,
    )
) | {"ч": "ch", "ё": "e"}
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "œ": "oe", "æ": "ae", "þ": "th", "ð": "d", **_CYRILLIC}
)


class _Marks(dict[int, int | None]):
    """What becomes of a character when accents are taken off: None for a mark that combines with another one."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = None if unicodedata.combining(chr(code)) else code
        return found


_MARKS = _Marks()
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_ABBREVIATED = re.compile(r"\b(?:\w\.){2,}")
_BETWEEN = re.compile(r"[\W_]+")
#: Spellings of one sound, which depend on who transliterates: the first is written as the second.
_SPELLINGS = [
    (re.compile(one), other)
    for one, other in (
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("sch", "sh"),
        ("w", "v"),
        ("[ijy]+", "i"),
        (r"(\D)\1", r"\1"),
    )
]
#: How alike a word is to one from which it differs in so many letters; and how long it has to be for that.
ALIKE = {0: 1.0, 1: 0.9, 2: 0.85}
_ONE, _TWO = 4, 9
#: Another spelling of the same sounds.
SAME_SOUND = 0.97
#: Places of words looked at for one name, and names that are compared closely: a bound on the work.
_VISITED, _COMPARED = 5_000, 16
#: What a word tells at least.
_LITTLE = 0.1
#: Words of a name by whose beginning it is found.
_STARTS = 6
#: What two names have in common at least for being compared closely.
_LEAST = 0.25


def normalised(text: str) -> str:
    """The text without case, accents and punctuation, in Latin letters, its words separated by single spaces."""
    letters = text.casefold() if text.isascii() else _in_latin_letters(text)
    joined = _ABBREVIATED.sub(lambda found: found[0].replace(".", ""), letters) if "." in letters else letters
    return _BETWEEN.sub(" ", joined).strip()


def without_brackets(text: str) -> str:
    """A name without what it has in brackets; empty if that is all."""
    return _BRACKETS.sub("", text).strip()


def _in_latin_letters(text: str) -> str:
    # Some letters, such as й, become a letter and an accent when they are taken apart: they are written first.
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFKD", plain).translate(_MARKS)


@lru_cache(100_000)
def spelling(word: str) -> str:
    """A normalised word as what all its transliterations have in common."""
    for one, other in _SPELLINGS:
        word = one.sub(other, word)
    return word


def words_of(plain: str) -> tuple[str, ...]:
    """The words of a normalised text that tell names apart; all of them if none does."""
    every = plain.split()
    return tuple(word for word in every if word not in LITTLE) or tuple(every)


@dataclass(frozen=True, slots=True)
class Form:
    """A name that an entity bears.

    ``kind`` says how: label, alternative, code, short (without what is in brackets), head (without what follows a comma
    or colon), or by way of ``through``: what stands for it, or an office that it held ``since`` .. ``until``.
    """

    entity: int
    text: str
    language: str
    kind: str
    plain: str
    words: tuple[str, ...]
    spelt: tuple[str, ...]
    through: str = ""
    since: str = ""
    until: str = ""


def form(
    entity: int, text: str, language: str, kind: str, *, through: str = "", since: str = "", until: str = ""
) -> Form:
    """The form of an entity, by its number, with the words of its text prepared."""
    plain = normalised(text)
    words = words_of(plain)
    return Form(entity, text, language, kind, plain, words, tuple(map(spelling, words)), through, since, until)


@dataclass
class Names:
    """An index of forms by their words. Built once; afterwards only read, so that threads may share it."""

    forms: list[Form] = field(default_factory=list)
    _exact: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _sorted: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _alike: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _telling: dict[str, float] = field(default_factory=dict)
    _weights: list[float] = field(default_factory=list)
    _of_entity: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _ordered: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, forms: Iterable[Form]) -> Names:
        """An index of these forms; those without a letter or digit are left out."""
        found = cls()
        for one in forms:
            if not one.words:
                continue
            number = len(found.forms)
            found.forms.append(one)
            found._of_entity[one.entity].append(number)
            for plain in dict.fromkeys((one.plain, one.plain.replace(" ", ""))):
                found._exact[plain].append(number)
            found._sorted[tuple(sorted(one.spelt))].append(number)
            for word in dict.fromkeys(one.spelt):
                found._by_word[word].append(number)
        buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in found._by_word:
            buckets[word[0], len(word)].append(word)
        found._alike = dict(buckets)
        found._ordered = sorted(
            (rest, number) for number, one in enumerate(found.forms) for rest in _endings(one.plain)
        )
        total = math.log(len(found.forms) + 2)
        for word, bearers in found._by_word.items():
            found._telling[word] = max(_LITTLE, 1 - math.log(len(bearers) + 1) / total)
        found._weights = [sum(map(found.weight, one.spelt)) for one in found.forms]
        return found

    def weight(self, word: str) -> float:
        """How much a spelling tells: 1 if nobody bears it, down to nearly 0 if everybody does."""
        return self._telling.get(word, 1.0)

    def alike(self, word: str) -> Iterator[tuple[str, float]]:
        """The spellings in the index that are this one or a slip of the pen away, and how alike they are."""
        if word in self._by_word:
            yield word, 1.0
        if len(word) < _ONE or not word.isalpha():
            return
        # A slip is rarely in the first letter, unless two letters changed places.
        for first in dict.fromkeys(word[:2]):
            swapped = first != word[0]
            for length in range(len(word) - 2, len(word) + 3):
                bucket = self._alike.get((first, length), ())
                for other, distance, _ in process.extract_iter(word, bucket, scorer=OSA.distance, score_cutoff=2):
                    near = 0 < distance <= slips(word, other)
                    if near and (not swapped or other[:2] == word[1::-1]):
                        yield other, ALIKE[int(distance)]

    def forms_of(self, entity: int) -> list[Form]:
        """The forms of an entity, by its number."""
        return [self.forms[place] for place in self._of_entity.get(entity, ())]

    def beginning(self, plain: str, most: int) -> list[Form]:
        """The forms with a word at which the normalised text begins, those that begin with it
        themselves first, then the shorter."""
        start = bisect_left(self._ordered, (plain, -1))
        near = self._ordered[start : start + most]
        found = [self.forms[number] for text, number in near if text.startswith(plain)]
        return sorted(found, key=lambda one: (not one.plain.startswith(plain), len(one.plain), one.plain))

    def candidates(self, plain: str, spelt: Sequence[str], among: Collection[int] | None = None) -> list[Form]:
        """The forms most like a name (normalised, and the spellings of its words), only those of ``among`` if given."""
        chosen = dict.fromkeys([*self._exact.get(plain, ()), *self._exact.get(plain.replace(" ", ""), ())])
        chosen |= dict.fromkeys(self._sorted.get(tuple(sorted(spelt)), ()))
        found: dict[int, float] = defaultdict(float)
        near = [(len(self._by_word[other]), other, alike) for word in set(spelt) for other, alike in self.alike(word)]
        left = _VISITED
        for number, word, alike in sorted(near):
            weight = self.weight(word) * alike
            for place in self._by_word[word][:left]:
                found[place] += weight
            left -= number
            if left <= 0:
                break
        asked = sum(map(self.weight, spelt))
        scored = (
            (share, -place)
            for place, score in found.items()
            if (share := 2 * score / (asked + self._weights[place])) > _LEAST
            and (among is None or self.forms[place].entity in among)
        )
        chosen |= dict.fromkeys(-place for _, place in heapq.nlargest(_COMPARED, scored))
        every = (self.forms[place] for place in list(chosen)[:_VISITED])
        return [one for one in every if among is None or one.entity in among]


def slips(word: str, other: str) -> int:
    """How many letters may differ between two words that are taken for the same."""
    longer = max(len(word), len(other))
    return 2 if min(len(word), len(other)) >= _TWO - 1 and longer >= _TWO else 1 if longer > _ONE else 0


def _endings(plain: str) -> Iterator[str]:
    """A text from each of its first words on."""
    words = plain.split(" ")
    return (" ".join(words[place:]) for place in range(min(len(words), _STARTS)))
