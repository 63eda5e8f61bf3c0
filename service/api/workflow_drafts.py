"""Drafts of texts, and the second person who approves or rejects them. For those who may publish."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.refusals import PreconditionRequired, reason
from service.schemas import bodies
from workflows.errors import Stale
from workflows.language.builder.context import digest_of
from workflows.storage.definition_drafts import DRAFT, DefinitionDraft
from workflows.timing.instants import rfc3339
from workflows.versions import WORKFLOW

routes = Routes("workflows")
_PATH = "/api/workflows/{name}/drafts/{draft}"


@routes.get("/api/workflows/{name}/drafts", "List the drafts of a process", "Drafts", refuses=(403, 404))
def list_drafts(request: ApiRequest, name: str) -> ApiResponse:
    """The user's own, and what others have proposed, the last changed first."""
    request.managed_sites()
    items = [_render(request, each) for each in request.desk.drafts.list(name, request.staff.id)]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(_PATH, "Read a draft", "Draft", refuses=(403, 404))
def show_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Its text, what it changes, and what became of it. The ETag is for the next write."""
    request.managed_sites()
    return _answer(request, request.desk.drafts.find(name, draft, request.staff.id))


@routes.put(_PATH, "Keep a draft", "Draft", body=bodies.DraftText(), refuses=(403, 404, 409), based=True)
def save_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Keep a text under a name of the author's own. If-Match is the ETag of the draft, where it is there
    already. Nothing is checked before it is published."""
    request.managed_sites()
    mine = (each for each in request.desk.drafts.list(name, request.staff.id) if each.id == draft)
    seen = next((each for each in mine if each.author == request.staff.id), None)
    if seen is not None and request.base is None:
        raise PreconditionRequired(reason("draft-tag-needed", "send If-Match with the ETag of the draft"))
    if seen is not None and request.base != draft_tag(seen):
        raise Stale(reason("draft-changed", "the draft has changed since you read it"))
    body = request.body
    after = DefinitionDraft(
        workflow=name,
        id=draft,
        author=request.staff.id,
        text=body["text"],
        based_on=body["based_on"],
        state=DRAFT,
        reason=body.get("reason") or "",
        changed_at=request.now,
    )
    return _answer(request, request.desk.drafts.save(after, seen))


@routes.delete(_PATH, "Delete a draft", refuses=(403, 404, 412))
def delete_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Delete one's own draft."""
    request.managed_sites()
    drafts = request.desk.drafts
    drafts.delete(drafts.find(name, draft, request.staff.id), request.staff.id)
    return empty_response()


@routes.post(
    f"{_PATH}/publish",
    "Publish a draft",
    "Draft",
    status=200,
    body=bodies.Nothing(),
    refuses=(403, 404, 409, 412, 422, 428),
)
def publish_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Publish one's own draft from the version it was made from. Where a site wants a second person, it is
    proposed, and waits."""
    request.managed_sites()
    drafts = request.desk.drafts
    found = drafts.find(name, draft, request.staff.id)
    return _answer(request, drafts.publish(found, request.staff.id, request.now))


@routes.post(
    f"{_PATH}/approve",
    "Approve a proposal",
    "Draft",
    status=200,
    body=bodies.Nothing(),
    refuses=(403, 404, 409, 412, 422),
)
def approve_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Publish what another person has proposed. It is checked again, with what is in force now."""
    request.managed_sites()
    drafts = request.desk.drafts
    found = drafts.find(name, draft, request.staff.id)
    return _answer(request, drafts.approve(found, request.staff.id, request.now))


@routes.post(
    f"{_PATH}/reject",
    "Reject a proposal",
    "Draft",
    status=200,
    body=bodies.ProcessReason(),
    refuses=(403, 404, 409, 412),
)
def reject_draft(request: ApiRequest, name: str, draft: str) -> ApiResponse:
    """Give it back to its author, with the reason."""
    request.managed_sites()
    drafts = request.desk.drafts
    found = drafts.find(name, draft, request.staff.id)
    why = request.body["reason"]
    return _answer(request, drafts.reject(found, request.staff.id, request.now, why))


def _answer(request: ApiRequest, draft: DefinitionDraft) -> ApiResponse:
    heads = {**request.response_headers, "ETag": f'"{draft_tag(draft)}"'}
    return json_response(_render(request, draft), 200, heads)


def draft_tag(draft: DefinitionDraft) -> str:
    """The ETag of a draft: another one as soon as anything of it changes."""
    return digest_of(f"{draft.state} {draft.based_on} {draft.reason} {draft.text}")


def _render(request: ApiRequest, draft: DefinitionDraft) -> dict[str, Any]:
    store = request.desk.definition_store
    current = store.latest(WORKFLOW, draft.workflow)
    return {
        "workflow": draft.workflow,
        "id": draft.id,
        "author": store.author_name(draft.author),
        "author_id": draft.author,
        "text": draft.text,
        "based_on": draft.based_on,
        "state": draft.state,
        "reason": draft.reason,
        "changed_at": rfc3339(draft.changed_at),
        "decided_by": store.author_name(draft.decided_by) if draft.decided_by else None,
        "decided_at": rfc3339(draft.decided_at) if draft.decided_at is not None else None,
        "decision_reason": draft.decision_reason,
        "version": draft.version,
        "difference": request.desk.drafts.difference(draft, current.text if current else ""),
    }
