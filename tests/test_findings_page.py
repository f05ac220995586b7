"""``docs/findings.md`` and ``docs/findings/`` say what the shapes and the programme say: they are written anew here and
compared.

``python tests/test_findings_page.py`` writes them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import groupby

import pytest
from checkout import ROOT

from kg.gate.shapes import ShapesGraph
from kg.parsing import parse_turtle
from kg.report.codes import CODES, Code, anchor, find, group
from kg.report.rules import Rule, of_shapes

PAGE = ROOT / "docs" / "findings.md"
#: A page for each group of rules.
FOLDER = ROOT / "docs" / "findings"
CASES = ROOT / "tests" / "cases" / "shapes"
EXPECTS = re.compile(r"^#\s*expects:\s*(.*)$", re.M)

HEAD = """\
# What a finding says

Each finding of `kg check` names the rule that it comes from. This page lists all rules: those of the programme itself,
and those that are shapes; each leads to the page of its group, with what it asks and an example. These pages are written
from the shapes, their cases and the list of codes in the programme by `python tests/test_findings_page.py`; do not edit
them.

A violation blocks, a warning asks for a second look, a note informs. What is in braces in a message stands for what was
found. The examples leave out the prefixes.
"""
SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Note"}


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that are shapes."""
    files = sorted((ROOT / "shapes").glob("*.ttl"))
    return of_shapes(ShapesGraph(triple for file in files for triple in parse_turtle(file.read_bytes(), file.name)))


@cache
def cases() -> tuple[tuple[str, str, frozenset[str], str], ...]:
    """Of each case its shape, its name, the codes it expects and what it states; the shortest first."""
    found = []
    for path in sorted(CASES.glob("*/*.ttl")):
        text = path.read_text("utf-8")
        codes = frozenset(code for named in EXPECTS.findall(text) for code in re.split(r"[,\s]+", named) if code)
        lines = [line for line in text.splitlines() if not line.startswith(("PREFIX ", "#"))]
        found.append((path.parent.name, path.name, codes, "\n".join(lines).strip("\n") + "\n"))
    return tuple(sorted(found, key=lambda case: (len(case[3].splitlines()), case)))


def invalid(code: str) -> str:
    """The shortest case that a code is expected of, if possible of this alone."""
    found = [case for case in cases() if code in case[2]]
    return min(found, key=lambda case: len(case[2]))[3]


def valid(owner: str) -> str:
    """The shortest valid case of a shape."""
    return next(case[3] for case in cases() if case[0] == owner and case[1].startswith("valid-"))


def of_code(code: Code) -> Iterator[str]:
    """What the page says of a rule of the programme."""
    yield f"## {code.name.strip('-')}\n"
    shown = f"`{code.name}…`, {code.severity}" if code.name.endswith("-") else SEVERITIES[code.severity]
    yield f"{shown[0].upper() if shown[0] != '`' else '`'}{shown[1:]}. {code.title['en']}. {code.text['en']}\n"
    yield f"*{code.title['it']}.* {code.text['it']}\n"


def of_rule(rule: Rule) -> Iterator[str]:
    """What the page says of a rule that is a shape."""
    judged = f"{rule.targets['en']}: `{rule.path}`" if rule.path else rule.targets["en"]
    yield f"## {rule.code}\n"
    yield f"{SEVERITIES[rule.severity]}. Judged is {judged}, by {', '.join(f'`{one}`' for one in rule.asks)}.\n"
    for language in ("en", "it"):
        text = rule.messages[language]
        yield f"- {language}: {text}\n" if language == "it" else f"- {language}: {text}"
    yield f"Found wrong:\n\n```turtle\n{invalid(rule.code)}```\n"


def listed(code: str, says: str) -> str:
    """The line of a rule in the list, where the address in a finding leads."""
    return f'- <a id="{anchor(code)}"></a>[{code.strip("-")}](findings/{group(code)}.md#{anchor(code)}): {says}'


def written() -> dict[str, str]:
    """The pages by path below ``docs/``: the list, and a page for each group."""
    titles = [(group(code.name), listed(code.name, f"{code.title['en']}.")) for code in CODES]
    messages = [(group(rule.code), listed(rule.code, rule.messages["en"])) for rule in rules()]
    lines = [HEAD]
    for heading, found in (("## Rules of the programme\n", titles), ("## Rules that are shapes\n", messages)):
        lines.append(heading)
        for name, some in groupby(sorted(found), lambda one: one[0]):
            lines += [f"### {name}\n", *(line for _, line in some), ""]
    pages = {"findings.md": "\n".join(lines)}
    for name, some in groupby(CODES, lambda code: group(code.name)):
        pages[f"findings/{name}.md"] = "\n".join([_head(name), *(part for code in some for part in of_code(code))])
    for name, of_shape in groupby(sorted(rules(), key=lambda rule: rule.code), lambda rule: group(rule.code)):
        conforms = f"Conforms:\n\n```turtle\n{valid(name)}```\n"
        pages[f"findings/{name}.md"] = "\n".join([_head(name), conforms, *(part for rule in of_shape for part in of_rule(rule))])
    return pages


def _head(name: str) -> str:
    return f"# Rules of {name}\n\n[All rules](../findings.md)\n"


def test_the_pages_are_up_to_date() -> None:
    pages = written()
    found = {str(path.relative_to(PAGE.parent)): path.read_text("utf-8") for path in (PAGE, *FOLDER.iterdir())}
    assert found == pages, "run: .venv/bin/python tests/test_findings_page.py"


def test_every_rule_has_a_line_where_findings_link_to_that_leads_to_its_heading() -> None:
    pages = written()
    codes = [*(rule.code for rule in rules()), *(code.name for code in CODES)]
    ids = re.findall(r'<a id="([^"]+)">', pages["findings.md"])
    assert sorted(ids) == sorted(map(anchor, codes)) and len(ids) == len(set(ids))
    led = re.findall(r"\]\((findings/[^)#]+)#([^)]+)\)", pages["findings.md"])
    assert len(led) == len(codes) and {path for path, _ in led} | {"findings.md"} == set(pages)
    for path, fragment in led:
        headings = re.findall(r"^#+ (.+)$", pages[path], re.M)
        assert fragment in [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings], path


# Every code that the programme can emit is in the list, and every code in the list can be emitted.

FAMILIES = {code.name.partition("-")[0] for code in CODES}
_CODE = re.compile(rf"({'|'.join(sorted(FAMILIES | {'Syntax', 'Style', 'Lexical', 'Duplicate', 'Provenance'}))})-\S*")


def texts(tree: ast.AST) -> Iterator[str]:
    """The strings of a module, of f-strings the part before the first value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            first = node.values[0] if node.values else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and len(node.values) > 1:
                yield first.value + "…"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def emitted() -> Iterator[tuple[str, str]]:
    """Codes in the source, with the module; what ends with an ellipsis is the beginning of a code."""
    for path in sorted((ROOT / "src" / "kg").rglob("*.py")):
        if path.name == "codes.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for text in texts(tree):
            if _CODE.fullmatch(text):
                yield text, path.name


def test_every_code_in_the_source_is_in_the_list() -> None:
    unknown = [
        (code, module) for code, module in emitted()
        if find(code) is None and not any(one.name.startswith(code.removesuffix("…")) for one in CODES)
    ]
    assert not unknown, f"src/kg/report/codes.py does not have {unknown}"


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_a_code_of_the_list_says_what_it_is_in_both_languages(code: Code) -> None:
    assert code.severity in SEVERITIES
    for texts in (code.title, code.text):
        assert set(texts) == {"en", "it"} and all(texts.values())
    assert not code.title["en"].endswith(".") and code.text["en"].endswith(".") and code.text["it"].endswith(".")
    assert find(code.name) is code


def test_codes_are_sorted_and_stand_once() -> None:
    names = [code.name for code in CODES]
    assert names == sorted(set(names))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for at, text in written().items():
        (PAGE.parent / at).write_text(text, "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(CODES)} codes, {len(rules())} shapes\n")
