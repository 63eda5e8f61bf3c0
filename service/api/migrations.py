"""Migrations: moving open tickets to another version of their process by a plan, for those who publish."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.schemas import bodies
from workflows.core.commands import Actor
from workflows.definitions.checks import InvalidDefinition
from workflows.errors import Invalid, NotFound, Reason
from workflows.migrations.preview import PreviewedTicket
from workflows.storage.tickets.migrations import MOVED_ON, REFUSED, StoredMigration
from workflows.timing.clock import Clock
from workflows.timing.instants import rfc3339

routes = Routes("migrations")
PLAN_FILE = "plan.yaml"  # the name under which the plan is reported that was sent
MOST_SHOWN = 200
_OF_PROCESS = "/api/workflows/{name}/migrations"


@routes.get(_OF_PROCESS, "List the migrations of a process", "Migrations", refuses=(403, 404))
def list_migrations(request: ApiRequest, name: str) -> ApiResponse:
    """Plans by which open tickets were, or are to be, moved to another version; the newest first."""
    request.managed_sites()
    request.desk.definitions.latest(name)
    items = [_render_head(each) for each in request.desk.migrator.list_of_process(name)]
    return json_response({"items": items}, 200, request.response_headers)


@routes.post(
    _OF_PROCESS,
    "Try a migration",
    "MigrationPreview",
    body=bodies.MigrationText(),
    refuses=(403, 404),
)
def plan_migration(request: ApiRequest, name: str) -> ApiResponse:
    """Check a plan, and say what it would do to each open ticket at the sites where the user publishes. No
    ticket is moved; `…/{id}/run` does it."""
    sites = request.managed_sites()
    request.desk.definitions.latest(name)
    migrator, text = request.desk.migrator, request.body["text"]
    plan, findings = migrator.read(text, PLAN_FILE)
    if plan is None:
        raise InvalidDefinition(findings)
    if plan.process != name:
        message = f"the plan is about {plan.process}"
        raise Invalid(Reason("bad-value", message, field="text", facts={"field": "text"}))
    previews = list(migrator.preview(plan, request.now, sites))
    shown = [each for each in previews if _is_visible(request, each)]
    migration = migrator.start(text, plan, request.now, request.staff.id)
    found = {
        **_render_head(migration),
        "moving": sum(each.after is not None for each in previews),
        "staying": sum(each.after is None for each in previews),
        "overdue": sum(each.becomes_overdue(request.now) for each in previews),
        "tickets": [_render_preview(request, each) for each in shown[:MOST_SHOWN]],
    }
    heads = {**request.response_headers, "Location": f"/api/workflows/{name}/migrations/{migration.id}"}
    return json_response(found, 201, heads)


@routes.get(f"{_OF_PROCESS}/{{id}}", "See how far a migration is", "Migration", refuses=(403, 404))
def show_migration(request: ApiRequest, name: str, id: str) -> ApiResponse:
    """How many tickets were moved, brought back or refused, at the sites where the user publishes."""
    migration = _find(request, name, id)
    return json_response(_render(request, migration), 200, request.response_headers)


@routes.post(
    f"{_OF_PROCESS}/{{id}}/run",
    "Carry a migration out",
    "Migration",
    status=200,
    body=bodies.MoveTickets(),
    refuses=(403, 404),
)
def run_migration(request: ApiRequest, name: str, id: str) -> ApiResponse:
    """Move a batch of tickets, each in one step. Repeat it until none is `waiting`. With `retry`, those that
    were refused are tried again."""
    migration, migrator, sites = _find(request, name, id), request.desk.migrator, request.managed_sites()
    if request.body["retry"]:
        migrator.retry(migration, sites)
    migrator.run(migration, request.now, _publisher(request), request.body["limit"], sites=sites)
    return json_response(_render(request, migration), 200, request.response_headers)


@routes.post(
    f"{_OF_PROCESS}/{{id}}/undo",
    "Undo a migration",
    "Migration",
    status=200,
    body=bodies.UndoTickets(),
    refuses=(403, 404),
)
def undo_migration(request: ApiRequest, name: str, id: str) -> ApiResponse:
    """Bring a batch of tickets back exactly as they were. Repeat it until none is `moved`. Tickets on which a
    step was taken since stay."""
    migration, sites = _find(request, name, id), request.managed_sites()
    limit = request.body["limit"]
    request.desk.migrator.undo(migration, request.now, _publisher(request), limit, sites=sites)
    return json_response(_render(request, migration), 200, request.response_headers)


def _find(request: ApiRequest, name: str, migration_id: str) -> StoredMigration:
    request.managed_sites()
    migration = request.desk.migrator.find(migration_id)
    if migration.process != name:
        raise NotFound(Reason("unknown-migration", "there is no such migration", field="id"))
    return migration


def _publisher(request: ApiRequest) -> Actor:
    return Actor(id=request.staff.id, name=request.staff.name)


def _is_visible(request: ApiRequest, previewed: PreviewedTicket) -> bool:
    ticket = previewed.before
    return request.viewer.sees(ticket.site, ticket.audience, ticket.assignee)


def _render_head(migration: StoredMigration) -> dict[str, Any]:
    return {
        "id": migration.id,
        "process": migration.process,
        "because": migration.because,
        "created_at": rfc3339(migration.created_at),
        "created_by": migration.created_by,
    }


def _render(request: ApiRequest, migration: StoredMigration) -> dict[str, Any]:
    migrator, sites = request.desk.migrator, request.managed_sites()
    progress = migrator.progress(migration, sites)
    left = [
        each
        for status in (REFUSED, MOVED_ON)
        for each in migrator.with_status(migration, status, MOST_SHOWN, sites)
    ]
    return {
        **_render_head(migration),
        "moved": progress.moved,
        "undone": progress.undone,
        "refused": progress.refused,
        "moved_on": progress.moved_on,
        "waiting": progress.waiting,
        "left": [
            {"site": each.site, "number": each.number, "reason": each.reason or ""}
            for each in left
            if request.viewer.sees(each.site, each.audience, each.assignee)
        ],
    }


def _render_preview(request: ApiRequest, previewed: PreviewedTicket) -> dict[str, Any]:
    before, after = previewed.before, previewed.after
    return {
        "site": before.site,
        "number": before.number,
        "from": {"version": before.version, "state": before.state},
        "to": {"version": after.version, "state": after.state} if after else None,
        "clocks": [
            {"name": name, "before": _due(old), "after": _due(new)} for name, old, new in previewed.clocks
        ],
        "dropped": list(previewed.dropped),
        "lacking": list(previewed.lacking),
        "goes_on": list(previewed.goes_on),
        "overdue": previewed.becomes_overdue(request.now),
        "reasons": [each.message for each in previewed.reasons],
    }


def _due(clock: Clock | None) -> str | None:
    return None if clock is None or clock.due_at is None else rfc3339(clock.due_at)
