"""The words of the pages, in English and Italian; what the graph says about itself comes from the graph."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model import LANGUAGES

#: Key → (English, Italian).
_WORDS: dict[str, tuple[str, str]] = {
    "about": (
        "A graph of statements with their sources: who holds what, in which forum, on what condition, and which "
        "passage of which document says so. Recording a claim does not endorse it.",
        "Un grafo di affermazioni con le loro fonti: chi sostiene che cosa, in quale sede, a quale condizione, e quale "
        "passo di quale documento lo dice. Registrare un'affermazione non significa farla propria.",
    ),
    "address": ("Address", "Indirizzo"),
    "also-called": ("Also called", "Detto anche"),
    "also": ("Also as", "Anche come"),
    "answer": ("Answer", "Risposta"),
    "as-of": ("As of (?asOf)", "Alla data (?asOf)"),
    "along": ("along", "lungo"),
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
    "cite": ("Cite this answer", "Cita questa risposta"),
    "cite-by-post": (
        "The query is too long for a permanent address: send it by POST with snapshot=",
        "L'interrogazione è troppo lunga per un indirizzo permanente: inviarla con POST e snapshot=",
    ),
    "claim": ("Claim", "Affermazione"),
    "claims": ("Claims", "Affermazioni"),
    "column": ("column", "colonna"),
    "contradicted": ("Contradicted by", "Contraddetta da"),
    "counts": ("What it holds", "Che cosa contiene"),
    "counts-about": ("How many things of each kind the graph describes", "Quante cose di ogni tipo descrive il grafo"),
    "cut": ("Only the first part is shown here.", "Qui ne è mostrata solo la prima parte."),
    "date": ("Date", "Data"),
    "dcat": ("The data set in a catalogue", "L'insieme di dati in un catalogo"),
    "described": ("How the data set describes itself", "Come l'insieme di dati si descrive"),
    "default-graph": ("The default graph", "Il grafo predefinito"),
    "download": ("Download", "Scarica"),
    "empty": ("The answer is empty.", "La risposta è vuota."),
    "errors": ("What errors say", "Che cosa dicono gli errori"),
    "errors-about": (
        "Each error has a code, which its address ends with. A message says what is wrong in a sentence, where, and what to "
        "write instead where that is known.",
        "Ogni errore ha un codice, con cui finisce il suo indirizzo. Un messaggio dice in una frase che cosa non va, dove, e "
        "che cosa scrivere al suo posto, se è noto.",
    ),
    "evidence": ("What carries it", "Che cosa la porta"),
    "explain": ("Explain", "Spiega"),
    "file": ("Stated in", "Affermato in"),
    "format": ("Format", "Formato"),
    "gallery": ("Questions to try", "Domande da provare"),
    "graph": ("Named graph", "Grafo nominato"),
    "graphs-about": ("All with their sizes, to download", "Tutti con le loro dimensioni, da scaricare"),
    "graphs": ("Named graphs", "Grafi nominati"),
    "home": ("Home", "Pagina iniziale"),
    "incoming": ("What points to it", "Che cosa vi rimanda"),
    "inferred": ("inferred", "inferito"),
    "info": ("Note", "Nota"),
    "instances": ("Number", "Numero"),
    "interface": ("What programmes can ask here (OpenAPI)", "Che cosa possono chiedere qui i programmi (OpenAPI)"),
    "judged": ("Judged is", "Si valuta"),
    "kind": ("Kind", "Tipo"),
    "language": ("Language", "Lingua"),
    "line": ("Line", "Riga"),
    "look-at": ("What to look at", "Che cosa guardare"),
    "matched": ("Matched", "Trovato"),
    "no": ("No", "No"),
    "not-citable": (
        "This query has another answer each time it is asked, so that its answer cannot be cited.",
        "Questa interrogazione ha ogni volta una risposta diversa, che quindi non si può citare.",
    ),
    "object": ("Object", "Oggetto"),
    "ontology": ("Ontology", "Ontologia"),
    "other": ("Other", "Altro"),
    "other-names": ("Other names", "Altri nomi"),
    "open-page": ("Open its page", "Apri la sua pagina"),
    "outgoing": ("What is said of it", "Che cosa se ne dice"),
    "paragraph": ("paragraph", "paragrafo"),
    "permanent": ("Permanent address", "Indirizzo permanente"),
    "predicate": ("Predicate", "Predicato"),
    "prefixes": ("Prefixes", "Prefissi"),
    "queries": ("The queries of the gallery", "Le interrogazioni della galleria"),
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
    "spreadsheet": ("CSV for a spreadsheet", "CSV per un foglio di calcolo"),
    "stance": ("Stance", "Orientamento"),
    "subject": ("Subject", "Soggetto"),
    "superseded": ("Superseded by", "Superata da"),
    "through": ("through", "attraverso"),
    "try-without": ("Ask without it", "Chiedi senza"),
    "triples": ("triples", "triple"),
    "violation": ("Violation", "Violazione"),
    "void": ("What the data set holds", "Che cosa contiene l'insieme di dati"),
    "warning": ("Warning", "Avviso"),
    "why": ("inferred: why?", "inferito: perché?"),
    "why-it-holds": ("Why it holds", "Perché vale"),
    "why-empty": ("Why is it empty?", "Perché è vuota?"),
    "what-empties": ("What empties it", "Che cosa la svuota"),
    "write": ("Write", "Scrivere"),
    "wrong": ("This did not work", "Qualcosa non ha funzionato"),
    "with-evidence": ("What is behind each row", "Che cosa c'è dietro ogni riga"),
    "yes": ("Yes", "Sì"),
}


def words(language: str) -> Mapping[str, str]:
    """The words of the pages in this language, by key."""
    column = LANGUAGES.index(language)
    return {key: texts[column] for key, texts in _WORDS.items()}
