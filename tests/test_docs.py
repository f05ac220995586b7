"""The documentation says what is true: commands exist and run, settings and options are named, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from checkout import ROOT, repository_files

from kg.cli import kg as GROUP
from kg.cli.query import write
from kg.engine import Engine
from kg.errors import SourceError
from kg.model import Query
from kg.rdf import PREFIXES
from kg.settings import SETTINGS
from kg.sources import read_source
from kg.sparql.gallery import parse
from kg.sparql.guard import Limits, inspect

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS_PAGE = ROOT / "docs" / "cli.md"
SETTINGS_PAGE = ROOT / "docs" / "settings.md"
GUIDE = ROOT / "docs" / "ontology.md"
#: A worked query of the guide and the answer printed below it.
WORKED = re.compile(r"^```sparql\n(?P<query>.*?)^```\n\n```text\n(?P<answer>.*?)^```$", re.M | re.S)
PAGES = [path for path in repository_files() if path.suffix == ".md"]
each_page = pytest.mark.parametrize("page", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of a page in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def shell_lines(text: str) -> list[str]:
    """The commands of a page's shell blocks: one a line, or several lines joined by backslash or an open quote."""
    commands = []
    for block in blocks(text, "sh"):
        pending = ""
        for line in block.splitlines():
            pending = f"{pending}\n{line}" if pending else line
            if pending.strip() and not pending.endswith("\\") and pending.count("'") % 2 == 0:
                commands.append(pending.replace("\\\n", ""))
                pending = ""
        assert not pending.strip(), f"a command that never ends: {pending}"
    return commands


SHELL = [(path, command) for path in PAGES for command in shell_lines(path.read_text("utf-8"))]


def cli_commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group with its path, groups included."""
    if not isinstance(group, click.Group):
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        yield from cli_commands(command, (*path, name))


def section(path: tuple[str, ...]) -> str:
    """What docs/cli.md says under the heading of a command; empty if it has none."""
    page = COMMANDS_PAGE.read_text("utf-8")
    found = re.search(rf"^## `kg {' '.join(path)}`\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    return found.group(1) if found else ""


def test_the_readme_opens_with_the_two_commands() -> None:
    first = shlex.split(blocks(README, "sh")[0], comments=True)
    assert README.index("```sh") < 40
    assert first == ["make", "serve", "make", "test"]


@pytest.mark.parametrize(("path", "command"), list(cli_commands(GROUP)), ids=lambda value: str(value)[:40])
def test_every_command_and_option_is_documented(path: tuple[str, ...], command: click.Command) -> None:
    text = section(path)
    assert text.strip(), f"docs/cli.md has no section on kg {' '.join(path)}"
    assert command.help, f"kg {' '.join(path)} has no help text"
    options = [max(p.opts, key=len) for p in command.params if isinstance(p, click.Option) and not p.hidden]
    missing = [option for option in options if f"`{option}" not in text and option != "--help"]
    assert not missing, f"docs/cli.md, kg {' '.join(path)}: {missing}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    documented = re.findall(r"^## `kg ([^`]+)`$", COMMANDS_PAGE.read_text("utf-8"), re.M)
    existing = {" ".join(path) for path, _ in cli_commands(GROUP)}
    assert set(documented) <= existing
    assert len(documented) == len(set(documented))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting: object) -> None:
    row = re.search(rf"^\| `{setting.variable}` \|.*$", SETTINGS_PAGE.read_text("utf-8"), re.M)
    assert row, f"docs/settings.md has no row on {setting.variable}"
    expected = "| none |" if setting.default in ((), "") else f"`{setting.default}`"
    assert setting.default is None or expected in row.group()


#: What is read where things are installed and tested, and by no command.
ELSEWHERE = {"KG_CHROMIUM", "KG_FRONTEND", "KG_SSSOM", "KG_TEXTS", "KG_W3C_TESTS"}


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `(KG_\w+)` \|", SETTINGS_PAGE.read_text("utf-8"), re.M))
    assert documented == {setting.variable for setting in SETTINGS} | ELSEWHERE


def test_variables_named_in_the_pages_exist() -> None:
    known = {setting.variable for setting in SETTINGS} | {"KG_SETTINGS", *ELSEWHERE}
    for page in PAGES:
        unknown = set(re.findall(r"\bKG_[A-Z_0-9]*[A-Z0-9]\b", page.read_text("utf-8"))) - known
        assert not unknown, f"{page.relative_to(ROOT)}: {unknown}"


@pytest.mark.parametrize(("page", "command"), SHELL, ids=[command.split("\n")[0][:50] for _, command in SHELL])
def test_commands_shown_are_commands_that_exist(page: Path, command: str) -> None:
    words = shlex.split(command, comments=True)
    while re.match(r"KG_\w+=", words[0]):
        del words[0]
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
        assert [word for word in words[1:] if "=" not in word and word not in targets] == []
    elif words[0] in ("kg", ".venv/bin/kg"):
        assert_kg_accepts(words[1:])
    else:
        # curl is run as it stands in a test below; pip install by the tests of the wheel.
        assert words[0] in ("curl", "pip", "git", "cd", "export"), f"{page}: no test knows how to try {command!r}"


def assert_kg_accepts(words: list[str]) -> None:
    """Fail unless the words parse as a command of ``kg``; names in capitals stand for whatever the reader has."""
    command: click.Command = GROUP
    context = click.Context(GROUP, info_name="kg")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"kg has no command {words[0]}"
        command, words = found, words[1:]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {"--help", "--version"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    assert not unknown, f"kg {command.name} has no option {unknown}"
    named = [word for word in words if re.fullmatch(r"[\w.-]+(/[\w.-]+)*\.(rq|ttl)", word)]
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{page.relative_to(ROOT)} links to {target}, which does not exist"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.M)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.relative_to(ROOT)} links to {target}, but there is no such heading"


@pytest.mark.server
@pytest.mark.parametrize("command", [c for _, c in SHELL if c.startswith("curl")], ids=lambda command: command[:50])
def test_requests_shown_are_answered(command: str, live_server: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed: the requests shown in the README are run with it")
    words = shlex.split(command.replace("http://127.0.0.1:8000", live_server))
    done = subprocess.run([*words, "--silent", "--show-error", "--fail"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1, f"no rows: {done.stdout!r}"


@pytest.mark.server
def test_the_python_client_shown_prints_rows(live_server: str) -> None:
    (program,) = blocks(README, "python")
    program = program.replace("http://127.0.0.1:8000", live_server)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "the client printed no row"


def answer_to(query: str, engine: Engine) -> str:
    """What ``kg query`` prints for a query of the guide, whose header may give the day."""
    inspect(query, Limits())
    asked = parse("guide", query)
    return write(engine.query(Query(asked.text, bindings={"asOf": asked.as_of} if asked.as_of else {})), "table").decode()


@pytest.mark.parametrize("worked", [m.groupdict() for m in WORKED.finditer(GUIDE.read_text("utf-8"))])
def test_worked_queries_print_what_the_guide_shows(worked: dict[str, str], real_graph: Engine) -> None:
    """If the data have changed, read the new answers, then ``python tests/test_docs.py`` writes them into the guide."""
    assert answer_to(worked["query"], real_graph) == worked["answer"]
    assert not worked["answer"].endswith("\n0 rows\n")


def test_every_query_of_the_guide_has_its_answer() -> None:
    text = GUIDE.read_text("utf-8")
    assert len(WORKED.findall(text)) == len(blocks(text, "sparql")) >= 6


def test_the_guide_has_every_kind_with_those_below_it(real_graph: Engine) -> None:
    rows = re.findall(r"^\| `ckg:(\w+)` \| ((?:`ckg:\w+`(?:, )?)+) \|$", GUIDE.read_text("utf-8"), re.M)
    shown = {(below, above) for above, kinds in rows for below in re.findall(r"\w+(?=`)", kinds)}
    stated = real_graph.query(
        Query(
            f"""SELECT ?below ?above {{ GRAPH ?module {{ ?below <{PREFIXES["rdfs"]}subClassOf> ?above }}
            FILTER(STRSTARTS(STR(?module), "{PREFIXES["graph"]}ontology/") && STRSTARTS(STR(?above), "{PREFIXES["ckg"]}")) }}"""
        )
    )
    assert shown == {tuple(term.value.removeprefix(PREFIXES["ckg"]) for term in row) for row in stated}


def test_the_guide_has_every_prefix() -> None:
    rows = re.findall(r"^\| `(\w+):` \| `([^`]+)` \|", GUIDE.read_text("utf-8"), re.M)
    assert dict(rows) == PREFIXES and len(rows) == len(PREFIXES)


def test_the_proof_in_the_readme_is_what_kg_explain_prints(run_kg: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    (shown,) = (block for block in blocks(README, "text") if " explain " in block)
    command, proof = shown.rstrip("\n").split("\n", 1)
    done = run_kg(*shlex.split(command)[2:], cwd=ROOT)
    assert (done.returncode, done.stdout.rstrip("\n")) == (0, proof)


def test_the_passage_shown_in_the_readme_is_that_of_the_graph(real_graph: Engine) -> None:
    (picture,) = (block for block in blocks(README, "text") if block.startswith("claim:"))
    prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
    nodes = [picture.partition("\n")[0]]
    for line in picture.splitlines()[1:]:
        depth = (len(line) - len(line.lstrip())) // 4
        predicate, value = line.split()
        subject, nodes = nodes[depth - 1], [*nodes[:depth], value]
        written = value if ":" in value or len(value) < 10 else f'"{value}"'
        assert real_graph.query(Query(f"{prefixes}ASK {{ {subject} {predicate} {written} }}")), line


def test_the_mistake_shown_in_the_readme_is_reported_so(tmp_path: Path) -> None:
    path, number, column, words = re.search(r"^kg: ([\w./]+):(\d+):(\d+): (.+) …$", README, re.M).groups()
    lines = (ROOT / path).read_text("utf-8").split("\n")
    before = int(number) - 1
    assert lines[before].endswith(" ;")
    lines[before] = lines[before].removesuffix(" ;")
    (tmp_path / "broken.ttl").write_text("\n".join(lines), "utf-8")
    with pytest.raises(SourceError) as caught:
        read_source(tmp_path / "broken.ttl", path)
    assert f"{path}:{number}:{column}: {words}" in str(caught.value)


def test_the_commands_of_make_help_are_its_targets() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.M)
    assert phony is not None
    documented = set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))
    assert documented == set(phony.group(1).split())


def write_answers(state: Path) -> None:
    """Write the answers of the guide's queries anew, from the snapshot in ``state``."""
    engine = Engine.open(state)

    def answered(worked: re.Match[str]) -> str:
        return f"```sparql\n{worked['query']}```\n\n```text\n{answer_to(worked['query'], engine)}```"

    GUIDE.write_text(WORKED.sub(answered, GUIDE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write_answers(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".kg")
