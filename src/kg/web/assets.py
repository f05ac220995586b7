"""What the pages run and show in a browser: built when the programme is installed, served under names that never change.

Every page works without. Where nothing was built the pages name no script, and ``is_built`` tells.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request

from kg.errors import NotFound

_DIST = Path(__file__).with_name("dist")
#: The name of a file holds a digest of what is in it, so that it never has to be asked for again (RFC 8246).
_FOREVER = "public, max-age=31536000, immutable"
#: As the standard says, whatever the tables of the machine say (RFC 9239).
_TYPES = {".js": "text/javascript; charset=utf-8", ".json": "application/json", ".md": "text/markdown; charset=utf-8"}
_LICENCES = "licences.md"


def blueprint() -> Blueprint:
    """The route of the files."""
    routes = Blueprint("assets", __name__)
    routes.add_url_rule("/assets/<name>", "asset", asset)
    return routes


def is_built() -> bool:
    """True if there are scripts."""
    return bool(_manifest())


def entry(name: str) -> str | None:
    """The name of the file that a page loads for this entry of ``frontend/src``, or None where nothing was built."""
    found = _manifest().get(f"src/{name}.js")
    return found and str(found["file"])


def asset(name: str) -> Response:
    """One of the files. Raises NotFound."""
    content = _files().get(name)
    if content is None:
        raise NotFound("There is no such file.", remedy="Load the page again: it names those there are.")
    ending = Path(name).suffix
    content_type = _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    small = _files().get(f"{name}.gz")
    if small and request.accept_encodings["gzip"]:
        response = Response(small, content_type=content_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = "no-cache" if name == _LICENCES else _FOREVER
    response.headers["Vary"] = "Accept-Encoding"
    return response


def content(name: str) -> bytes | None:
    """What is in one of the files, or None if there is none of this name."""
    return _files().get(name)


@cache
def _files() -> Mapping[str, bytes]:
    """The files there are, by name: nothing that a stranger sends is made a path of.

    All are read at once and kept, so that pages and files stay of one making while another is put in their place.
    """
    if not _DIST.is_dir():
        return {}
    found = (file for file in _DIST.iterdir() if file.is_file() and not file.name.startswith("."))
    return {file.name: file.read_bytes() for file in found}


@cache
def _manifest() -> Mapping[str, Mapping[str, object]]:
    """What the bundler says that it wrote (Vite's manifest), by source."""
    return json.loads(_files().get("manifest.json", b"{}"))
