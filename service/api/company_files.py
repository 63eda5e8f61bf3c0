"""The company's files: their texts and versions, checked and published one at a time. For those who may
publish."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from service.api.http.request import ApiRequest
from service.api.http.response import YAML, ApiResponse, json_response
from service.api.http.route import Routes
from service.api.workflows import render_review
from service.difference.company_sheet import CompanySheet, render_company_data, render_company_text
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.difference.company.comparison import CompanyDifference
from workflows.errors import NotFound
from workflows.gate.review import Review
from workflows.storage.definitions import Authorship, PublishedVersion
from workflows.timing.instants import rfc3339, to_datetime

routes = Routes("company")
_PLAIN = "text/plain; charset=utf-8"


@routes.get("/api/company", "List the company's files", "CompanyFiles", refuses=(403,))
def list_company_files(request: ApiRequest) -> ApiResponse:
    """The files in force that all processes lean on: who published each, when and why."""
    request.managed_sites()
    items = [_render(request, each) for each in request.desk.company_files.list()]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(
    "/api/company/{file}/text", "Read a company's file in force", None, refuses=(403, 404), produces=YAML
)
def show_company_text(request: ApiRequest, file: str) -> ApiResponse:
    """Its YAML text. Its ETag is the base of the next version."""
    request.managed_sites()
    return _answer(request.desk.company_files.find(file))


@routes.get(
    "/api/company/{file}/versions",
    "List the versions of a company's file",
    "CompanyVersions",
    refuses=(403, 404),
)
def list_company_versions(request: ApiRequest, file: str) -> ApiResponse:
    """Every published version, newest first: by whom, when and why."""
    request.managed_sites()
    versions = request.desk.company_files.versions(file)
    items = [_render(request, each) for each in reversed(versions)]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(
    "/api/company/{file}/versions/{version}/text",
    "Read the text of a version of a company's file",
    None,
    refuses=(403, 404),
    produces=YAML,
)
def show_company_version_text(request: ApiRequest, file: str, version: str) -> ApiResponse:
    """The YAML text as it was published, comments and all."""
    request.managed_sites()
    if not (version.isdecimal() and len(version) < 10):
        why = f"{file} has no version {version[:20]}"
        raise NotFound(reason("unknown-version", why, field="version"))
    return _answer(request.desk.company_files.find(file, int(version)))


@routes.post(
    "/api/company/{file}/check",
    "Check a company's file",
    "CompanyChecked",
    status=200,
    body=bodies.DefinitionText(),
    refuses=(403, 404),
)
def check_company_file(request: ApiRequest, file: str) -> ApiResponse:
    """What publishing it would find: mistakes in it, what it would break in the processes, schedules and
    reports in force, scenarios that would go otherwise, and the open promises that another calendar would
    move. Stores nothing."""
    request.managed_sites()
    found = request.desk.company_files.review(file, request.body["text"], request.now, request.sites)
    return json_response(_render_review(found, request.language), 200, request.response_headers)


@routes.post(
    "/api/company/{file}",
    "Publish a company's file",
    "CompanyPublication",
    body=bodies.PublishedText(),
    refuses=(403, 404, 409),
    based=True,
)
def publish_company_file(request: ApiRequest, file: str) -> ApiResponse:
    """Publish a new version. It concerns all sites. Processes that lean on what is changed get a new version
    of the same text; open tickets stay on theirs. Open promises are planned again by a changed calendar
    within a minute, each with a note in its history; what is overdue stays so. If-Match names the version
    that it was made from: if another is in force by now, the answer shows what was changed."""
    request.managed_sites()
    authorship = Authorship(at=request.now, by=request.staff.id, reason=request.body.get("reason"))
    text, files = request.body["text"], request.desk.company_files
    done, reviewed = files.publish(file, text, authorship, request.base, request.sites)
    shown = {
        "name": file,
        "version": done.file.version,
        "changed": done.changed,
        "digest": done.file.digest,
        "processes": [{"name": each.name, "version": each.version} for each in done.processes],
        **_render_review(reviewed, request.language),
    }
    heads = {**request.response_headers, "Location": f"/api/company/{file}/text"}
    return json_response(shown, 201, heads)


@routes.get(
    "/api/company/{file}/difference",
    "Compare two versions of a company's file by what they say",
    "CompanyDifference",
    query=queries.DifferenceQuery(),
    refuses=(403, 404),
    also=(_PLAIN,),
)
def show_company_difference(request: ApiRequest, file: str) -> ApiResponse:
    """What the version `to` says otherwise than the version `from`, in sentences: days that become closed or
    open, levels that come earlier, posts, columns, options."""
    request.managed_sites()
    query, files = request.query, request.desk.company_files
    return _respond(
        request, files.compare(file, query.get("older"), query.get("newer"), None, _today(request))
    )


@routes.post(
    "/api/company/{file}/difference",
    "Compare a text with the company's file in force by what they say",
    "CompanyDifference",
    status=200,
    body=bodies.DefinitionText(),
    refuses=(403, 404),
    also=(_PLAIN,),
)
def compare_company_text(request: ApiRequest, file: str) -> ApiResponse:
    """What the text would say otherwise. What has mistakes in it counts as not there. Stores nothing."""
    request.managed_sites()
    text, files = request.body["text"], request.desk.company_files
    return _respond(request, files.compare(file, None, None, text, _today(request)))


def _today(request: ApiRequest) -> date:
    return to_datetime(request.now, ZoneInfo("UTC")).date()


def _respond(request: ApiRequest, difference: CompanyDifference) -> ApiResponse:
    sheet = CompanySheet(difference, request.language)
    heads = {**request.response_headers, "Vary": "Accept, Accept-Language"}
    best = request.request.accept_mimetypes.best_match(["application/json", "text/plain"], "application/json")
    if best == "text/plain":
        return ApiResponse(200, render_company_text(sheet).encode(), heads, _PLAIN)
    return json_response(render_company_data(sheet), 200, heads)


def _answer(found: PublishedVersion) -> ApiResponse:
    heads = {"ETag": f'"{found.digest}"', "Cache-Control": "private, no-cache"}
    return ApiResponse(200, found.text.encode(), heads, f"{YAML}; charset=utf-8")


def _render(request: ApiRequest, each: PublishedVersion) -> dict[str, Any]:
    name_of = request.desk.definition_store.author_name
    return {
        "name": each.name,
        "version": each.version,
        "digest": each.digest,
        "published_at": rfc3339(each.published_at),
        "published_by": each.published_by,
        "author": name_of(each.published_by),
        "reason": each.reason,
        "approved_by": name_of(each.approved_by) if each.approved_by else None,
        "based_on": each.based_on,
    }


def _render_review(reviewed: Review, language: str) -> dict[str, Any]:
    promises = [
        {
            "calendar": each.calendar,
            "workflow": each.workflow,
            "moved": each.moved,
            "later": each.later,
            "earlier": each.earlier,
            "overdue": each.overdue,
            "numbers": list(each.numbers),
        }
        for each in reviewed.promises
    ]
    return {**render_review(reviewed, language), "promises": promises}
