"""Two versions of a process, compared by what they do: as JSON, as a page, or as plain text."""

from __future__ import annotations

import orjson

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.api.http.route import Routes
from service.difference.page import POLICY, render_page
from service.difference.sheet import DifferenceSheet, build_sheet, render_data, render_text
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.definitions.checks import raise_if_invalid
from workflows.difference.difference import find_difference
from workflows.errors import NotFound
from workflows.gate.proposal import propose_text
from workflows.language.definition import Definition
from workflows.language.findings import errors

routes = Routes("workflows")
_JSON, _HTML, _TEXT = "application/json", "text/html", "text/plain"
_ALSO = (f"{_HTML}; charset=utf-8", f"{_TEXT}; charset=utf-8")
_FILE = "definition.yaml"  # the name under which a text is reported that was sent


@routes.get(
    "/api/workflows/{name}/difference",
    "Compare two versions of a process by what they do",
    "Difference",
    query=queries.DifferenceQuery(),
    refuses=(404,),
    also=_ALSO,
)
def show_difference(request: ApiRequest, name: str) -> ApiResponse:
    """What the version `to` does otherwise than the version `from`: which forms are taken, refused or routed
    otherwise, by state, step and role, with an example; deadlines, who is told, who sees and may more or
    less; and how many open tickets stand there, of those that are visible to the user."""
    latest = request.desk.definitions.latest(name)
    newer = request.query.get("newer") or latest.version
    older = request.query.get("older") or max(newer - 1, 1)
    return _respond(request, *(_find(request, latest, version) for version in (older, newer)))


@routes.post(
    "/api/workflows/difference",
    "Compare a text with the version in force by what they do",
    "Difference",
    status=200,
    body=bodies.DefinitionText(),
    refuses=(403, 404),
    also=_ALSO,
)
def compare_text(request: ApiRequest) -> ApiResponse:
    """What the text would do otherwise than the version in force. Stores nothing. For publishers."""
    request.managed_sites()
    proposal = propose_text(request.body["text"], _FILE, request.desk.gate.in_force())
    raise_if_invalid(errors(proposal.after.findings))
    old = request.desk.definitions.latest(proposal.name)
    return _respond(request, old, proposal.after.definitions[proposal.name])


def _find(request: ApiRequest, latest: Definition, version: int) -> Definition:
    if version == latest.version:
        return latest
    if version > latest.version:
        why = reason("unknown-version", f"{latest.name} has no version {version}", field="version")
        raise NotFound(why)
    return request.desk.definitions.get(latest.name, version)


def _respond(request: ApiRequest, old: Definition, new: Definition) -> ApiResponse:
    standing = request.desk.counts.count_by_version_and_state(old.name, request.viewer, request.sites)
    sheet = build_sheet(find_difference(old, new), request.language, standing)
    heads = {**request.response_headers, "Vary": "Accept, Accept-Language"}
    best = request.request.accept_mimetypes.best_match([_JSON, _HTML, _TEXT], _JSON)
    return _render(sheet, best or _JSON, heads)


def _render(sheet: DifferenceSheet, media: str, heads: dict[str, str]) -> ApiResponse:
    if media == _HTML:
        page = render_page(sheet).encode()
        return ApiResponse(200, page, {**heads, "Content-Security-Policy": POLICY}, _ALSO[0])
    if media == _TEXT:
        return ApiResponse(200, render_text(sheet).encode(), heads, _ALSO[1])
    return ApiResponse(200, orjson.dumps(render_data(sheet)), heads)
