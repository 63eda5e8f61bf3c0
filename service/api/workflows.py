"""Processes: their definitions, diagrams and versions, and publishing new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.forms import build_start_form
from service.api.workflow_view import render_workflow, render_workflow_line
from service.difference.impact import render_impact
from service.finding_texts import render_finding
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import localize
from workflows.errors import Blocked, NotFound
from workflows.gate.review import Review
from workflows.language.builder.context import digest_of
from workflows.language.definition import Definition
from workflows.language.diagram import svg
from workflows.storage.definition_drafts import DRAFT, DefinitionDraft
from workflows.storage.definitions import Authorship
from workflows.timing.instants import rfc3339
from workflows.versions import WORKFLOW

routes = Routes("workflows")
TEXT_FILE = "definition.yaml"  # the name under which a text is reported that was sent
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@routes.get("/api/workflows", "List the processes", "Workflows")
def list_workflows(request: ApiRequest) -> ApiResponse:
    """The processes of which tickets can be opened, and whether the user may."""
    library = request.desk.definitions
    roles = frozenset[str]().union(*map(request.roles_at, request.sites))
    items = [render_workflow_line(each, roles, request.language) for each in library.in_force()]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(
    "/api/workflows/{name}", "Look at a process", "Workflow", query=queries.VersionQuery(), refuses=(404,)
)
def show_workflow(request: ApiRequest, name: str) -> ApiResponse:
    """The complete process, with the form that opens a ticket."""
    definition = find_definition(request, name)
    directory = request.desk.people.directory(request.sites[0]) if len(request.sites) == 1 else None
    zone = definition.calendar.zone
    form = build_start_form(definition, request.language, directory, request.now, zone)
    return json_response(render_workflow(definition, form, request.language), 200, request.response_headers)


def find_definition(request: ApiRequest, name: str) -> Definition:
    latest = request.desk.definitions.latest(name)
    version = request.query.get("version")
    if version is None or version == latest.version:
        return latest
    if version > latest.version:
        raise NotFound(reason("unknown-version", f"{name} has no version {version}", field="version"))
    return request.desk.definitions.get(name, version)


@routes.get("/api/workflows/{name}/versions", "List the versions of a process", "Versions", refuses=(404,))
def list_versions(request: ApiRequest, name: str) -> ApiResponse:
    """Every published version, newest first, with the number of open tickets on it: those that are visible
    to the user."""
    request.desk.definitions.latest(name)
    store = request.desk.definition_store
    versions = store.versions("workflow", name)
    people = {by for each in versions for by in (each.published_by, each.approved_by) if by}
    names = store.author_names(people)
    lifecycle = request.desk.definitions.lifecycle()
    state = "renamed" if name in lifecycle.renamed else "retired" if name in lifecycle.retired else "in-force"
    standing = request.desk.counts.count_by_version(name, request.viewer, request.sites)
    items = [
        {
            "version": each.version,
            "digest": each.digest,
            "published_at": rfc3339(each.published_at),
            "published_by": each.published_by,
            "author": names[each.published_by],
            "reason": each.reason,
            "approved_by": names[each.approved_by] if each.approved_by else None,
            "based_on": each.based_on,
            "state": state if each.version == versions[-1].version else "earlier",
            "open_tickets": standing.get(each.version, 0),
            "objections": _objections(request, each.name, each.version, standing),
        }
        for each in reversed(versions)
    ]
    return json_response({"items": items}, 200, request.response_headers)


def _objections(call: ApiRequest, name: str, version: int, standing: Mapping[int, int]) -> list[str]:
    """Which later rules a version in use breaks: the newest, and those with open tickets."""
    latest = call.desk.definitions.latest(name)
    if version != latest.version and version not in standing:
        return []
    return list(call.desk.definitions.get(name, version).objections)


@routes.get(
    "/api/workflows/{name}/diagram.svg",
    "See a process drawn",
    None,
    query=queries.DiagramQuery(),
    refuses=(404,),
    produces="image/svg+xml",
)
def show_diagram(request: ApiRequest, name: str) -> ApiResponse:
    """The states and steps as a diagram, titles in the reader's language."""
    definition = find_definition(request, name)
    language = request.query.get("language") or request.language
    current = request.query.get("current")
    if current is not None and current not in definition.states:
        raise NotFound(reason("unknown-state", f"{name} has no state {current!r}", field="current"))
    picture = svg(definition, language, current).encode()
    heads = {
        **request.response_headers,
        "Content-Language": language,
        "Content-Security-Policy": SVG_POLICY,
        "Cache-Control": "private, max-age=300",
    }
    return ApiResponse(200, picture, heads, "image/svg+xml")


@routes.post(
    "/api/workflows/check",
    "Check a definition",
    "Checked",
    status=200,
    body=bodies.DefinitionText(),
    refuses=(403,),
)
def check_text(request: ApiRequest) -> ApiResponse:
    """Check a definition as publishing does: every finding, with its place. Stores nothing."""
    request.managed_sites()
    reviewed = request.desk.gate.review_text(request.body["text"], TEXT_FILE, request.now, request.sites)
    return json_response(render_review(reviewed, request.language), 200, request.response_headers)


def render_review(reviewed: Review, language: str) -> dict[str, Any]:
    """Each finding with its place: `file` is `definition.yaml` for the text that was sent, `complaint@3` for
    a version in force, else the name of a company's file."""
    return {
        "findings": [render_finding(each, language) for each in reviewed.findings],
        "impact": render_impact(reviewed, language),
    }


@routes.post(
    "/api/workflows",
    "Publish a definition",
    "Publication",
    body=bodies.PublishedText(),
    refuses=(403, 409),
    based=True,
)
def publish(request: ApiRequest) -> ApiResponse:
    """Publish a new version. A definition with problems is refused with their lines, and the present
    version stays in force. Where a site wants a second person, it is proposed as a draft: 409, and `draft` is
    its address. If-Match names the version that it was made from, where there is one: if another
    is in force by now, the answer shows what was changed, and nothing is lost."""
    request.managed_sites()
    reviewed = request.desk.gate.review_text(request.body["text"], TEXT_FILE, request.now, request.sites)
    reason = request.body.get("reason")
    authorship = Authorship(at=request.now, by=request.staff.id, reason=reason)
    try:
        done = request.desk.gate.publish_text(reviewed, TEXT_FILE, authorship, request.base, request.sites)
    except Blocked as refusal:
        if {each.code for each in refusal.reasons} == {"approval-needed"}:
            refusal.details = {"draft": _propose(request, reviewed.proposal.name)}
        raise
    definition = request.desk.definitions.latest(done.name)
    shown = {
        "name": done.name,
        "title": localize(definition.title, request.language),
        "version": done.version,
        "changed": done.changed,
        "digest": definition.digest,
        **render_review(reviewed, request.language),
    }
    heads = {**request.response_headers, "Location": f"/api/workflows/{done.name}"}
    return json_response(shown, 201, heads)


def _propose(request: ApiRequest, name: str) -> str:
    """Propose the text that was sent, as a draft; its address."""
    text = request.body["text"]
    current = request.desk.definition_store.latest(WORKFLOW, name)
    draft = DefinitionDraft(
        workflow=name,
        id=f"proposed-{digest_of(request.staff.id + text)[:12]}",
        author=request.staff.id,
        text=text,
        based_on=current.version if current else None,
        state=DRAFT,
        reason=request.body.get("reason") or "",
        changed_at=request.now,
    )
    proposed = request.desk.drafts.propose(draft)
    return f"/api/workflows/{name}/drafts/{proposed.id}"
