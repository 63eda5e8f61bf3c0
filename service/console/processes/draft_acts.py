"""What becomes of a draft: another person approves or rejects it, or its author deletes it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from service.api import workflow_drafts
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.processes.editor import editor_page
from service.console.processes.process_rows import process_path
from service.console.processes.sent_text import SentText
from service.console.processes.text_review import review_text
from service.schemas import bodies
from service.schemas.load import read_body
from workflows.errors import Forbidden, NotFound, Refusal

pages = Pages(guard=ConsoleRequest.managed_sites)
_DRAFT = "/processes/<name>/drafts/<draft>"


def _decide(call: ConsoleRequest, name: str, draft: str, act: Callable[[], Response]) -> Response:
    """Carry out the act; if it is refused, the draft is shown again with why."""
    try:
        return call.answer_once(act)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        found = call.desk.drafts.find(name, draft, call.staff.id)
        review = review_text(call, found.text)
        return editor_page(call, SentText.of_draft(found), draft=found, refusal=refusal, review=review)


@pages.post(f"{_DRAFT}/approve")
def approve(call: ConsoleRequest, name: str, draft: str) -> Response:
    """Publish what another person has proposed."""
    return _decide(call, name, draft, lambda: _approve(call, name, draft))


def _approve(call: ConsoleRequest, name: str, draft: str) -> Response:
    workflow_drafts.approve_draft(call, name, draft)
    return call.go_to(process_path(name), call.text("process_editor", "published"))


@pages.post(f"{_DRAFT}/reject")
def reject(call: ConsoleRequest, name: str, draft: str) -> Response:
    """Give it back to its author, with the reason."""
    return _decide(call, name, draft, lambda: _reject(call, name, draft))


def _reject(call: ConsoleRequest, name: str, draft: str) -> Response:
    call.body = read_body(bodies.ProcessReason(), {"reason": call.request.form.get("reason", "").strip()})
    workflow_drafts.reject_draft(call, name, draft)
    return call.go_to("/processes", call.text("process_editor", "given-back"))


@pages.post(f"{_DRAFT}/delete")
def delete(call: ConsoleRequest, name: str, draft: str) -> Response:
    """Delete one's own draft."""
    return _decide(call, name, draft, lambda: _delete(call, name, draft))


def _delete(call: ConsoleRequest, name: str, draft: str) -> Response:
    workflow_drafts.delete_draft(call, name, draft)
    return call.go_to("/processes", call.text("process_editor", "deleted"))
