"""A query as code that asks it of the endpoint: for a shell, Python, R and JavaScript.

Whatever is in the query, the code holds exactly it: each language has its own way to write a text.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

_TABLE = ("application/sparql-results+json", "text/csv")
_GRAPH = ("text/turtle", "text/turtle")
#: Quotation marks that would end a text between three of them.
_ENDING_QUOTES = re.compile(r'"{3,}|"+\Z')
#: Characters below the space that a text may have as they are.
_PLAIN = "\n\t"


@dataclass(frozen=True)
class Call:
    """What is asked: the address of the endpoint, the query, its form, and the other parameters in their order."""

    endpoint: str
    query: str
    form: str = "SELECT"
    parameters: Sequence[tuple[str, str]] = ()

    @property
    def media_types(self) -> tuple[str, str]:
        """What to ask for where the code goes on with it, and where a person reads it."""
        return _GRAPH if self.form in ("CONSTRUCT", "DESCRIBE") else _TABLE


@dataclass(frozen=True)
class Snippet:
    """Code: the name of what it is for, the language it is in (for highlighting), the package it needs, its text."""

    name: str
    language: str
    needs: str
    text: str


def snippets(call: Call) -> tuple[Snippet, ...]:
    """The code for each language."""
    return (
        Snippet("curl", "shell", "", _curl(call)),
        Snippet("Python", "python", "SPARQLWrapper", _python(call)),
        Snippet("R", "r", "httr2", _r(call)),
        Snippet("JavaScript", "javascript", "", _javascript(call)),
    )


def _curl(call: Call) -> str:
    fields = (("query", call.query), *call.parameters)
    sent = [f"  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in fields]
    return " \\\n".join(
        [f"curl --silent --show-error {shlex.quote(call.endpoint)}", f"  --header {shlex.quote(f'Accept: {call.media_types[1]}')}", *sent]
    ) + "\n"  # fmt: skip


def _python(call: Call) -> str:
    written = "TURTLE" if call.media_types is _GRAPH else "JSON"
    set_by = {"default-graph-uri": "addDefaultGraph", "named-graph-uri": "addNamedGraph"}
    more = [
        f"client.{set_by[name]}({python_text(value)})\n" if name in set_by
        else f"client.addParameter({python_text(name)}, {python_text(value)})\n"
        for name, value in call.parameters
    ]  # fmt: skip
    ends = {
        "TURTLE": "print(answer.decode())\n",
        "JSON": 'for row in answer["results"]["bindings"]:\n'
        '    print({name: cell["value"] for name, cell in row.items()})\n',
    }
    end = 'print(answer["boolean"])\n' if call.form == "ASK" else ends[written]
    return (
        f"from SPARQLWrapper import {', '.join(sorted((written, 'POST', 'SPARQLWrapper')))}\n\n"
        f"query = {python_text(call.query)}\n\n"
        f"client = SPARQLWrapper({python_text(call.endpoint)})\n"
        "client.setMethod(POST)\nclient.setQuery(query)\n"
        f"client.setReturnFormat({written})\n" + "".join(more) + f"answer = client.query().convert()\n{end}"
    )


def _r(call: Call) -> str:
    named = (("query", "query"), *((f"`{name}`", r_text(value)) for name, value in call.parameters))
    fields = ",\n    ".join(f"{name} = {value}" for name, value in named)
    end = "cat(resp_body_string(answer))\n"
    if call.media_types is _TABLE and call.form != "ASK":
        end = "rows <- read.csv(text = resp_body_string(answer))\nprint(rows)\n"
    return (
        f"library(httr2)\n\nquery <- {r_text(call.query)}\n\n"
        f"answer <- request({r_text(call.endpoint)}) |>\n"
        f"  req_headers(Accept = {r_text(call.media_types[1])}) |>\n"
        f"  req_body_form(\n    {fields}\n  ) |>\n  req_perform()\n{end}"
    )


def _javascript(call: Call) -> str:
    sent = ["[\"query\", query]", *(f"[{javascript_text(name)}, {javascript_text(value)}]" for name, value in call.parameters)]
    ends = {
        "ASK": "const { boolean } = await response.json();\nconsole.log(boolean);\n",
        "SELECT": "const { results } = await response.json();\nfor (const row of results.bindings) console.log(row);\n",
    }
    return (
        f"const query = {javascript_text(call.query)};\n\n"
        f"const response = await fetch({javascript_text(call.endpoint)}, {{\n"
        '  method: "POST",\n'
        f"  headers: {{ Accept: {javascript_text(call.media_types[0])} }},\n"
        f"  body: new URLSearchParams([{', '.join(sent)}]),\n"
        "});\n"
        "if (!response.ok) throw new Error(await response.text());\n"
        + ends.get(call.form, "console.log(await response.text());\n")
    )


def python_text(text: str) -> str:
    """A string literal of Python (Language Reference, section 2.4.1)."""
    marks = '"""' if "\n" in text else '"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"') if marks == '"' else _in_three(text)
    written = "".join(one if _is_plain(one) else f"\\u{ord(one):04x}" for one in escaped)
    return f'"""\\\n{written}"""' if marks == '"""' else f'"{written}"'


def _in_three(text: str) -> str:
    """Text between three quotation marks, of which only those are escaped that would end it."""
    return _ENDING_QUOTES.sub(lambda match: '\\"' * len(match[0]), text.replace("\\", "\\\\"))


def r_text(text: str) -> str:
    """A string constant of R: raw where that shows it as it is (R 4.0 and later, ``?Quotes``), else with escapes."""
    if not all(map(_is_plain, text)):
        written = "".join(one if _is_plain(one) and one not in '"\\' else _r_escape(one) for one in text)
        return f'"{written}"'
    if not set('"\\\n') & set(text):
        return f'"{text}"'
    dashes = ""
    while f"){dashes}\"" in text:
        dashes += "-"
    return f'r"{dashes}({text}){dashes}"'


def _r_escape(one: str) -> str:
    return f"\\{one}" if one in '"\\' else f"\\u{ord(one):04x}"


def javascript_text(text: str) -> str:
    """A string literal of JavaScript, or a template literal if it has lines (ECMAScript, sections 12.9.4 and 12.9.6)."""
    mark = "`" if "\n" in text else '"'
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    if mark == "`":
        escaped = escaped.replace("${", "\\${")
    written = "".join(one if _is_plain(one) else f"\\u{ord(one):04x}" for one in escaped)
    return f"{mark}{written}{mark}"


def _is_plain(one: str) -> bool:
    """True if a character can stand in a text as it is: no control, no line end but the usual, no mark of direction."""
    return one in _PLAIN or (one.isprintable() or one == " ") or ord(one) > 0xFFFF
