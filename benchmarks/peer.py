"""What the benchmarks measure beside `kg serve`: servers without anything that protects them.

Usage: python benchmarks/peer.py FILE PORT [--kind KIND] [--processes N]

- ``bare`` (as it is if nothing is said): Flask, pyoxigraph's in-memory store and waitress; FILE is a dump in N-Quads.
- ``constant``: a Flask view that returns FILE, by waitress; what the web framework can do at most.
- ``rdflib``: rdflib-endpoint over rdflib's in-memory store, by uvicorn; FILE is in N-Triples.

What is wanted is loaded once; the processes are forked after that, and share the listening socket and the store.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

DATE = "http://www.w3.org/2001/XMLSchema#date"
JSON = "application/sparql-results+json"
#: Threads of waitress in each process; more of them only wait for one another.
THREADS = 4

Serve = Callable[[socket.socket], None]


def bare(file: Path) -> Serve:
    """Answers GET /sparql in JSON from the whole dump, with a date for ``?asOf`` where given."""
    # Each kind needs its own packages, and runs in an environment that may have no others.
    import pyoxigraph as ox
    from flask import Flask, Response, request

    store = ox.Store()
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    app = Flask(__name__)

    @app.get("/sparql")
    def sparql() -> Response:
        query = request.args["query"]
        if "as-of" in request.args:
            query = query.replace("?asOf", f'"{request.args["as-of"]}"^^<{DATE}>')
        answer = store.query(query)
        if isinstance(answer, ox.QueryTriples):
            return Response(answer.serialize(format=ox.RdfFormat.N_TRIPLES), mimetype="application/n-triples")
        return Response(answer.serialize(format=ox.QueryResultsFormat.JSON), mimetype=JSON)

    return by_waitress(app)


def constant(file: Path) -> Serve:
    """Answers GET /sparql with the content of the file."""
    from flask import Flask, Response

    body = file.read_bytes()
    app = Flask(__name__)

    @app.get("/sparql")
    def sparql() -> Response:
        return Response(body, mimetype=JSON)

    return by_waitress(app)


def by_waitress(app: object) -> Serve:
    """The application served by waitress."""
    import waitress

    # That requests wait for one another is no news, and costs time to write.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return lambda listener: waitress.serve(app, sockets=[listener], threads=THREADS)


def rdflib(file: Path) -> Serve:
    """rdflib-endpoint as it comes, at /sparql."""
    import uvicorn
    from rdflib import Graph
    from rdflib_endpoint import SparqlEndpoint

    graph = Graph()
    graph.parse(file, format="nt")
    app = SparqlEndpoint(graph=graph, path="/sparql")
    return lambda listener: uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


KINDS = {"bare": bare, "constant": constant, "rdflib": rdflib}


def fork(processes: int) -> None:
    """Make so many processes of this one; they end with it."""
    children: list[int] = []

    def end(*_: object) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)
        os._exit(0)

    for _ in range(processes - 1):
        child = os.fork()
        if child == 0:
            return
        children.append(child)
    if children:
        signal.signal(signal.SIGTERM, end)


def main() -> None:
    """Serve until told to stop."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("port", type=int)
    arguments.add_argument("--kind", choices=KINDS, default="bare")
    arguments.add_argument("--processes", type=int, default=1)
    chosen = arguments.parse_args()
    serve = KINDS[chosen.kind](chosen.file)
    listener = socket.create_server(("127.0.0.1", chosen.port), backlog=128)
    fork(chosen.processes)
    serve(listener)


if __name__ == "__main__":
    main()
