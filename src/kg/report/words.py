"""The words of reports, in English and Italian."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model import LANGUAGES

#: Key → (English, Italian); a plural stands after a bar.
_WORDS: dict[str, tuple[str, str]] = {
    "bad": ("Does not conform", "Non conforme"),
    "changed": (
        "{added} triples added, {removed} removed; {focus} nodes judged in {seconds} s ({engine})",
        "{added} triple aggiunte, {removed} tolte; {focus} nodi valutati in {seconds} s ({engine})",
    ),
    "checked": (
        "{focus} nodes checked against {constraints} constraints in {seconds} s ({engine})",
        "{focus} nodi controllati contro {constraints} vincoli in {seconds} s ({engine})",
    ),
    "expected": ("Expected", "Previsto"),
    "finding": ("finding", "rilievo"),
    "findings": ("What to mend", "Che cosa correggere"),
    "hidden": ("more line|more lines", "altra riga|altre righe"),
    "info": ("note|notes", "nota|note"),
    "judged": ("judged in {seconds} s ({engine})", "valutato in {seconds} s ({engine})"),
    "mended": ("What it mends", "Che cosa risolve"),
    "none": ("There is nothing to mend.", "Non c’è nulla da correggere."),
    "ok": ("Conforms", "Conforme"),
    "repair": ("Repair", "Correzione"),
    "rule": ("The rule", "La regola"),
    "standing": ("What was there before", "Che cosa c’era già"),
    "summary": ("What the contribution changes", "Che cosa cambia il contributo"),
    "text": ("The text, line by line", "Il testo, riga per riga"),
    "title": ("Report of the check", "Esito del controllo"),
    "violation": ("violation|violations", "violazione|violazioni"),
    "warning": ("warning|warnings", "avviso|avvisi"),
}


def decimal(value: float, language: str, places: int = 1) -> str:
    """A number with so many decimals: ``93.6`` in English, ``93,6`` in Italian."""
    return f"{value:.{places}f}".replace(".", "," if language == "it" else ".")


def words(language: str) -> Mapping[str, str]:
    """The words in this language, by key."""
    column = LANGUAGES.index(language)
    return {key: texts[column] for key, texts in _WORDS.items()}


def say(language: str, key: str, number: int = 1) -> str:
    """A word in the singular, or as the number asks."""
    one, _, many = words(language)[key].partition("|")
    return one if number == 1 or not many else many


def counted(language: str, key: str, number: int) -> str:
    """A number with its word: ``2 warnings``."""
    return f"{number} {say(language, key, number)}"


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in any; empty if there is none."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
