"""How well the words of a name fit those of another: word by word, in any order, with slips of the pen."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from kg.linking.names import ALIKE, SAME_SOUND, TITLES, Form, Names, slips

#: The same words and nothing else, but in another order or with other little words, or joined otherwise.
_SAME_WORDS, _JOINED = 0.985, 0.96
#: A person of whom only the last name is given, or more names than are known; an initial for a name.
_LAST_NAME, _MORE_NAMES, _INITIAL = 0.92, 0.94, 0.92
#: Two names with a number each that the other has not.
_OTHER_NUMBER = 0.6
#: What tells a person from a relative of the same name.
_GENERATION = frozenset("figlio fils ii iii iv jr jun junior padre pere sen senior sr".split())


def fit(
    plain: str, words: Sequence[str], spelt: Sequence[str], form: Form, names: Names, person: bool
) -> tuple[float, str]:
    """How well a name (normalised, its words, their spellings) fits a form, from 0 to 1, and how it does.

    That is exact, words, joined, spelling, slips, initials, last-name, more-names or partly.
    """
    if plain == form.plain:
        return 1.0, "exact"
    if sorted(words) == sorted(form.words):
        return _SAME_WORDS, "words"
    if plain.replace(" ", "") == form.plain.replace(" ", ""):
        return _JOINED, "joined"
    if person:
        told = _as_person(words, spelt, form)
        if told:
            return told
    return _by_words(words, spelt, form, names)


def _by_words(words: Sequence[str], spelt: Sequence[str], form: Form, names: Names) -> tuple[float, str]:
    """Twice what the two have in common, by weight, over what both have (the Dice coefficient)."""
    pairs = _aligned(words, spelt, form.words, form.spelt)
    mine, its = list(map(names.weight, spelt)), list(map(names.weight, form.spelt))
    common = sum((mine[one] + its[other]) * alike for one, other, alike in pairs)
    share = common / (sum(mine) + sum(its))
    if len(pairs) == len(words) == len(form.words):
        return share, "slips" if any(alike < SAME_SOUND for _, _, alike in pairs) else "spelling"
    met = {one for one, _, _ in pairs}, {other for _, other, _ in pairs}
    numbers = [any(word.isdigit() and place not in used for place, word in enumerate(every))
               for every, used in ((words, met[0]), (form.words, met[1]))]  # fmt: skip
    return share * (_OTHER_NUMBER if all(numbers) else 1.0), "partly"


def _as_person(words: Sequence[str], spelt: Sequence[str], form: Form) -> tuple[float, str] | None:
    """The same of the name of a person, which may be short of first names and long of titles."""
    kept = [place for place, word in enumerate(words) if word not in TITLES or word in form.words]
    words, spelt = [words[place] for place in kept], [spelt[place] for place in kept]
    if not words or _GENERATION & (set(words) ^ set(form.words)):
        return None
    pairs = _aligned(words, spelt, form.words, form.spelt, initials=True)
    likeness = min((alike for _, _, alike in pairs), default=0.0)
    met = {other for _, other, _ in pairs}
    last = len(form.words) - 1
    if last not in met or len(pairs) < min(len(words), len(form.words)):
        return None
    if len(pairs) == len(words) == len(form.words):
        initial = any(len(words[one]) == 1 and len(form.words[other]) > 1 for one, other, _ in pairs)
        how = "initials" if initial else "words" if likeness == 1 else "slips" if likeness < SAME_SOUND else "spelling"
        return sum(alike for _, _, alike in pairs) / len(pairs) * _SAME_WORDS, how
    if len(pairs) == len(words) and met == set(range(len(form.words) - len(pairs), len(form.words))):
        return likeness * _LAST_NAME, "last-name"
    if len(pairs) == len(form.words) and len(form.words) > 1 and len(words) == len(form.words) + 1:
        return likeness * _MORE_NAMES, "more-names"
    return None


def _aligned(
    words: Sequence[str],
    spelt: Sequence[str],
    others: Sequence[str],
    others_spelt: Sequence[str],
    initials: bool = False,
) -> list[tuple[int, int, float]]:
    """Places of words that are taken for the same, each word once, the most alike first, and how alike they are."""
    every = [
        (-alike, one, other)
        for one, word in enumerate(words)
        for other, its in enumerate(others)
        # Most are told apart by their first letters.
        if (spelt[one][0] in others_spelt[other][:2] or word[0] == its[0])
        and (alike := _alike(word, spelt[one], its, others_spelt[other], initials))
    ]
    every.sort()
    used: tuple[set[int], set[int]] = set(), set()
    found = []
    for negative, one, other in every:
        if one not in used[0] and other not in used[1]:
            used[0].add(one)
            used[1].add(other)
            found.append((one, other, -negative))
    return found


def _alike(word: str, spelt: str, other: str, other_spelt: str, initials: bool) -> float:
    if word == other:
        return 1.0
    if spelt == other_spelt:
        return SAME_SOUND
    if initials and (len(word) == 1 or len(other) == 1) and word[0] == other[0]:
        return _INITIAL
    if not (word.isalpha() and other.isalpha()) or word[0] not in other[:2]:
        return 0.0
    allowed = slips(spelt, other_spelt)
    distance = OSA.distance(spelt, other_spelt, score_cutoff=allowed) if allowed else 1
    swapped = word[0] != other[0]
    if distance > allowed or (swapped and word[1::-1] != other[:2]):
        return 0.0
    return ALIKE[distance]
