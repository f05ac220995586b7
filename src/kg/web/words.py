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
    "by": ("by", "per"),
    "characters": ("characters", "caratteri"),
    "check": ("Check", "Controlla"),
    "check-about": (
        "What you would add is judged as before a merge: by syntax, vocabulary, shapes, rules and evidence, against the "
        "graph as it is served. Nothing that you send is kept.",
        "Ciò che si vorrebbe aggiungere è valutato come prima di una fusione: per sintassi, vocabolario, shape, regole e "
        "prove, rispetto al grafo servito. Nulla di ciò che si invia è conservato.",
    ),
    "check-as": ("Stands in place of (optional)", "Sta al posto di (facoltativo)"),
    "check-file": ("or a file", "oppure un file"),
    "check-text": ("Turtle", "Turtle"),
    "check-title": ("Check a contribution", "Controlla un contributo"),
    "claim": ("Claim", "Affermazione"),
    "claims": ("Claims", "Affermazioni"),
    "counts": ("What it holds", "Che cosa contiene"),
    "cut": ("Only the first part is shown here.", "Qui ne è mostrata solo la prima parte."),
    "date": ("Date", "Data"),
    "download": ("Download", "Scarica"),
    "empty": ("The answer is empty.", "La risposta è vuota."),
    "evidence": ("What carries it", "Che cosa la porta"),
    "explain": ("Explain", "Spiega"),
    "file": ("Stated in", "Affermato in"),
    "format": ("Format", "Formato"),
    "gallery": ("Questions to try", "Domande da provare"),
    "graph": ("Named graph", "Grafo nominato"),
    "graphs": ("Named graphs", "Grafi nominati"),
    "home": ("Home", "Pagina iniziale"),
    "incoming": ("What points to it", "Che cosa vi rimanda"),
    "info": ("Note", "Nota"),
    "instances": ("Number", "Numero"),
    "judged": ("Judged is", "Si valuta"),
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
    "rules": ("What findings say", "Che cosa dicono i rilievi"),
    "rules-of-programme": ("Rules of the programme", "Regole del programma"),
    "rules-of-shapes": ("Rules that are shapes", "Regole che sono shape"),
    "run": ("Ask", "Chiedi"),
    "shapes": ("Shapes", "Forme"),
    "skip": ("Skip to content", "Vai al contenuto"),
    "snapshot": ("Snapshot", "Istantanea"),
    "source": ("Source", "Fonte"),
    "stance": ("Stance", "Orientamento"),
    "subject": ("Subject", "Soggetto"),
    "through": ("through", "attraverso"),
    "triples": ("triples", "triple"),
    "violation": ("Violation", "Violazione"),
    "warning": ("Warning", "Avviso"),
    "why": ("inferred: why?", "inferito: perché?"),
    "why-it-holds": ("Why it holds", "Perché vale"),
    "wrong": ("This did not work", "Qualcosa non ha funzionato"),
    "yes": ("Yes", "Sì"),
}


def words(language: str) -> Mapping[str, str]:
    """The words of the pages in this language, by key."""
    column = LANGUAGES.index(language)
    return {key: texts[column] for key, texts in _WORDS.items()}
