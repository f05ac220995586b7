"""The Reconciliation Service API from values to values: version 0.2 (final report of 2023) and the draft of 1.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.linking.asking import CANDIDATES, DATE, SOME, Json, iri_of
from kg.linking.entities import Known
from kg.linking.match import Asked, Candidate, match
from kg.linking.names import normalised
from kg.linking.telling import description
from kg.rdf import ID, PREFIXES, shorten

VERSIONS = ("0.2", "1.0-draft")
#: Size of a preview in pixels.
WIDTH, HEIGHT = 440, 220
_NAME = {"en": "coalition-kg", "it": "coalition-kg (in italiano)"}
_DATE_SAYS = {
    "en": (
        "date it is to hold at",
        "A day, a month or a year: an event of then, the holder of an office then, nothing that was not there yet.",
    ),
    "it": (
        "data a cui deve valere",
        "Un giorno, un mese o un anno: un evento o il titolare di una carica di allora, nulla che ancora non c'era.",
    ),
}
_SETTINGS = {
    "en": (
        ("Limit", "Most values of a cell; 0 for all."),
        ("Content", "Entities that are reconciled, their names, or their identifiers."),
        ("entities", "names", "identifiers"),
    ),
    "it": (
        ("Limite", "Massimo di valori per cella; 0 per tutti."),
        ("Contenuto", "Entità riconciliate, i loro nomi o i loro identificativi."),
        ("entità", "nomi", "identificativi"),
    ),
}
_TYPES_TOLD = 12
#: Names that are looked at for suggestions.
_LOOKED_AT = 10_000
#: Score from which on a name that does not begin so is suggested.
_LIKELY = 60.0


def id_of(iri: str) -> str:
    """The identifier of an IRI: the path below ``id/``, else a prefixed name, else itself."""
    return iri[len(ID) :] if iri.startswith(ID) and len(iri) > len(ID) else shorten(iri).strip("<>")


def manifest(address: str, known: Known, language: str, documentation: str, version: str = "0.2") -> Json:
    """The service manifest (0.2, section 2) of the service at ``address``, in either version."""
    types = [kind for kind in known.used_types if kind.startswith(PREFIXES["ckg"]) and known.labels.get(kind)]
    root = address.rpartition("/")[0]
    told: Json = {
        "versions": list(VERSIONS),
        "name": _NAME[language],
        "identifierSpace": ID,
        "schemaSpace": PREFIXES["ckg"],
        "documentation": documentation,
        "defaultTypes": [_named(kind, known, language) for kind in types[:_TYPES_TOLD]],
        "batchSize": 50,
    }
    if version == VERSIONS[1]:
        return told | {
            "lang": language,
            "view": {"url": f"{root}/id/{{id}}"},
            "suggest": {"entity": True, "property": True, "type": True},
            "preview": {"width": WIDTH, "height": HEIGHT},
            "extend": {"proposeProperties": True, "propertySettings": _settings(language, ("id", "name", "helpText"))},
            "standardizedScore": True,
        }
    flyout = f"/flyout?lang={language}&id=${{id}}"
    return told | {
        "view": {"url": f"{root}/id/{{{{id}}}}"},
        "suggest": {
            one: {"service_url": address, "service_path": f"/suggest/{one}", "flyout_service_path": flyout}
            for one in ("entity", "property", "type")
        },
        "preview": {"url": f"{address}/preview?lang={language}&id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/extend/propose"},
            "property_settings": _settings(language, ("name", "label", "help_text")),
        },
    }


def _settings(language: str, names: tuple[str, str, str]) -> list[Json]:
    """What can be set for a column, under the names that a version has for identifier, name and help."""
    limit, content, contents = _SETTINGS[language]
    choices = [{"value": value, "name": name} for value, name in zip(("entity", "name", "id"), contents, strict=True)]
    return [
        dict(zip(names, ("limit", *limit), strict=True)) | {"type": "number", "default": 0},
        dict(zip(names, ("content", *content), strict=True))
        | {"type": "select", "default": "entity", "choices": choices},
    ]


def results(asked: Iterable[tuple[str, Asked]], known: Known, language: str) -> Json:
    """The result batch of version 0.2 (section 4.3), by the names of the questions."""
    return {
        name: {"result": [_candidate(one, known, language) for one in match(question, known)]}
        for name, question in asked
    }


def candidates(asked: Sequence[tuple[Asked, str]], known: Known, language: str) -> Json:
    """The result batch of the draft of 1.0, in the order of the questions; each may have a language of its own."""
    found = []
    for question, spoken in asked:
        told = spoken.partition("-")[0].lower()
        own = told if told in _NAME else language
        listed = [_candidate(one, known, own) for one in match(question, known)]
        for one in listed:
            one["lang"] = own
            one["features"] = [{**feature, "name": feature["id"]} for feature in one["features"]]
        found.append({"candidates": listed})
    return {"results": found}


def suggestions(kind: str, prefix: str, offset: int, limit: int, known: Known, language: str) -> Json:
    """Entities, properties or types whose names begin so; one whose identifier is given as the prefix comes first."""
    most = min(limit, CANDIDATES)
    if kind == "entity":
        found = _entities(prefix, offset + most, known)
        told = [{**_named(one, known, language), "notable": _types(one, known, language)} for one in found]
    else:
        told = _terms(kind, prefix, known, language)
    return {"result": told[offset : offset + most]}


def _entities(prefix: str, most: int, known: Known) -> list[str]:
    iri, plain = iri_of(prefix), normalised(prefix)
    if iri in known.numbers:
        return [iri]
    found = []
    if plain:
        found += [known.candidates[one.entity] for one in known.names.beginning(plain, min(4 * most, _LOOKED_AT))]
        found += [one.entity for one in match(Asked(prefix, limit=SOME), known) if one.score >= _LIKELY]
    return list(dict.fromkeys(found))[:most]


def _terms(kind: str, prefix: str, known: Known, language: str) -> list[Json]:
    """Types or properties: those named by the prefix, then those that begin so, then those with a word that does."""
    plain, iri = normalised(prefix), iri_of(prefix)
    ranked = []
    for term in known.used_types if kind == "type" else known.used_properties:
        labels = [normalised(text) for text in known.labels.get(term, {}).values()]
        names = [*labels, normalised(shorten(term)), normalised(id_of(term).rpartition(":")[2])]
        if term == iri:
            ranked.append((0, term))
        elif any(name.startswith(plain) for name in names):
            ranked.append((1, term))
        elif any(f" {plain}" in name for name in names):
            ranked.append((2, term))
    told = [_named(term, known, language) for _, term in sorted(ranked, key=lambda pair: pair[0])]
    name, says = _DATE_SAYS[language]
    if kind == "property" and (DATE.startswith(plain) or name.startswith(plain)):
        told.insert(0, {"id": DATE, "name": name, "description": says})
    return told


def _candidate(found: Candidate, known: Known, language: str) -> Json:
    features = [
        {"id": name if not name.startswith("property ") else f"property {id_of(name[9:])}", "value": value}
        for name, value in found.features.items()
    ]
    return {
        "id": id_of(found.entity),
        "name": known.label(found.entity, language),
        "description": description(found, known, language),
        "score": found.score,
        "match": found.match,
        "type": _types(found.entity, known, language),
        "features": features,
    }


def _types(entity: str, known: Known, language: str) -> list[Json]:
    return [{"id": id_of(kind), "name": known.label(kind, language)} for kind in known.kinds(entity)]


def _named(iri: str, known: Known, language: str) -> Json:
    told = {"id": id_of(iri), "name": known.label(iri, language)}
    says = known.definition(iri, language)
    return told | ({"description": says} if says else {})
