"""Clocks whose levels could not be fired, and slots whose tickets could not be opened: each with its reason,
to be tried again."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api import operations, schedules
from service.api.http.response import ApiResponse
from service.console.admin.admin_page import PARTS, admin_page, find_tickets, new_pages
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.ticket_rows import ticket_path
from service.schemas import bodies
from service.schemas.load import read_body
from service.texts import localize
from workflows.core.commands import Unpark
from workflows.errors import Invalid

pages = new_pages()
_PATH = PARTS["parked"]


@pages.get(_PATH)
def show_parked(call: ConsoleRequest) -> Response:
    """Everything that was set aside at the sites that the user looks after."""
    return _parked_page(call)


def _parked_page(call: ConsoleRequest, unsaid: str = "", status: int = 200) -> Response:
    """The page; `unsaid` is the key of the clock whose form came back without a note."""
    return admin_page(
        call,
        "parked",
        "parked/parked.html",
        status=status,
        clocks=_list_clocks(call),
        runs=_list_runs(call),
        unsaid=unsaid,
    )


def _list_clocks(call: ConsoleRequest) -> list[dict[str, Any]]:
    parked = read_answer(operations.list_parked(call))["items"]
    tickets = find_tickets(call, {(each["site"], each["ticket"]) for each in parked if each["ticket"]})
    shown = []
    for each in parked:
        ticket = tickets.get((each["site"], each["ticket"]))
        more = {"number": "", "title": "", "path": ""}
        if ticket is not None:
            path = ticket_path(call, ticket.site, ticket.number)
            more = {"number": ticket.number, "title": ticket.title, "path": path}
        shown.append({**each, **more, "key": f"{each['ticket']}/{each['clock']}"})
    return shown


def _list_runs(call: ConsoleRequest) -> list[dict[str, Any]]:
    plan = call.desk.definitions.plan().schedules
    found = []
    for run in call.desk.runs.parked_runs(call.managed_sites()):
        slot = run.occurrence
        known = plan.get(slot.schedule)
        found.append(
            {
                "site": slot.site,
                "schedule": slot.schedule,
                "key": slot.key,
                "title": localize(known.title, call.language) if known else slot.schedule,
                "opens_at": slot.opens_at,
                "reason": run.reason or "",
            }
        )
    return found


@pages.post(f"{_PATH}/clocks")
def unpark_clock(call: ConsoleRequest) -> Response:
    """Let a clock be tried again. The history of the ticket keeps the note."""
    form = call.request.form
    if (before := call.answered_before()) is not None:
        return before
    site, ticket, clock = (form.get(name, "") for name in ("site", "ticket", "clock"))
    actor = call.actor_at(call.check_managed_site(site))
    call.load_ticket(site, ticket)
    try:
        note = read_body(bodies.TakeUp(), {"note": form.get("note", "").strip()})["note"]
    except Invalid as refusal:
        return _parked_page(call, f"{ticket}/{clock}", refusal.status)
    command = Unpark(site=site, ticket=ticket, actor=actor, clock=clock, note=note)
    answer = ApiResponse(303, headers={"Location": _PATH})
    call.desk.engine.do(command, call.now, call.idempotent_request(lambda _: answer))
    return call.go_to(_PATH, call.text("admin_parked", "retried"))


@pages.post(f"{_PATH}/slots/<schedule>")
def retry_slot(call: ConsoleRequest, schedule: str) -> Response:
    """Let the tickets of a slot be opened again."""
    given = {name: call.request.form.get(name, "") for name in ("site", "key")}
    call.body = read_body(bodies.RetryRun(), given)
    return call.act_once(
        _PATH, lambda: schedules.retry_run(call, schedule), call.text("admin_parked", "retried")
    )
