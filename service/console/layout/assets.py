"""The style sheets and the scripts of the console. Their addresses carry one digest of them all, so that a
browser keeps them for good, and a script imports another one by its plain name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort

FOLDER = Path(__file__).parents[1] / "static"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"
PATH = "/console/static"


@cache
def _read_all() -> Mapping[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.suffix[1:] in _TYPES}


@cache
def _digest() -> str:
    names_and_contents = (part for name, content in _read_all().items() for part in (name.encode(), content))
    return hashlib.sha256(b"\0".join(names_and_contents)).hexdigest()[:16]


def read_asset(name: str) -> bytes:
    """A file of `static`. KeyError if there is none."""
    return _read_all()[name]


def asset_address(name: str) -> str:
    """The address of a file of `static`. KeyError if there is none."""
    read_asset(name)
    return f"{PATH}/{_digest()}/{name}"


def register(app: Flask) -> None:
    """Serve the files of `static`."""

    @app.get(f"{PATH}/<digest>/<name>")
    def show_asset(digest: str, name: str) -> Response:
        content = _read_all().get(name)
        if content is None or digest != _digest():
            abort(404)
        answer = Response(content, mimetype=_TYPES[name.rpartition(".")[2]])
        answer.headers["Cache-Control"] = _FOR_GOOD
        return answer
