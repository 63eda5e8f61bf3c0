"""Moving open tickets to another version: a plan is tried first, then carried out, and can be undone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import quote

import orjson
from flask import Response

from service.api import migrations as migrations_api
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_moment
from service.console.processes.migration_rows import list_preview
from service.console.processes.process_rows import process_path
from service.schemas import bodies
from service.schemas.load import read_body
from service.texts import localize
from workflows.errors import Forbidden, NotFound, Refusal
from workflows.language.definition import Definition

pages = Pages(guard=ConsoleRequest.managed_sites)
_ONE = "/processes/<name>/migrations"


@pages.get(_ONE)
def begin_migration(call: ConsoleRequest, name: str) -> Response:
    """The migrations there were, and a plan for the open tickets of older versions, if there are any."""
    definition, plan = call.desk.definitions.latest(name), ""
    with call.desk.definitions.without_rechecks():
        with suppress(NotFound):  # no ticket is on an older version
            plan = call.desk.migrator.propose(definition.name)
        return _plan_page(call, definition, plan)


@pages.post(_ONE)
def try_migration(call: ConsoleRequest, name: str) -> Response:
    """What the plan would do to each ticket. No ticket is moved."""
    definition = call.desk.definitions.latest(name)
    plan = call.request.form.get("plan", "").replace("\r\n", "\n")
    try:
        call.body = read_body(bodies.MigrationText(), {"text": plan})
        found = orjson.loads(migrations_api.plan_migration(call, definition.name).body)
    except Forbidden:
        raise
    except Refusal as refusal:
        return _plan_page(call, definition, plan, refusal=refusal)
    return _plan_page(call, definition, plan, found=found)


def _plan_page(
    call: ConsoleRequest,
    definition: Definition,
    plan: str,
    found: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    _, general = sort_faults(call, refusal, None, ()) if refusal else ({}, [])
    zone = call.zone
    known = call.desk.migrator.list_of_process(definition.name)
    return call.page(
        "processes/plan.html",
        call.text("process_migrations", "title", process=_title(call, definition)),
        refusal.status if refusal else 200,
        process=_title(call, definition),
        path=process_path(definition.name),
        plan=plan,
        general=general,
        found=found,
        rows=list_preview(call, definition, found["tickets"], zone) if found else [],
        migrations=[
            (each.id, each.because, write_moment(each.created_at, zone, call.language)) for each in known
        ],
    )


@pages.get(f"{_ONE}/<id>")
def show_migration(call: ConsoleRequest, name: str, id: str) -> Response:
    """How far a migration is."""
    definition = call.desk.definitions.latest(name)
    found = orjson.loads(migrations_api.show_migration(call, definition.name, id).body)
    return call.page(
        "processes/migration.html",
        call.text("process_migrations", "one", process=_title(call, definition)),
        process=_title(call, definition),
        path=process_path(definition.name),
        found=found,
    )


@pages.post(f"{_ONE}/<id>/<any(run, undo):act>")
def move_tickets(call: ConsoleRequest, name: str, id: str, act: str) -> Response:
    """Move a batch of tickets, or bring one back; what is left waits for the next time."""
    definition = call.desk.definitions.latest(name)
    address = f"{process_path(definition.name)}/migrations/{quote(id, safe='')}"
    retry = bool(call.request.form.get("retry"))
    call.body = (
        read_body(bodies.UndoTickets(), {})
        if act == "undo"
        else read_body(bodies.MoveTickets(), {"retry": retry})
    )
    carry_out = migrations_api.undo_migration if act == "undo" else migrations_api.run_migration
    carry_out(call, definition.name, id)
    return call.go_to(address, call.text("process_migrations", f"{act}-done"))


def _title(call: ConsoleRequest, definition: Definition) -> str:
    return localize(definition.title, call.language) or definition.name
