"""The plain peer of the benchmarks: Flask, pyoxigraph's in-memory store and waitress, and nothing that protects them.

Usage: python benchmarks/peer.py DUMP PORT, where DUMP is the N-Quads dump of a snapshot.
"""

from __future__ import annotations

import sys

import pyoxigraph as ox
import waitress
from flask import Flask, Response, request

DATE = "http://www.w3.org/2001/XMLSchema#date"


def create_app(dump: str) -> Flask:
    """An application that answers GET /sparql in JSON from the whole dump, with a date for ``?asOf`` where given."""
    store = ox.Store()
    store.bulk_load(path=dump, format=ox.RdfFormat.N_QUADS)
    app = Flask(__name__)

    @app.get("/sparql")
    def sparql() -> Response:
        query = request.args["query"]
        if "as-of" in request.args:
            query = query.replace("?asOf", f'"{request.args["as-of"]}"^^<{DATE}>')
        answer = store.query(query)
        if isinstance(answer, ox.QueryTriples):
            return Response(answer.serialize(format=ox.RdfFormat.N_TRIPLES), mimetype="application/n-triples")
        body = answer.serialize(format=ox.QueryResultsFormat.JSON)
        return Response(body, mimetype="application/sparql-results+json")

    return app


if __name__ == "__main__":
    waitress.serve(create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=2)
