"""The messages of the sites that the user looks after, by what became of them. Those that nobody received
can be sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response

from service.api import operations
from service.console.admin.admin_page import (
    PAGE_SIZE,
    PARTS,
    admin_page,
    find_tickets,
    new_pages,
)
from service.console.admin.people.person import person_path
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.organisation_titles import title_role
from service.console.ticket_rows import ticket_path
from workflows.core.step_messages import CLIENT
from workflows.language.forms.organisation import Organisation
from workflows.storage.deliveries import DEAD, LOGGED, NO_ADDRESS, REPEATABLE, SENT
from workflows.storage.queries.messages import ALL_WAITING

pages = new_pages()
_PATH = PARTS["messages"]
_TABS = (DEAD, NO_ADDRESS, LOGGED, ALL_WAITING, SENT)
Message = Mapping[str, Any]


@pages.get(_PATH)
def show_messages(call: ConsoleRequest) -> Response:
    """The messages of one kind, oldest first: those that could not be sent, if none is asked for."""
    asked = call.request.args
    status = asked["status"] if asked.get("status") in _TABS else DEAD
    call.query = {"status": status, "cursor": asked.get("cursor"), "limit": PAGE_SIZE}
    found = read_answer(operations.list_outbox(call))
    following = urlencode({"status": status, "cursor": found["next"]}) if found["next"] else ""
    return admin_page(
        call,
        "messages",
        "messages/messages.html",
        shown=status,
        tabs=[_render_tab(call, each, each == status) for each in _TABS],
        messages=_render_messages(call, found["items"]),
        repeatable=status in REPEATABLE,
        first=f"{_PATH}?status={status}" if asked.get("cursor") else "",
        following=f"{_PATH}?{following}" if following else "",
    )


def _render_tab(call: ConsoleRequest, status: str, current: bool) -> dict[str, Any]:
    title = call.text("admin_messages", status)
    return {"path": f"{_PATH}?status={status}", "title": title, "count": None, "current": current}


def _render_messages(call: ConsoleRequest, messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages with the names of people and the numbers of tickets that the user may see."""
    tickets = find_tickets(call, {(each["site"], each["ticket"]) for each in messages if each["ticket"]})
    organisation = call.desk.definitions.company().organisation
    shown = []
    for each in messages:
        member = call.desk.people.directory(each["site"]).staff.get(each["recipient"])
        ticket = tickets.get((each["site"], each["ticket"]))
        shown.append(
            {
                **each,
                "to": member.name if member else "",
                "person": person_path(member.id) if member else "",
                "role_title": _title_role(call, organisation, each["role"]),
                "number": ticket.number if ticket else "",
                "path": ticket_path(call, ticket.site, ticket.number) if ticket else "",
            }
        )
    return shown


def _title_role(call: ConsoleRequest, organisation: Organisation, role: str) -> str:
    """As what somebody is told; whoever a ticket is about is in no organisation."""
    client = call.text("admin_messages", CLIENT)
    return client if role == CLIENT else title_role(organisation, role, call.language)


@pages.post(f"{_PATH}/<id>/requeue")
def requeue_message(call: ConsoleRequest, id: str) -> Response:
    """Let a message be sent again."""
    back = call.request.form.get("status", "")
    path = f"{_PATH}?status={quote(back if back in _TABS else DEAD)}"
    return call.act_once(path, lambda: operations.requeue(call, id), call.text("admin_messages", "requeued"))
