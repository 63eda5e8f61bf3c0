"""The texts of processes: the one in force and every earlier one, for those who may publish."""

from __future__ import annotations

from service.api.http.request import ApiRequest
from service.api.http.response import YAML, ApiResponse
from service.api.http.route import Routes
from service.refusals import reason
from workflows.errors import NotFound
from workflows.storage.definitions import PublishedVersion
from workflows.versions import WORKFLOW

routes = Routes("workflows")


@routes.get("/api/workflows/{name}/text", "Read the text in force", None, refuses=(403, 404), produces=YAML)
def show_text(request: ApiRequest, name: str) -> ApiResponse:
    """The YAML text of the version in force. Its ETag is the base of the next version."""
    request.managed_sites()
    definition = request.desk.definitions.latest(name)
    return _answer(request, definition.name, str(definition.version))


@routes.get(
    "/api/workflows/{name}/versions/{version}/text",
    "Read the text of a version",
    None,
    refuses=(403, 404),
    produces=YAML,
)
def show_version_text(request: ApiRequest, name: str, version: str) -> ApiResponse:
    """The YAML text as it was published, comments and all."""
    request.managed_sites()
    return _answer(request, name, version)


def _answer(request: ApiRequest, name: str, version: str) -> ApiResponse:
    found = find_version(request, name, version)
    heads = {"ETag": f'"{found.digest}"', "Cache-Control": "private, no-cache"}
    return ApiResponse(200, found.text.encode(), heads, f"{YAML}; charset=utf-8")


def find_version(request: ApiRequest, name: str, version: str) -> PublishedVersion:
    """A version as it was published. Raises NotFound if there is none."""
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    found = request.desk.definition_store.get(WORKFLOW, name, number)
    if found is None:
        request.desk.definitions.latest(name)
        raise NotFound(reason("unknown-version", f"{name} has no version {version[:20]}", field="version"))
    return found
