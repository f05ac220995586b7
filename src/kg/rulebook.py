"""The rules of the repository, read from ``rules/``: one file each, in folders by where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.errors import SettingError, SourceError, Where
from kg.reasoning.rules import Rule
from kg.reasoning.ruletext import read_rules
from kg.sources import PACKAGED

FOLDER = "rules"
#: Where the rules of the programme itself lie, in a checkout and in an installed package.
_OWN = (Path(__file__).parents[2] / FOLDER, PACKAGED / FOLDER)


def load_rules(root: Path | None = None) -> tuple[Rule, ...]:
    """The rules of a repository, sorted by file; those that come with the programme if it has none of its own.

    Raises SourceError with file, line and column if one cannot be read, SettingError if there are none anywhere.
    """
    return read_rules(rule_texts(root))


def rules_among(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules among the texts of a snapshot, given by path. Raises SourceError as ``load_rules`` does."""
    return read_rules({path: texts[path] for path in texts if path.startswith(f"{FOLDER}/")})


def rule_texts(root: Path | None = None) -> Mapping[str, str]:
    """The text of each file of rules by its path, of the same rules, with the same errors but those of reading them."""
    places = [*([root / FOLDER] if root else []), *_OWN]
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        raise SettingError("There are no rules.", remedy=f"Add the folder {FOLDER}/, or choose --reasoner owlrl.")
    return {f"{FOLDER}/{path.relative_to(folder).as_posix()}": _text(path) for path in sorted(folder.rglob("*.rq"))}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"The rule cannot be read ({error}).", where=Where(path.name)) from None
