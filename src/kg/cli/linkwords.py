"""The words of ``kg link suggest`` and ``kg link review``, in English and Italian."""

from __future__ import annotations

from kg.model import LANGUAGES

#: Key → (English, Italian); ``{}`` are filled in. The outcomes of ``kg.linking.candidates`` are keys as well.
_SAYS: dict[str, tuple[str, str]] = {
    "match": ("match", "corrispondenza"),
    "ambiguous": ("ambiguous", "incerto"),
    "no candidate": ("no candidate", "nessun candidato"),
    "refused earlier": ("refused earlier", "già rifiutato"),
    "not reachable": ("not reachable", "non raggiungibile"),
    "asking": ("Asking Wikidata", "Si interroga Wikidata"),
    "lost": ("Wikidata did not answer for {} of {}.", "Wikidata non ha risposto per {} su {}."),
    "nothing": ("Nothing to look for.", "Nulla da cercare."),
    "score": ("score", "punteggio"),
    "deciding": ("Deciding", "Decide"),
    "none-waits": (
        "Nothing awaits a judgement. Run: kg link suggest", "Nulla attende un giudizio. Eseguire: kg link suggest"
    ),
    "to-judge": (
        "{} to judge, by {}. Type ? for what can be typed.",
        "Da giudicare: {}; giudica {}. Digitare ? per sapere che cosa si può digitare.",
    ),
    "judged": (
        "Judgements written to {}: {}; still to judge: {}.", "Giudizi scritti in {}: {}; ancora da giudicare: {}."
    ),
    "keys": ("Type ? for what can be typed.", "Digitare ? per sapere che cosa si può digitare."),
    "key-a": ("accept: the same thing (exactMatch)", "accettare: la stessa cosa (exactMatch)"),
    "key-c": ("close: nearly the same (closeMatch)", "quasi la stessa cosa (closeMatch)"),
    "key-b": ("broad: it is broader than ours (broadMatch)", "più ampio del nostro (broadMatch)"),
    "key-w": ("narrow: it is narrower than ours (narrowMatch)", "più ristretto del nostro (narrowMatch)"),
    "key-r": ("reject it", "rifiutarlo"),
    "key-x": ("no item exists", "non esiste alcun elemento"),
    "key-n": (
        "note: words that go with your next judgement, as in “n same birthday”",
        "nota: parole che accompagnano il prossimo giudizio, come in «n stessa data di nascita»",
    ),
    "key-d": ("defer: ask again at the end, or next time", "rinviare: chiedere di nuovo alla fine, o la prossima volta"),
    "key-q": ("quit; what was judged is written already", "uscire; ciò che è stato giudicato è già scritto"),
    "key-?": ("this list", "questo elenco"),
    "noted": ("Noted for your next judgement.", "Annotato per il prossimo giudizio."),
    "note-gone": ("The note is gone.", "La nota è stata tolta."),
    "which": ("Give the number of a candidate, from 1 to {}.", "Dare il numero di un candidato, da 1 a {}."),
    "none-left": ("There is no candidate left.", "Non resta alcun candidato."),
    "taken": (
        "{} is linked to {} already; one item is one entity: use c, b or w.",
        "{} è già collegata a {}; un elemento è una sola entità: usare c, b o w.",
    ),
    "really-none": (
        "Is there really no item, not even another than these?",
        "Non c'è davvero alcun elemento, neppure diverso da questi?",
    ),
    "contradicted": (
        "Something says that it is another thing. Link it all the same?",
        "Qualcosa dice che è un'altra cosa. Collegarlo lo stesso?",
    ),
    "unsupported": (
        "Not all of name, type and one more fact agree. Link it all the same?",
        "Nome, tipo e un altro dato non concordano tutti. Collegarlo lo stesso?",
    ),
    "yes-or-no": ("[y/N]", "[s/N]"),
}  # fmt: skip


def said(language: str, key: str) -> str:
    """A word or sentence in this language, with ``{}`` for what is filled in."""
    return _SAYS[key][LANGUAGES.index(language)]
