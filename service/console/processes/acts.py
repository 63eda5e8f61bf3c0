"""What becomes of a process: an earlier text comes back, it is retired, reinstated, renamed."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Response

from service.api import workflow_acts
from service.api.http.response import ApiResponse
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.processes.process_rows import process_path
from service.schemas import bodies
from service.schemas.load import read_body
from service.texts import localize
from workflows.errors import Forbidden, NotFound, Refusal

pages = Pages(guard=ConsoleRequest.managed_sites)
_ONE = "/processes/<name>/acts/<any('take-back', retire, reinstate, rename):act>"
_ACTS: dict[str, Callable[[ConsoleRequest, str], ApiResponse]] = {
    "take-back": workflow_acts.take_back,
    "retire": workflow_acts.retire,
    "reinstate": workflow_acts.reinstate,
    "rename": workflow_acts.rename,
}


@pages.get(_ONE)
def ask(call: ConsoleRequest, name: str, act: str) -> Response:
    """What the act means, and the form that confirms it."""
    return _confirmation(call, name, act)


@pages.post(_ONE)
def carry_out(call: ConsoleRequest, name: str, act: str) -> Response:
    """The act, once it is confirmed with a reason."""
    try:
        return call.answer_once(lambda: _carry_out(call, name, act))
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _confirmation(call, name, act, refusal)


def _carry_out(call: ConsoleRequest, name: str, act: str) -> Response:
    form = call.request.form
    given: dict[str, object] = {"reason": form.get("reason", "").strip()}
    if act == "take-back":
        given["to"] = int(form["to"]) if form.get("to", "").isdecimal() else None
        call.base = form.get("base") or None
    if act == "rename":
        given["to"] = form.get("to", "").strip()
    schemas = {"take-back": bodies.TakeBack, "rename": bodies.RenameProcess}
    call.body = read_body(schemas.get(act, bodies.ProcessReason)(), given)
    done = orjson.loads(_ACTS[act](call, name).body)
    present = done.get("renamed_to") or done["name"]
    return call.go_to(process_path(present), call.text("process_acts", f"{act}-done"))


def _confirmation(call: ConsoleRequest, name: str, act: str, refusal: Refusal | None = None) -> Response:
    definition = call.desk.definitions.latest(name)
    standing = call.desk.counts.count_by_version(definition.name, call.viewer, call.sites)
    _, general = sort_faults(call, refusal, None, ()) if refusal else ({}, [])
    process = localize(definition.title, call.language) or definition.name
    given = call.request.values
    return call.page(
        "processes/confirm.html",
        call.text("process_acts", f"{act}-title", process=process),
        refusal.status if refusal else 200,
        act=act,
        path=process_path(definition.name),
        process=process,
        definition=definition,
        open=sum(standing.values()),
        general=general,
        changed=str(refusal.details.get("difference", "")) if refusal else "",
        to=given.get("to", ""),
        reason=given.get("reason", ""),
    )
