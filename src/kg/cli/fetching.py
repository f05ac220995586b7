"""``kg link fetch``: an excerpt of facts about linked entities, asked of Wikidata when somebody runs it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.linking import DAY, Bench, asking_wikidata, bar, bench
from kg.errors import SettingError, StateError
from kg.files import put, replace
from kg.linking.excerpt import PATH, excerpt, values_of
from kg.rdf import shorten
from kg.turtle import serialize

if TYPE_CHECKING:
    from kg.linking.items import Item
    from kg.wikidata.client import Wikidata


@click.command()
@click.argument("entities", nargs=-1, metavar="[ENTITY]...")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write here instead of data/excerpts/wikidata.ttl.",
)
@click.pass_context
def fetch(ctx: click.Context, entities: tuple[str, ...], output: Path | None) -> int:
    """Fetch an excerpt of what Wikidata says of linked entities into a graph of its own. This calls out.

    The rows with the use "fetch" of data/links/wikidata.profile.tsv say which facts of which class. The whole file is
    written anew, with revision and day; it is under CC0, and nothing in it is a claim of ours.

    \b
    Examples:
      kg link fetch
      kg link fetch actor:italy actor:france --output /tmp/excerpt.ttl
    """
    works = bench(ctx)
    chosen = [one for one in works.chosen(entities, None) if one in works.links]
    if not chosen:
        raise SettingError("None of these is linked to an item.", remedy="Judge links with kg link review first.")
    wikidata = asking_wikidata(works.settings, DAY)
    items, gone = _linked_items(works, wikidata, chosen)
    numbers = {number for item, properties in items for number in values_of(item, properties)}
    triples = excerpt(items, wikidata.items(numbers), works.profile)
    assert works.settings.repository is not None
    file = output or works.settings.repository / PATH
    if not output:
        file.parent.mkdir(exist_ok=True)
    _write(file, serialize(triples).encode("utf-8"))
    for one in gone:
        click.echo(f"kg: {one}", err=True)
    click.echo(f"Wrote {len(triples)} triples about {len(items)} items to {file}.")
    if not output:
        click.echo("Next: kg check; kg build")
    return 1 if gone else 0


def _write(file: Path, content: bytes) -> None:
    """Write the excerpt in one step, whether or not there is one already. Raises StateError, SourceError."""
    if file.exists() and not file.is_file():
        raise StateError(f"{file} is no regular file.", remedy="Give another --output.")
    try:
        if file.exists():
            replace(file, content, str(file))
            return
        put(file, content, 0o644)
    except OSError as error:
        raise StateError(f"{file} cannot be written ({error.strerror}).", remedy="Give another --output.") from None


def _linked_items(
    works: Bench, wikidata: Wikidata, entities: Sequence[str]
) -> tuple[list[tuple[Item, tuple[str, ...]]], list[str]]:
    """The items of entities, each with the properties wanted of it; and a sentence on each that is there no more."""
    from kg.wikidata.client import BATCH

    answered: dict[str, Item | None] = {}
    numbers = list(dict.fromkeys(works.links[one] for one in entities))
    with bar([numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)], "Asking Wikidata") as batches:
        for batch in batches:
            answered |= wikidata.items(batch)
    found, gone = [], []
    for one in entities:
        item = answered[works.links[one]]
        if item is None or item.asked_as:
            now = f"leads to {item.id} now" if item else "is there no more"
            gone.append(f"{shorten(one)}: {works.links[one]} {now}; left out. Run kg link check --online.")
        elif properties := works.profile.wanted(works.wanted[one].types):
            found.append((item, properties))
    return found, gone
