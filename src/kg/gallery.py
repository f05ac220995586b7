"""Reading the gallery of queries from the repository."""

from __future__ import annotations

from pathlib import Path

from kg.catalogue.queries import form
from kg.errors import QueryError, SourceError, Where
from kg.sparql.gallery import GalleryQuery, parse


def read_gallery(repository: Path) -> tuple[list[GalleryQuery], list[SourceError]]:
    """The queries in ``queries/`` by name, and the errors of those whose header cannot be read.

    Those in ``queries/federated/`` are among them: they ask other services.
    """
    found: list[GalleryQuery] = []
    errors: list[SourceError] = []
    folder = repository / "queries"
    for file in sorted((*folder.glob("*.rq"), *folder.glob("federated/*.rq")), key=lambda file: file.name):
        try:
            found.append(parse(file.name, file.read_text("utf-8")))
        except SourceError as error:
            errors.append(error)
        except (OSError, UnicodeDecodeError):
            errors.append(SourceError(f"{file.name} cannot be read as UTF-8.", remedy="Save it as UTF-8."))
    return found, errors


def read_queries(repository: Path) -> tuple[list[GalleryQuery], list[SourceError]]:
    """As ``read_gallery``, without the queries that the endpoint would refuse, and with their errors as well."""
    found, errors = read_gallery(repository)
    taken: list[GalleryQuery] = []
    for query in found:
        try:
            form(query)
            taken.append(query)
        except QueryError as error:
            where = Where(query.name, error.where.line, error.where.column) if error.where else Where(query.name)
            errors.append(SourceError(error.message, remedy=error.remedy, where=where))
    return taken, errors
