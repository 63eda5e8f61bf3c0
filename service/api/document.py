"""The OpenAPI 3.1 document, made from the table of routes."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from service.api.routing import Route, paths
from service.api.shapes import SHAPES, ref
from service.problems import MEDIA_TYPE
from workflows.language.forms.field import LANGUAGES

Json = dict[str, Any]

_ABOUT = """\
A workflow desk for property management. Ask `GET /api/workflows` for the processes, open a ticket with the
form you find there, and then follow `GET /api/tickets/{number}/transitions`: it names every step that can be
taken, with the JSON Schema of its form, and every step that cannot, with the reasons.

Every write to a ticket needs `If-Match` with the ETag you saw. Every POST takes an `Idempotency-Key`: the
same request under the same key has the same answer. What is refused is refused as
`application/problem+json`, with every reason in `blocked_by`.
"""
_HEADERS: Json = {
    "ETag": {
        "description": "the step the ticket is at",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Location": {"description": "where it is to be found", "schema": {"type": "string"}},
    "Link": {"description": "the first page, and the next if there is one", "schema": {"type": "string"}},
    "Content-Language": {"schema": {"enum": list(LANGUAGES)}},
    "Idempotency-Replayed": {
        "description": "`true` when this was answered before",
        "schema": {"const": "true", "type": "string"},
    },
}
_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "zh-Hans, zh-Hant, en or es",
    "schema": {"type": "string", "example": "zh-Hans"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "the ETag of the ticket as you saw it; no weak tag, no list, no *",
    "schema": {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,8})"$', "example": '"3"'},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "your name for this request; its answer is remembered",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "example": '"3"'},
}


def document(routes: Iterable[Route]) -> Json:
    """The whole document."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Huifang",
        version=_version(),
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": _ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        security=[{"bearer": []}],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for name, shape in SHAPES.items():
        spec.components.schema(name, shape)
    for path, found in paths(list(routes)).items():
        operations = {route.method.lower(): _operation(route, plugin) for route in found}
        spec.path(path=path, operations=operations, parameters=_path_parameters(path))
    return spec.to_dict()


def _version() -> str:
    try:
        return version("huifang")
    except PackageNotFoundError:
        return "0"


def _operation(route: Route, plugin: MarshmallowPlugin) -> Json:
    found: Json = {
        "operationId": route.view.__name__,
        "tags": [route.tag],
        "summary": route.summary,
        "description": (route.view.__doc__ or "").strip(),
        "parameters": _parameters(route, plugin),
        "responses": _responses(route),
    }
    if route.anybody:
        found["security"] = []
    if route.reads_body:
        found["requestBody"] = _body(route)
    return found


def _path_parameters(path: str) -> list[Json]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9-]+$"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _parameters(route: Route, plugin: MarshmallowPlugin) -> list[Json]:
    found: list[Json] = []
    if route.query is not None:
        assert plugin.converter is not None, "the document has been begun"
        for each in plugin.converter.schema2parameters(route.query, location="query"):
            each["schema"].pop("nullable", None)
            found.append(each)
    found.append(_LANGUAGE)
    if route.method == "POST":
        found.append(_KEY)
    if route.writes:
        found.append(_IF_MATCH)
    if route.etag and route.method == "GET" and route.answers.get(200) == "Ticket":
        found.append(_IF_NONE_MATCH)
    return found


def _body(route: Route) -> Json:
    schema: Schema | Json = route.body if route.body is not None else {"type": "object", "minProperties": 1}
    required = isinstance(schema, dict) or any(field.required for field in schema.fields.values())
    return {"required": required, "content": {media: {"schema": schema} for media in route.media}}


def _responses(route: Route) -> Json:
    found = {str(status): _answer(route, status, shape) for status, shape in route.answers.items()}
    if route.etag and route.answers.get(200) == "Ticket":
        found["304"] = {"description": "you have it already", "headers": _heads("ETag", "Content-Language")}
    problem = {MEDIA_TYPE: {"schema": ref("Problem")}}
    for status in route.statuses:
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    return found


def _answer(route: Route, status: int, shape: str | None) -> Json:
    found: Json = {"description": route.summary}
    if shape is not None:
        found["content"] = {route.produces: {"schema": ref(shape)}}
        found["content"] |= {each.partition(";")[0]: {"schema": {"type": "string"}} for each in route.also}
    elif status != 204:
        found["content"] = {route.produces: {"schema": {"type": "string"}}}
    names = []
    if route.etag or route.writes or shape == "Ticket":
        names.append("ETag")
    if status == 201:
        names.append("Location")
    if route.linked:
        names.append("Link")
    if route.method == "POST":
        names.append("Idempotency-Replayed")
    if names:
        found["headers"] = _heads(*names)
    return found


def _heads(*names: str) -> Json:
    return {name: _HEADERS[name] for name in names}
