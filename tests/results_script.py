"""Runs pure parts of the scripts of the pages in Node.js, for tests that compare them with what reads the same here."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from checkout import ROOT

SOURCES = ROOT / "frontend" / "src" / "results"


def run(module: str, body: str, given: object) -> Any:
    """What ``body`` returns, in which ``its`` is a module of the scripts and ``given`` what is given to it as JSON."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node: install Node.js")
    source = (SOURCES / module).as_uri()
    script = (
        f"import * as its from {json.dumps(source)};\n"
        "let text = '';\nfor await (const piece of process.stdin.setEncoding('utf8')) text += piece;\n"
        f"const given = JSON.parse(text);\nconst found = (() => {{ {body} }})();\n"
        "process.stdout.write(JSON.stringify(found));\n"
    )
    command = [node, "--input-type=module", "--eval", script]
    done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
