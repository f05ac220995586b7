"""Reading CITATION.cff, which says how the data set is to be cited (Citation File Format 1.2.0)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from kg.errors import SourceError, Where
from kg.sources import PACKAGED, SURROUNDING
from kg.sparql.citation import Work, read_cff

FILE = "CITATION.cff"


def read_work(repository: Path | None) -> Work:
    """What a repository says of how to cite it; if it has no such file, what came with the programme.

    Raises SourceError if there is none anywhere, or if it cannot be read.
    """
    places = [*([repository] if repository else []), PACKAGED, SURROUNDING]
    file = next((place / FILE for place in places if (place / FILE).is_file()), None)
    if file is None:
        raise SourceError(f"There is no {FILE}.", remedy="Add one, with title and authors.")
    # Loaded when the first citation is asked for: a server should not start the later for it.
    yaml = import_module("yaml")
    try:
        return read_cff(yaml.safe_load(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        # What YAML says has several lines.
        raise SourceError(
            f"{FILE} cannot be read: {' '.join(str(error).split())}.", remedy="Mend it.", where=Where(FILE)
        ) from None
