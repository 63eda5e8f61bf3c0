"""The OpenAPI 3.1 document, built from the table of routes."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from service.api.http.response import YAML
from service.api.http.route import MULTIPART, Route, routes_by_path
from service.api.schemas import ANSWER_SCHEMAS, ref
from service.problems import MEDIA_TYPE
from service.settings_tables import AttachmentSettings
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
_TAGS = {
    "tickets": "Tickets: open, find, read, move, assign, note, erase",
    "bulk": "Many tickets in one request, each its own step",
    "attachments": "Files of tickets: upload, list, read",
    "changes": "What happens to tickets, for programs that follow it",
    "prints": "What is printed of a ticket",
    "workflows": "Processes: read, check, publish",
    "company": "The company's files: calendars, organisation and others, read, checked, published",
    "migrations": "Migrations: moving open tickets to another version of their process",
    "people": "Staff, accounts, absences, tokens",
    "sites": "Sites: settings, calendars, and who looked for people",
    "registers": "Registers: units, residents, vehicles, suppliers",
    "rosters": "Rosters and turns",
    "reports": "Reports, messages and what was set aside",
    "schedules": "What the desk opens by itself, and events that people announce",
}
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
_FORM_DATA: Json = {  # named, so that generated clients have one class for it
    "type": "object",
    "description": "fields of a form, by their names",
    "minProperties": 1,
    "additionalProperties": True,
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
_BASE = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the ETag of the text that yours was made from, or its version; needed where there is one",
    "schema": {"type": "string", "pattern": '^"[0-9a-zA-Z-]{1,100}"$', "example": '"3"'},
}
_TEXT_TAG = {"ETag": {"description": "the digest of the text", "schema": {"type": "string"}}}
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
_IF_NONE_MATCH_FILE = {**_IF_NONE_MATCH, "description": "the ETag of the file that you have"}
_RANGE = {
    "name": "Range",
    "in": "header",
    "required": False,
    "description": "one range of bytes",
    "schema": {"type": "string", "example": "bytes=0-99"},
}


def build_document(routes: Iterable[Route], most_files: int = AttachmentSettings().most_files) -> Json:
    """The complete OpenAPI document as JSON data, of a desk that takes so many files at once."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Huifang",
        version=_version(),
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": _ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
        security=[{"bearer": []}],
        servers=[{"url": "/", "description": "this desk"}],
        tags=[{"name": name, "description": about} for name, about in _TAGS.items()],
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for name, shape in ANSWER_SCHEMAS.items():
        spec.components.schema(name, shape)
    spec.components.schema("FormData", _FORM_DATA)
    for path, found in routes_by_path(list(routes)).items():
        operations = {route.method.lower(): _operation(route, plugin, most_files) for route in found}
        spec.path(path=path, operations=operations, parameters=_path_parameters(path))
    return spec.to_dict()


def _version() -> str:
    try:
        return version("huifang")
    except PackageNotFoundError:
        return "0"


def _operation(route: Route, plugin: MarshmallowPlugin, most_files: int) -> Json:
    found: Json = {
        "operationId": route.view.__name__,
        "tags": [route.tag],
        "summary": route.summary,
        "description": (route.view.__doc__ or "").strip(),
        "parameters": _query_parameters(route, plugin),
        "responses": _responses(route),
    }
    if route.anybody:
        found["security"] = []
    if route.reads_body:
        found["requestBody"] = _body(route)
    if route.uploads:
        most = 1 if route.one_file else most_files
        found["requestBody"] = {"required": True, "content": {MULTIPART: {"schema": _files(most)}}}
    if route.downloads:
        found["parameters"] += [_IF_NONE_MATCH_FILE, _RANGE]
        found["responses"] |= _download_responses(route)
    return found


def _files(most: int) -> Json:
    parts = {
        "type": "array",
        "minItems": 1,
        "maxItems": most,
        "items": {"type": "string", "format": "binary"},
    }
    return {
        "type": "object",
        "properties": {"file": parts},
        "required": ["file"],
        "description": "one part for each file, with a file name",
    }


def _path_parameters(path: str) -> list[Json]:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9-]+$"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(route: Route, plugin: MarshmallowPlugin) -> list[Json]:
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
    if route.based:
        found.append(_BASE)
    if route.etag and route.method == "GET" and route.answers.get(200) == "Ticket":
        found.append(_IF_NONE_MATCH)
    return found


def _body(route: Route) -> Json:
    schema: Schema | Json = route.body if route.body is not None else ref("FormData")
    required = isinstance(schema, dict) or any(field.required for field in schema.fields.values())
    return {"required": required, "content": {media: {"schema": schema} for media in route.media}}


def _responses(route: Route) -> Json:
    found = {str(status): _response(route, status, shape) for status, shape in route.answers.items()}
    if route.etag and route.answers.get(200) == "Ticket":
        found["304"] = {
            "description": "you have it already",
            "headers": _response_headers("ETag", "Content-Language"),
        }
    problem = {MEDIA_TYPE: {"schema": ref("Problem")}}
    for status in route.refusal_statuses:
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    return found


def _download_responses(route: Route) -> Json:
    """The file, a part of it, or that the reader has it."""
    tag = {"ETag": {"description": "of this file", "schema": {"type": "string"}}}
    # A file is of any type; generated clients know bytes by the other name.
    types = ("application/octet-stream", "*/*") if 416 in route.refuses else (route.produces, *route.also)
    content = {media: {"schema": {"type": "string", "format": "binary"}} for media in types}
    found: Json = {"200": {"description": route.summary, "headers": tag, "content": content}}
    if 416 in route.refuses:
        found["206"] = {"description": "a part of it", "headers": tag, "content": content}
    return found | {"304": {"description": "you have it already", "headers": tag}}


def _response(route: Route, status: int, shape: str | None) -> Json:
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
        found["headers"] = _response_headers(*names)
    if route.produces == YAML:
        found["headers"] = _TEXT_TAG
    return found


def _response_headers(*names: str) -> Json:
    return {name: _HEADERS[name] for name in names}
