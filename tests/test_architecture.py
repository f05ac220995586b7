"""The house rules that a reader relies on: the direction of imports, small modules, no secrets about the machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkout import ROOT, repository_files

PACKAGE = ROOT / "src" / "kg"

#: Layer of each module or subpackage of ``kg``: it imports from lower layers, or from its own without a cycle.
LAYERS: dict[int, set[str]] = {
    0: {"", "errors", "services", "settings", "rdf", "terms"},
    1: {"model"},
    2: {"binding", "blocks", "browsing", "catalogue", "chronicle", "diffing", "drafting", "edits", "fairuse", "gate", "linking", "parsing", "passages", "querytext",
        "pages", "reading", "reasoning", "report", "sparql", "turtle"},
    3: {"build", "cff", "child", "conformance", "engine", "files", "forms", "gallery", "journal", "judging", "proposals", "remote", "revisions",
        "rulebook", "snapshots", "sources", "storing", "texts", "wikidata", "workers"},
    4: {"__main__", "cli", "web"},
}
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names}

#: What a pure module may not touch: disk, network, processes, the web framework.
IMPURE = {
    "asyncio", "flask", "glob", "http", "multiprocessing", "os", "pathlib", "requests", "shutil", "signal",
    "socket", "subprocess", "SPARQLWrapper", "sys", "tempfile", "threading", "urllib", "waitress", "werkzeug",
}
PURE_PARTS = {"urllib.parse"}

MODULE_LINES = 300
FUNCTION_LINES = 40
COLUMNS = 120
#: The parts whose lines have at most so many columns.
NARROW = {"drafting", "gate", "judging", "reasoning", "report"}


@dataclass(frozen=True)
class Module:
    """A module of the package, parsed."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def part(self) -> str:
        """The module or subpackage right below ``kg`` that it belongs to; empty for ``kg`` itself."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def layer(self) -> int | None:
        """Its layer, or None if nobody has given it one."""
        return LAYER_OF.get(self.part)


def load(path: Path) -> Module:
    """Parse one file of the package."""
    parts = ("kg", *path.relative_to(PACKAGE).with_suffix("").parts)
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name, path, ast.parse(text), len(text.splitlines()))


MODULES = [load(path) for path in sorted(PACKAGE.rglob("*.py"))]
NAMES = {module.name for module in MODULES}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
each_module = pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])


def imported(module: Module, node: ast.AST) -> Iterator[str]:
    """Full names that an import statement brings in: ``from kg import x`` gives ``kg.x`` if that is a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module.path}:{node.lineno}: import by full name, not by dots"
        for alias in node.names:
            yield f"{node.module}.{alias.name}"


def project_imports(module: Module) -> Iterator[tuple[str, int]]:
    """The modules of the package that a module imports, with the line."""
    for node in ast.walk(module.tree):
        for name in imported(module, node):
            if name.split(".")[0] == "kg":
                yield (name if name in NAMES else name.rpartition(".")[0]), node.lineno


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, nested ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS))


def public_functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods that others may call: top-level or in a public class, without a leading underscore."""
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    for node in [*module.tree.body, *(member for owner in classes for member in owner.body)]:
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
            yield node


def test_there_is_something_to_hold() -> None:
    assert {"kg", "kg.errors", "kg.rdf", "kg.model"} <= NAMES


@each_module
def test_a_module_has_a_layer_and_imports_downwards(module: Module) -> None:
    assert module.layer is not None, f"{module.name} has no place in LAYERS: give it one"
    for name, line in project_imports(module):
        part = name.split(".")[1] if "." in name else ""
        assert LAYER_OF.get(part, 99) <= module.layer, f"{module.path}:{line}: {module.name} imports {name} from above"


def test_no_import_cycles() -> None:
    below = {module.name: {name for name, _ in project_imports(module)} for module in MODULES}
    clear: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " imports ".join((*trail[trail.index(name):], name))
        if name not in clear:
            for other in sorted(below.get(name, ())):
                visit(other, (*trail, name))
            clear.add(name)

    for name in sorted(below):
        visit(name, ())


@each_module
def test_imports_stand_at_the_top(module: Module) -> None:
    if module.part == "cli":
        return  # The one place that loads late, so that `kg --help` answers at once.
    hidden = [
        f"{module.path}:{node.lineno}"
        for function in functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, f"imports hidden in functions: {hidden}"


@each_module
def test_modules_and_functions_are_small(module: Module) -> None:
    assert module.lines < MODULE_LINES, f"{module.path} has {module.lines} lines"
    for function in functions(module):
        lines = function.end_lineno - function.lineno + 1
        assert lines < FUNCTION_LINES, f"{module.path}:{function.lineno}: {function.name} has {lines} lines"


@each_module
def test_lines_fit_a_page(module: Module) -> None:
    if module.part not in NARROW:
        return
    long = [number for number, line in enumerate(module.path.read_text("utf-8").splitlines(), 1) if len(line) > COLUMNS]
    assert not long, f"{module.path} has lines of more than {COLUMNS} columns: {long}"


@each_module
def test_pure_modules_touch_nothing(module: Module) -> None:
    if module.layer not in (1, 2):
        return
    for node in ast.walk(module.tree):
        for name in imported(module, node):
            pure = any(name == part or name.startswith(part + ".") for part in PURE_PARTS)
            assert pure or name.split(".")[0] not in IMPURE, f"{module.path}:{node.lineno}: a pure module imports {name}"
        opens = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
        assert not opens, f"{module.path}:{node.lineno}: a pure module opens a file"


@each_module
def test_public_functions_are_typed_and_documented(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.path} has no docstring"
    for function in public_functions(module):
        place = f"{module.path}:{function.lineno}: {function.name}"
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        untyped = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
        assert ast.get_docstring(function), f"{place} has no docstring"
        assert function.returns is not None, f"{place} does not say what it returns"
        assert not untyped, f"{place} has arguments without a type: {untyped}"


@each_module
def test_the_programme_knows_nothing_of_the_domain(module: Module) -> None:
    names = re.compile(r"\b(ukrain\w*|russia\w*|nato|kremlin|putin|zelensky\w*|macron|meloni)\b", re.IGNORECASE)
    found = names.search(module.path.read_text(encoding="utf-8"))
    assert found is None, f"{module.path} speaks of {found.group()}: that belongs in ontology, data or queries"


# Spelt in pieces, so that this file passes its own test.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("repo", "maven", "apache", "org"), ("repo1", "maven", "org"),
        ("npmjs", "org"), ("crates", "io"), ("proxy", "golang", "org"), ("deb", "debian", "org"),
    )
]
MACHINE_PATH = re.compile(r"(?<![\w./:~$}>-])/(?:home|root|work|Users|opt|usr/local)/[\w.-]+|[A-Z]:\\Users\\")


def readable(path: Path) -> str:
    """The text of a file; empty if it is not one."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in repository_files():
        for number, line in enumerate(readable(path).splitlines(), start=1):
            if MACHINE_PATH.search(line) or any(host in line for host in REGISTRIES):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_a_machine_path"),
    [
        ("open('" + "/home" + "/ada/kg')", True),
        ("cd " + "/root" + "/kg", True),
        ("C:" + "\\Users\\ada", True),
        ("https://example.org/home/page", False),
        ("$HOME/work/kg", False),
        ("../work/kg", False),
    ],
)
def test_machine_paths_are_told_from_addresses(text: str, is_a_machine_path: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is is_a_machine_path
