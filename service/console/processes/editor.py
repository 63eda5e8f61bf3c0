"""The editor: the text of a process with what is found in it, what it would change, and its publication.

Whatever is refused, the text that was typed is shown again.
"""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from flask import Response

from service.api import workflow_drafts, workflows
from service.api.http.ids import new_id
from service.api.workflow_texts import find_version
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.templates import render_template
from service.console.processes.process_rows import process_path
from service.console.processes.sent_text import SentText
from service.console.processes.text_review import TextReview, find_faults, review_text
from service.difference.sheet import list_besides
from service.texts import localize
from workflows.definitions.checks import InvalidDefinition
from workflows.errors import Invalid, NotFound, Reason, Refusal, Stale
from workflows.storage.definition_drafts import PROPOSED, PUBLISHED, DefinitionDraft
from workflows.versions import WORKFLOW

pages = Pages(guard=ConsoleRequest.managed_sites)
_ONE = "/processes/<name>"


@pages.get(f"{_ONE}/edit")
def open_editor(call: ConsoleRequest, name: str) -> Response:
    """The text in force; that of an earlier version (`?version=`), or of a draft (`?draft=`)."""
    if draft := call.request.args.get("draft"):
        found = call.desk.drafts.find(name, draft, call.staff.id)
        sent = SentText.of_draft(found)
        decided = found.state in (PROPOSED, PUBLISHED)
        return editor_page(call, sent, draft=found, review=review_text(call, sent.text) if decided else None)
    definition = call.desk.definitions.latest(name)
    if definition.name != name:
        return call.go_to(f"{process_path(definition.name)}/edit")
    version = find_version(call, name, call.request.args.get("version", str(definition.version)))
    return editor_page(call, SentText(name=name, text=version.text, base=str(definition.version)))


@pages.post(f"{_ONE}/edit")
def send_text(call: ConsoleRequest, name: str) -> Response:
    """Check, publish or keep the text, as `act` says."""
    return answer_text(call, SentText.of(call, name))


@pages.post("/processes/findings")
def show_findings(call: ConsoleRequest) -> Response:
    """What is wrong with the text of the form, as a part of a page: for the script of the editor."""
    found = find_faults(call, SentText.of(call, "").text)
    return Response(render_template("processes/margin.html", call=call, review=found), mimetype="text/html")


def answer_text(call: ConsoleRequest, sent: SentText) -> Response:
    """The answer to a form of the editor, of a process that is there or of a new one."""
    act = call.request.form.get("act", "check")
    try:
        if act == "save":
            return call.answer_once(lambda: _save(call, sent))
        if act == "publish":
            return call.answer_once(lambda: _publish(call, sent))
    except Refusal as refusal:
        return editor_page(call, sent, refusal=refusal, review=_review_refused(call, sent, refusal))
    return editor_page(call, sent, review=review_text(call, sent.text))


def _review_refused(call: ConsoleRequest, sent: SentText, refusal: Refusal) -> TextReview | None:
    """What is wrong with a text that cannot be published; another refusal is not about the text."""
    return review_text(call, sent.text) if isinstance(refusal, InvalidDefinition) else None


def _save(call: ConsoleRequest, sent: SentText) -> Response:
    """Keep the text as a draft of the user's own."""
    if not sent.named:
        message = "a new process says its name in its first line, as `workflow: name`"
        raise Invalid(Reason("name-needed", message, field="text"))
    draft = _keep(call, sent)
    path = f"{process_path(sent.named)}/edit?{urlencode({'draft': draft})}"
    return call.go_to(path, call.text("process_editor", "kept"))


def _keep(call: ConsoleRequest, sent: SentText) -> str:
    sent.give(call, as_draft=True)
    draft = sent.draft or new_id(call.now)
    workflow_drafts.save_draft(call, sent.named, draft)
    return draft


def _publish(call: ConsoleRequest, sent: SentText) -> Response:
    """Publish it; a draft is published as one, so that it is known what became of it. Where a site wants a
    second person, it waits for one."""
    if sent.draft:
        _keep(call, sent)
        answer = workflow_drafts.publish_draft(call, sent.named, sent.draft)
        state = orjson.loads(answer.body)["state"]
        notice = "proposed" if state == PROPOSED else "published"
        return call.go_to(process_path(sent.named), call.text("process_editor", notice))
    sent.give(call, as_draft=False)
    try:
        done = orjson.loads(workflows.publish(call).body)
    except Refusal as refusal:
        if "draft" not in refusal.details:
            raise
        return call.go_to(process_path(sent.named), call.text("process_editor", "proposed"))
    notice = "published" if done["changed"] else "unchanged"
    return call.go_to(process_path(done["name"]), call.text("process_editor", notice))


def editor_page(
    call: ConsoleRequest,
    sent: SentText,
    *,
    draft: DefinitionDraft | None = None,
    refusal: Refusal | None = None,
    review: TextReview | None = None,
) -> Response:
    """The editor with this text. `refusal` is why it was not taken, `draft` the stored draft it is."""
    _, general = sort_faults(call, refusal, None, ()) if refusal else ({}, [])
    current = call.desk.definition_store.latest(WORKFLOW, sent.name) if sent.name else None
    waiting = draft is not None and draft.state == PROPOSED
    mine = draft is None or draft.author == call.staff.id
    return call.page(
        "processes/editor.html",
        _title(call, sent),
        refusal.status if refusal else 200,
        sent=sent,
        path=process_path(sent.name) if sent.name else "",
        action=f"{process_path(sent.name)}/edit" if sent.name else "/new-process",
        current=current.version if current else 0,
        general=[] if isinstance(refusal, InvalidDefinition) else general,
        changed=str(refusal.details.get("difference", "")) if isinstance(refusal, Stale) else "",
        review=review,
        besides=list_besides,
        draft=draft,
        author=call.desk.definition_store.author_name(draft.author) if draft else "",
        waiting=waiting,
        mine=mine,
        open=mine and not waiting and (draft is None or draft.state != PUBLISHED),
    )


def _title(call: ConsoleRequest, sent: SentText) -> str:
    if not sent.name:
        return call.text("process_editor", "new-title")
    try:
        definition = call.desk.definitions.latest(sent.name)
    except NotFound:
        return call.text("process_editor", "title", process=sent.name)
    title = localize(definition.title, call.language) or sent.name
    return call.text("process_editor", "title", process=title)
