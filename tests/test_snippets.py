"""Code made of a query: whatever the query, the code of each language holds exactly it."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kg.sparql.snippets import Call, javascript_text, python_text, r_text, snippets

ENDPOINT = "http://127.0.0.1:8000/sparql"
#: What a request can bring: any text of UTF-8 but NUL, which no argument of a process can have.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)
#: Texts that are near to what ends a literal in one of the languages.
NASTY = st.lists(
    st.sampled_from(['"""', '"', "'", "\\", "`", "${x}", ')"', ')-"', "\n", "\r\n", "\u2028", "\\u0041", "%", "$(id)", "!"]),
    max_size=8,
).map("".join)
QUERIES = st.one_of(TEXTS, NASTY)
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def code(query: str, form: str = "SELECT", *parameters: tuple[str, str]) -> dict[str, str]:
    return {one.language: one.text for one in snippets(Call(ENDPOINT, query, form, parameters))}


@given(QUERIES, st.sampled_from(FORMS))
@example('ASK { ?s ?p """a\\"b""" }\n', "ASK")
def test_the_python_holds_the_query(query: str, form: str) -> None:
    tree = ast.parse(code(query, form, ("as-of", query))["python"])
    compile(tree, "snippet", "exec")
    [value] = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "query"]
    assert ast.literal_eval(value) == query
    calls = [node.value for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    [given_day] = [call for call in calls if getattr(call.func, "attr", "") == "addParameter"]
    assert [ast.literal_eval(argument) for argument in given_day.args] == ["as-of", query]


@given(QUERIES, st.sampled_from(FORMS))
def test_a_shell_gives_curl_the_query(query: str, form: str) -> None:
    words = shlex.split(code(query, form, ("as-of", query))["shell"].replace("\\\n  --", "  --"))
    sent = [words[place + 1] for place, word in enumerate(words) if word == "--data-urlencode"]
    assert sent == [f"query={query}", f"as-of={query}"] and words[0] == "curl" and ENDPOINT in words


def test_a_real_shell_reads_the_same() -> None:
    query = "SELECT ?x {\n ?x ?y 'it''s $HOME `id` \\ !x \"é\"' }\r\n# end"
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + code(query)["shell"]
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert f"query={query}" in done.stdout.decode("utf-8").split("\0")


@settings(max_examples=1, deadline=None)
@given(st.lists(QUERIES, min_size=40, max_size=40))
def test_javascript_holds_the_query(queries: list[str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node: install Node.js")
    nasty = ["`${1}` \\\n", "\r\n\r`", '"\\u0041"', "\u2028\u2029", *queries]
    script = "".join(
        "{" + code(one, FORMS[place % 4])["javascript"].partition("\n\nconst response")[0] + "\nout.push(query);}\n"
        for place, one in enumerate(nasty)
    )
    written = f"const out = [];\n{script}process.stdout.write(JSON.stringify(out));"
    done = subprocess.run([node, "--input-type=module", "-"], input=written.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout) == nasty


def test_the_javascript_is_a_module_that_node_takes() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node: install Node.js")
    for form in FORMS:
        text = code("ASK {}\n", form, ("named-graph-uri", "http://example.org/`"))["javascript"]
        done = subprocess.run(
            [node, "--check", "--input-type=module", "-"], input=text.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()


def read_r(constant: str) -> str:
    """The text that a string constant of R stands for, by the rules of ``?Quotes``."""
    raw = re.fullmatch(r'r"(-*)\((.*)\)\1"', constant, re.DOTALL)
    if raw:
        # The first such ending ends it.
        assert f"){raw[1]}\"" not in raw[2]
        return raw[2]
    plain = re.fullmatch(r'"((?:[^"\\]|\\["\\]|\\u[0-9a-f]{4})*)"', constant, re.DOTALL)
    assert plain, constant
    return re.sub(r'\\(?:u([0-9a-f]{4})|(["\\]))', lambda m: chr(int(m[1], 16)) if m[1] else m[2], plain[1])


@given(QUERIES)
@example(')"')
@example('")-"\n')
def test_r_holds_the_query(query: str) -> None:
    assert read_r(r_text(query)) == query
    text = code(query)["r"]
    assert f"query <- {r_text(query)}\n" in text and "req_body_form(\n    query = query\n" in text


def test_code_is_laid_out_as_a_person_would() -> None:
    query = 'SELECT ?s WHERE {\n  ?s ?p "x"\n}\n'
    assert python_text(query) == '"""\\\nSELECT ?s WHERE {\n  ?s ?p "x"\n}\n"""'
    assert javascript_text(query) == f"`{query}`" and r_text(query) == f'r"({query})"'
    assert python_text("ASK {}") == javascript_text("ASK {}") == r_text("ASK {}") == '"ASK {}"'


def test_what_is_asked_for_fits_the_form_of_the_query() -> None:
    assert "text/csv" in code("x")["shell"] and "text/turtle" in code("x", "CONSTRUCT")["shell"]
    assert "TURTLE" in code("x", "DESCRIBE")["python"] and '["boolean"]' in code("x", "ASK")["python"]
    # What ASK is answered with has no columns.
    assert "read.csv" in code("x")["r"] and "read.csv" not in code("x", "ASK")["r"]
    assert "addNamedGraph" in code("x", "SELECT", ("named-graph-uri", "http://example.org/g"))["python"]
