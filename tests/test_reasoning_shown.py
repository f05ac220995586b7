"""The proofs and the contradiction that docs/reasoning.md shows are those of the repository.

If the data have changed, read the new ones; ``python tests/test_reasoning_shown.py`` writes them into the page.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from checkout import ROOT
from kg.build import build
from kg.errors import BuildError
from kg.reasoning.explaining import Explainer, read_triple
from kg.rulebook import load_rules
from kg.sources import load

PAGE = ROOT / "docs" / "reasoning.md"
SHOWN = re.compile(r"^```text\n\$ kg (?P<command>.+)\n(?P<printed>(?:.*\n)*?)```$", re.M)
EXPLAINED = [m["command"] for m in SHOWN.finditer(PAGE.read_text("utf-8")) if m["command"].startswith("explain ")]
#: What the page says was written, where something else was meant.
MISTAKE = re.compile(r"was written as `(?P<wrong>[^`]+)`, where `(?P<meant>[^`]+)` was meant")
CLAIM, FILE = "claim:004-italy-excludes-troops", "data/claims/004.ttl"


def explainer() -> Explainer:
    """What ``kg explain`` asks in this repository."""
    return Explainer(load(ROOT), load_rules(ROOT), lambda path: (ROOT / path).read_text("utf-8"))


def proof(asked: Explainer, command: str) -> str:
    """What a command ``explain …`` prints."""
    found = asked.prove(read_triple(*shlex.split(command)[1:]))
    assert found is not None, command
    return asked.tell(found, "text")


def refusal(folder: Path) -> str:
    """What ``kg build`` prints in a copy of the repository with the mistake of the page."""
    for name in ("ontology", "data", "shapes", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    mistake = MISTAKE.search(PAGE.read_text("utf-8"))
    assert mistake
    text = (folder / FILE).read_text("utf-8")
    before, block = text.split(f"\n{CLAIM}\n", 1)
    wrong, meant = (f"ckg:holder {mistake[name]} ;" for name in ("wrong", "meant"))
    assert meant in block.partition("\n\n")[0]
    (folder / FILE).write_text(f"{before}\n{CLAIM}\n{block.replace(meant, wrong, 1)}", "utf-8")
    with pytest.raises(BuildError) as caught:
        build(folder, folder / "state")
    return f"kg: {caught.value}\n"


def shown(command: str) -> str:
    """What the page prints below a command."""
    (found,) = (m["printed"] for m in SHOWN.finditer(PAGE.read_text("utf-8")) if m["command"] == command)
    return found


@pytest.fixture(scope="module")
def asked() -> Explainer:
    return explainer()


@pytest.mark.parametrize("command", EXPLAINED)
def test_the_proof_shown_is_what_is_printed(asked: Explainer, command: str) -> None:
    assert proof(asked, command) == shown(command)


def test_one_proof_of_each_kind_of_rule_that_concludes_something_is_shown(asked: Explainer) -> None:
    sources = {rule.name: rule.header["source"] for rule in load_rules(ROOT)}
    readme = re.search(r"^\$ .*kg (explain .+)$", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert readme
    rules = [re.search(r"^  by ([\w-]+): ", proof(asked, command), re.M) for command in (*EXPLAINED, readme[1])]
    kinds = {(re.search(r"table \d", sources[rule[1]]) or [sources[rule[1]]])[0] for rule in rules if rule}
    assert {"table 5", "table 7", "table 9"} < kinds and len(kinds) == 6


def test_the_contradiction_shown_is_refused_with_its_proof(tmp_path: Path) -> None:
    told = refusal(tmp_path / "copy")
    assert told == shown("build")
    assert FILE in told and "owl:disjointWith" in told and not (tmp_path / "copy" / "state" / "current").exists()


def write() -> None:
    """Write what is printed into the page."""
    asked = explainer()
    with TemporaryDirectory() as folder:
        refused = refusal(Path(folder) / "copy")
    PAGE.write_text(
        SHOWN.sub(
            lambda m: f"```text\n$ kg {m['command']}\n"
            f"{proof(asked, m['command']) if m['command'].startswith('explain ') else refused}```",
            PAGE.read_text("utf-8"),
        ),
        "utf-8",
    )


if __name__ == "__main__":
    write()
