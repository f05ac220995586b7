"""Snapshots written by hand and real server processes over them, for the tests of the endpoint and the pages."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from checkout import ROOT

from kg.rdf import BASE, GRAPH, ID, PREFIXES

#: Seconds for a process to start or to end: a bound against hanging, not a measure of speed.
PATIENCE = 60.0
DIGEST = "0" * 64
MARKUP = "<script>alert('x')</script> & \"quoted\""

TRIG = (
    "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    + f"""
{{
  ckg:Claim a owl:Class ; rdfs:label "claim"@en , "asserzione"@it .
  ckg:State a owl:Class ; rdfs:label "state"@en , "stato"@it .
  ckg:holder a owl:ObjectProperty ; rdfs:label "holder"@en , "titolare"@it .
  actor:freedonia a ckg:State ; rdfs:label "Freedonia"@en , "Libertonia"@it .
  actor:markup a ckg:State ; rdfs:label {json.dumps(MARKUP)}@en ;
      rdfs:seeAlso <javascript:alert%281%29> , <https://example.org/elsewhere> .
  claim:one a ckg:Claim ; ckg:holder actor:freedonia ; ckg:stance stance:supports ; ckg:time date:jan ;
      ckg:summary "Freedonia is for it."@en , "Libertonia è a favore."@it ; ckg:evidence evidence:one .
  stance:supports a skos:Concept ; skos:prefLabel "supports"@en , "favorevole"@it .
  date:jan ckg:edtf "2026-01"^^edtf:EDTF .
  evidence:one ckg:source doc:gazette ; ckg:paragraph 4 .
  doc:gazette dcterms:title "The Gazette"@en .
}}
graph:ontology\\/kg {{
  <{BASE}ontology> a owl:Ontology ; rdfs:label "the ontology"@en .
  ckg:Claim a owl:Class ; rdfs:label "claim"@en , "asserzione"@it .
  ckg:State a owl:Class ; rdfs:label "state"@en , "stato"@it .
  ckg:holder a owl:ObjectProperty ; rdfs:label "holder"@en , "titolare"@it .
}}
graph:shapes\\/StateShape {{ ckgsh:StateShape a sh:NodeShape ; sh:targetClass ckg:State . }}
graph:data\\/actors\\/states {{ actor:freedonia a ckg:State ; rdfs:label "Freedonia"@en , "Libertonia"@it . }}
"""
)

assert GRAPH == BASE + "graph/" and ID == BASE + "id/"


def write_snapshot(state: Path, data: str = TRIG, format: ox.RdfFormat = ox.RdfFormat.TRIG) -> Path:
    """Make ``state`` a folder of snapshots whose current one holds these quads; the folder."""
    folder = state / "snapshots" / DIGEST
    folder.mkdir(parents=True)
    quads = list(ox.parse(data.encode("utf-8"), format=format))
    (folder / "dump.nq").write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS))
    counts = {"default_graph": sum(isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads)}
    manifest = {"digest": DIGEST, "files": {}, "counts": counts, "versions": {}, "built": "2026-01-06T00:00:00Z"}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (state / "current").write_text(DIGEST, "ascii")
    return state


@dataclass
class Answer:
    """A response: status, headers with names in small letters, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Server:
    """A running ``kg serve``."""

    process: subprocess.Popen[str]
    address: str
    printed: str

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request over a connection of its own; no header but those given and Host is added."""
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=PATIENCE)
        try:
            connection.putrequest(method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            found: dict[str, str] = {}
            for key, value in response.getheaders():
                # Several lines of one name are one list (RFC 9110, section 5.3).
                found[key.lower()] = f"{found[key.lower()]}, {value}" if key.lower() in found else value
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def query(self, text: str, **headers: str) -> Answer:
        """POST a query."""
        sent = {"Content-Type": "application/sparql-query", **{name.replace("_", "-"): v for name, v in headers.items()}}
        return self.ask("POST", "/sparql", sent, text.encode("utf-8"))

    def descendants(self) -> set[int]:
        """Process numbers of everything the server has started."""
        parents: dict[int, int] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text("utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(status.parent.name)] = int(fields[1])
        found = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal the server and wait for its end; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def page_at(address: str) -> tuple[int, str]:
    """The status and the page that a browser is given at an address, redirections followed."""
    asked = urllib.request.Request(address, headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as refused:
        with refused as answer:
            return answer.code, answer.read().decode("utf-8")


def command(*arguments: str, state: Path, repository: Path = ROOT) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of ``kg serve`` over a folder of snapshots."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment |= {"KG_STATE": str(state), "KG_REPOSITORY": str(repository), "PYTHONPATH": str(ROOT / "src")}
    # A busy machine takes its time: a test of a deadline names its own.
    environment["KG_DEADLINE"] = "60"
    # Many servers are asked for a page or two.
    environment["KG_WARM"] = "false"
    return [sys.executable, "-m", "kg", "serve", *arguments], environment


@contextmanager
def serving(state: Path, *arguments: str, repository: Path = ROOT, log: Path | None = None) -> Iterator[Server]:
    """A server over this folder of snapshots on a free port, ended afterwards; ``log`` has its standard error."""
    line, environment = command("--port", "0", *arguments, state=state, repository=repository)
    with (log or Path(os.devnull)).open("w") as errors:
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout is not None
        printed = process.stdout.readline()
        address = re.search(r"http://[^ ]+", printed)
        assert address, f"kg serve ended with {process.wait(PATIENCE)} and printed {printed!r}"
        yield Server(process, address[0], printed + process.stdout.readline())
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def gone(processes: set[int]) -> bool:
    """True as soon as none of these processes runs any more; False if some still do after all patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not any(Path(f"/proc/{number}").exists() for number in processes):
            return True
        time.sleep(0.02)
    return False


def token_in(page: str) -> str:
    """The token of the form in a page, which whoever sends the form gives back."""
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the page has no token"
    return found[1]


def wait_for_forms(address: str) -> None:
    """Wait until a server answers with forms: on a machine that is busy the first may take longer than a request may."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        connection.request("GET", "/propose?class=ckg:Position", headers={"Accept": "text/html"})
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            return connection.close()
    raise AssertionError("there is no form yet")
