"""What is said of candidates in Wikidata, in each language in which people are spoken to."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model import LANGUAGES
from kg.report import words

#: A text by language.
Texts = Mapping[str, str]

#: Key → (English, Italian).
_SAYS: dict[str, tuple[str, str]] = {
    "no-name": ("it has no name to compare", "non ha un nome da confrontare"),
    "label-same": ("its label “{theirs}” ({tag}) is our name", "la sua etichetta «{theirs}» ({tag}) è il nostro nome"),
    "label-like": (
        "its label “{theirs}” ({tag}) is like our “{ours}”",
        "la sua etichetta «{theirs}» ({tag}) è simile al nostro «{ours}»",
    ),
    "label-unlike": (
        "its label “{theirs}” ({tag}) is hardly like our “{ours}”",
        "la sua etichetta «{theirs}» ({tag}) somiglia poco al nostro «{ours}»",
    ),
    "alias-same": ("its alias “{theirs}” ({tag}) is our name", "il suo alias «{theirs}» ({tag}) è il nostro nome"),
    "alias-like": (
        "its alias “{theirs}” ({tag}) is like our “{ours}”",
        "il suo alias «{theirs}» ({tag}) è simile al nostro «{ours}»",
    ),
    "alias-unlike": (
        "its alias “{theirs}” ({tag}) is hardly like our “{ours}”",
        "il suo alias «{theirs}» ({tag}) somiglia poco al nostro «{ours}»",
    ),
    "instance": ("it is an instance of {class_} ({number})", "è un'istanza di «{class_}» ({number})"),
    "no-instance": ("it is no instance of {classes}", "non è un'istanza di «{classes}»"),
    "no-class": ("nothing says what it is an instance of", "nulla dice di che cosa sia istanza"),
    "no-type": ("our type has no counterpart", "il nostro tipo non ha un corrispondente"),
    "no-office": ("no office to compare", "nessuna carica da confrontare"),
    "office": (
        "it held the office {number} on {day}, as we have it", "ricopriva la carica {number} il {day}, come risulta a noi"
    ),
    "office-between": (
        "it held the office {number} between {first} and {last}, as we have it",
        "ricopriva la carica {number} fra {first} e {last}, come risulta a noi",
    ),
    "office-unknown": (
        "it is not known to have held the office {number}", "non risulta che abbia ricoperto la carica {number}"
    ),
    "office-not-then": (
        "it is not known to have held the office {number} on {day}",
        "non risulta che ricoprisse la carica {number} il {day}",
    ),
    "no-relation": ("no relation to compare", "nessuna relazione da confrontare"),
    "relation": ("its {property} is {shared}, as ours", "il valore di «{property}» è {shared}, come il nostro"),
    "other-relation": (
        "its {property} is {theirs}, ours {ours}", "il valore di «{property}» è {theirs}, il nostro {ours}"
    ),
    "no-date-of-ours": ("we have no date to compare", "non abbiamo una data da confrontare"),
    "no-date": ("it has no date to compare", "non ha una data da confrontare"),
    "span": ("{first} to {last}", "{first}–{last}"),
    "ended": ("it ended in {year}, before {ours}", "la sua fine è del {year}, prima di {ours}"),
    "began-after": ("it began on {day}, after {ours}", "il suo inizio è del {day}, dopo {ours}"),
    "that-day": ("it was on {day}, as ours", "la sua data è {day}, come la nostra"),
    "other-day": ("it was on {day}, ours {ours}", "la sua data è {day}, la nostra {ours}"),
    "began": (
        "it began on {day} and has not ended before {ours}", "il suo inizio è del {day}, e la sua fine non precede {ours}"
    ),
    "contrast": ("{one} rather than {other}: {mine}; of {other}: {theirs}",
                 "{one} piuttosto che {other}: {mine}; di {other}: {theirs}"),
    "judged-none": (
        "{author} judged that Wikidata has no item for it.",
        "{author} ha giudicato che in Wikidata non ne esiste un elemento.",
    ),
    "somebody": ("Somebody", "Qualcuno"),
    "linked": ("It is linked to {number} already.", "È già collegata a {number}."),
    "refused": (
        "All that was found was refused earlier: {numbers}{why}.", "Tutto ciò che si è trovato era già stato rifiutato: {numbers}{why}."
    ),
    "none": (
        "Wikidata answered, and has no candidate: nothing found.", "Wikidata ha risposto e non ha candidati: non si è trovato nulla."
    ),
    "none-good": (
        "Wikidata answered, and has no candidate: {found} found, each contradicted or too unlike.",
        "Wikidata ha risposto e non ha candidati: trovati {found}, ciascuno contraddetto o troppo diverso.",
    ),
    "weak": (
        "The best candidate, {number}, scores only {score}; {needed} is needed.",
        "Il candidato migliore, {number}, ha un punteggio di soli {score}; occorre {needed}.",
    ),
    "too-close": (
        "{one} and {other} are too close to tell apart.", "{one} e {other} sono troppo vicini per distinguerli."
    ),
    "unsupported": (
        "No fact beside name and type speaks for {number}.",
        "Nessun dato oltre al nome e al tipo depone a favore di {number}.",
    ),
    "match": (
        "{number}: name, type and at least one more fact agree, and no other comes near.",
        "{number}: nome, tipo e almeno un altro dato concordano, e nessun altro vi si avvicina.",
    ),
}  # fmt: skip


def say(key: str, **given: str | Texts) -> Texts:
    """A sentence in each language; what is ``given`` for its parts is a text, or one by language."""
    return {
        language: _SAYS[key][column].format_map(
            {name: value if isinstance(value, str) else value[language] for name, value in given.items()}
        )
        for column, language in enumerate(LANGUAGES)
    }


def same(text: str) -> Texts:
    """A text that is the same in every language."""
    return dict.fromkeys(LANGUAGES, text)


def decimal(number: float) -> Texts:
    """A number with two decimals, as readers of each language write it."""
    return {language: words.decimal(number, language, 2) for language in LANGUAGES}
