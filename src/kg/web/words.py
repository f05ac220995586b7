"""The words of the pages, in English and Italian; what the graph says about itself comes from the graph."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "it")

#: Key → (English, Italian).
_WORDS: dict[str, tuple[str, str]] = {
    "about": (
        "A graph of statements with their sources: who holds what, in which forum, on what condition, and which "
        "passage of which document says so. Recording a claim does not endorse it.",
        "Un grafo di affermazioni con le loro fonti: chi sostiene che cosa, in quale sede, a quale condizione, e quale "
        "passo di quale documento lo dice. Registrare un'affermazione non significa farla propria.",
    ),
    "address": ("Address", "Indirizzo"),
    "also": ("Also as", "Anche come"),
    "answer": ("Answer", "Risposta"),
    "as-of": ("As of (?asOf)", "Alla data (?asOf)"),
    "ask": ("Ask the graph", "Interroga il grafo"),
    "characters": ("characters", "caratteri"),
    "claim": ("Claim", "Affermazione"),
    "claims": ("Claims", "Affermazioni"),
    "counts": ("What it holds", "Che cosa contiene"),
    "cut": ("Only the first part is shown here.", "Qui ne è mostrata solo la prima parte."),
    "date": ("Date", "Data"),
    "download": ("Download", "Scarica"),
    "empty": ("The answer is empty.", "La risposta è vuota."),
    "evidence": ("What carries it", "Che cosa la porta"),
    "file": ("Stated in", "Affermato in"),
    "format": ("Format", "Formato"),
    "gallery": ("Questions to try", "Domande da provare"),
    "graph": ("Named graph", "Grafo nominato"),
    "graphs": ("Named graphs", "Grafi nominati"),
    "home": ("Home", "Pagina iniziale"),
    "incoming": ("What points to it", "Che cosa vi rimanda"),
    "instances": ("Number", "Numero"),
    "kind": ("Kind", "Tipo"),
    "language": ("Language", "Lingua"),
    "no": ("No", "No"),
    "object": ("Object", "Oggetto"),
    "ontology": ("Ontology", "Ontologia"),
    "other": ("Other", "Altro"),
    "outgoing": ("What is said of it", "Che cosa se ne dice"),
    "paragraph": ("paragraph", "paragrafo"),
    "predicate": ("Predicate", "Predicato"),
    "query": ("SPARQL query", "Interrogazione SPARQL"),
    "rows": ("rows", "righe"),
    "run": ("Ask", "Chiedi"),
    "shapes": ("Shapes", "Forme"),
    "skip": ("Skip to content", "Vai al contenuto"),
    "snapshot": ("Snapshot", "Istantanea"),
    "source": ("Source", "Fonte"),
    "stance": ("Stance", "Orientamento"),
    "subject": ("Subject", "Soggetto"),
    "through": ("through", "attraverso"),
    "triples": ("triples", "triple"),
    "wrong": ("This did not work", "Qualcosa non ha funzionato"),
    "yes": ("Yes", "Sì"),
}


def words(language: str) -> Mapping[str, str]:
    """The words of the pages in this language, by key."""
    column = LANGUAGES.index(language)
    return {key: texts[column] for key, texts in _WORDS.items()}
