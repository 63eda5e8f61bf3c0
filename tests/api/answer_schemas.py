"""Holds answers against the schemas that the OpenAPI document has of them.

Answers are built by hand, and described by hand again (see docs/why.md); so that the two cannot part, every
client of these tests looks at what comes back.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from service.api import all_routes
from service.api.http.openapi import build_document
from service.api.http.route import Route
from service.api.schemas import ANSWER_SCHEMAS

JSON = "application/json"
ENOUGH = 40  # answers of one route and status; walks through whole processes send thousands
_checked: Counter[tuple[str, str, int]] = Counter()


@lru_cache(maxsize=1)
def closed_document() -> dict[str, Any]:
    """The OpenAPI document, with answers that have no key which it does not name.

    Clients bear such keys, tests do not."""
    document = build_document(all_routes())
    schemas = document["components"]["schemas"]
    for name in ANSWER_SCHEMAS:
        schemas[name] = _closed(schemas[name])
    return document


def _closed(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_closed(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: _closed(value) for name, value in shape.items()}
    if found.get("type") == "object" and isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], Route], ...]:
    """Each route with the pattern of its path, those with fewer parameters first."""
    routes = sorted(all_routes(), key=lambda route: route.path.count("{"))
    return tuple(
        (re.compile(re.sub(r"\{(\w+)\}", _segment, each.path.replace(".", r"\."))), each) for each in routes
    )


def _segment(parameter: re.Match[str]) -> str:
    return ".+" if parameter[1] == "key" else "[^/]+"


@lru_cache(maxsize=20_000)
def find_route(method: str, path: str) -> Route | None:
    """The route that serves a path."""
    path = path.partition("?")[0]
    return next(
        (each for pattern, each in _patterns() if each.method == method and pattern.fullmatch(path)), None
    )


@lru_cache(maxsize=1_000)
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({**closed_document(), "$ref": f"#/components/schemas/{name}"})


def check_answer(method: str, path: str, answer: TestResponse) -> None:
    """Fail if a JSON answer has a key too many or too few for its schema, or a value of another kind."""
    route, status = find_route(method, path), answer.status_code
    if route is None or answer.mimetype != JSON or answer.headers.get("Idempotency-Replayed"):
        return
    name, key = route.answers.get(status), (method, route.path, status)
    if name is None or _checked[key] >= ENOUGH:
        return
    _checked[key] += 1
    wrong = [f"{each.json_path}: {each.message[:300]}" for each in _validator(name).iter_errors(answer.json)]
    assert not wrong, f"{method} {route.path} answers otherwise than {name} says: {wrong[:5]}"
