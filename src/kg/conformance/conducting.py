"""A whole run: tests against a server that is there, or against one started for them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kg.conformance.register import Excepted, Outcome
from kg.conformance.running import ENDPOINT, run
from kg.conformance.scratch import quads_of, write_snapshot
from kg.conformance.serving import Broken, Client, serving
from kg.conformance.suites import Case
from kg.errors import SettingError

Tell = Callable[[str], None]


@contextmanager
def connected(root: Path, cases: Sequence[Case], repository: Path, url: str | None = None) -> Iterator[Client]:
    """A client of the server at an address, or of one over the data of the tests, ended afterwards.

    Raises SettingError if there is no server at the address, SnapshotError if one cannot be started.
    """
    if url is not None:
        client = Client(url)
        try:
            client.send("OPTIONS", ENDPOINT, {})
            yield client
        except Broken as error:
            remedy = "Start the server, or leave out --url."
            raise SettingError(f"{url} does not answer ({error}).", remedy=remedy) from None
        finally:
            client.close()
        return
    with tempfile.TemporaryDirectory(prefix="kg-conformance-") as folder:
        state = write_snapshot(Path(folder) / "state", quads_of(root, cases))
        with serving(state, repository) as address:
            client = Client(address)
            try:
                yield client
            finally:
                client.close()


def conduct(
    cases: Sequence[Case],
    client: Client,
    root: Path,
    register: Mapping[str, Excepted],
    tell: Tell = lambda message: None,
) -> list[Outcome]:
    """Run the tests one after the other; ``tell`` is told which suite begins."""
    outcomes = []
    suite = ""
    for case in cases:
        if case.suite != suite:
            suite = case.suite
            tell(f"Running {suite}")
        outcomes.append(_outcome(case, client, root, register.get(case.iri)))
    return outcomes


def _outcome(case: Case, client: Client, root: Path, excepted: Excepted | None) -> Outcome:
    try:
        return Outcome(case, "" if case.outside else run(case, client, root), excepted)
    except Broken as error:
        # No exception excuses a server that breaks.
        return Outcome(case, f"the server failed: {error}")
