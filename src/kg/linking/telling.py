"""Why a candidate was found, in words."""

from __future__ import annotations

from kg.linking.entities import Known
from kg.linking.match import Candidate
from kg.model import LANGUAGES

#: Reason → (English, Italian); ``{}`` is what it is about.
_SAYS: dict[str, tuple[str, str]] = {
    "exact": ("“{}”, as it is written", "«{}», come è scritto"),
    "words": ("the same words as in “{}”", "le stesse parole di «{}»"),
    "joined": ("“{}”, with its words joined otherwise", "«{}», con le parole unite diversamente"),
    "spelling": ("another spelling of “{}”", "un'altra grafia di «{}»"),
    "slips": ("letters differ from “{}”", "alcune lettere differiscono da «{}»"),
    "initials": ("initials of “{}”", "iniziali di «{}»"),
    "last-name": ("the last name of “{}”", "il cognome di «{}»"),
    "more-names": ("“{}”, with one name more", "«{}», con un nome in più"),
    "partly": ("some words in common with “{}”", "alcune parole in comune con «{}»"),
    "alternative": ("which is another name of it", "che è un altro suo nome"),
    "code": ("which is a code for it", "che è un suo codice"),
    "short": ("its label without what is in brackets", "la sua etichetta senza ciò che è tra parentesi"),
    "head": ("the beginning of its label", "l'inizio della sua etichetta"),
    "stands": ("“{}” stands for it", "«{}» sta per esso"),
    "office-that-day": ("held the office “{}” on that day", "ricopriva la carica «{}» in quel giorno"),
    "office-some-day": (
        "held the office “{}” at some time: a date would tell", "ha ricoperto la carica «{}»: una data lo direbbe"
    ),
    "office-no-day": (
        "held the office “{}”, on days that are not known", "ha ricoperto la carica «{}», in giorni non noti"
    ),
    "office-other-day": (
        "is attested in the office “{}” on other days", "è attestato nella carica «{}» in altri giorni"
    ),
    "identifier": ("it has this identifier", "ha questo identificativo"),
    "other-type": ("it is of another type", "è di un altro tipo"),
    "then": ("it fits the date ({})", "è compatibile con la data ({})"),
    "not-then": ("it does not fit the date ({})", "non è compatibile con la data ({})"),
    "value": ("it agrees in “{}”", "concorda in «{}»"),
    "other-value": ("it differs in “{}”", "differisce in «{}»"),
    "close": ("“{}” is as likely, so that none is taken", "«{}» è altrettanto probabile, perciò nessuno è scelto"),
}  # fmt: skip
#: Reasons that are about something with a label, and about the span of the candidate.
_LABELLED = ("stands", "value", "other-value", "close")
_DATED = ("then", "not-then")


def description(found: Candidate, known: Known, language: str) -> str:
    """What a candidate is, and what speaks for and against it, in a language of the pages."""
    kinds = ", ".join(known.label(kind, language) for kind in known.kinds(found.entity)[:2])
    column = LANGUAGES.index(language)
    said = [kinds] if kinds else []
    for reason, about in found.reasons:
        if reason in _LABELLED or reason.startswith("office-"):
            about = known.label(about, language)
        elif reason in _DATED:
            about = "–".join(known.spans.get(found.entity, ("", "")))
        said.append(_SAYS[reason][column].format(about))
    return "; ".join(said)
