"""What a plan would do to each ticket, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.console.ticket_rows import ticket_path
from service.texts import localize
from workflows.language.definition import Definition
from workflows.timing.instants import parse_rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationRow:
    """A ticket: from where it would go (`to` is empty if it has to stay), when it would be due, and what
    there is to know of it."""

    number: str
    path: str
    source: str
    to: str
    due: tuple[str, ...]
    overdue: bool
    remarks: tuple[str, ...]


def list_preview(
    call: ConsoleRequest, definition: Definition, tickets: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> list[MigrationRow]:
    """The tickets of a preview, as the API gives them."""
    return [_build_row(call, definition, each, zone) for each in tickets]


def _build_row(
    call: ConsoleRequest, definition: Definition, ticket: Mapping[str, Any], zone: ZoneInfo
) -> MigrationRow:
    def moment(text: str | None) -> str:
        return write_moment(parse_rfc3339(text), zone, call.language, call.now) if text else "–"

    remarks = [
        call.text("process_migrations", key, names=", ".join(ticket[key.replace("-", "_")]))
        for key in ("dropped", "lacking", "goes-on")
        if ticket[key.replace("-", "_")]
    ]
    return MigrationRow(
        number=ticket["number"],
        path=ticket_path(call, ticket["site"], ticket["number"]),
        source=_describe_place(call, definition, ticket["from"]),
        to=_describe_place(call, definition, ticket["to"]) if ticket["to"] else "",
        due=tuple(f"{moment(each['before'])} → {moment(each['after'])}" for each in ticket["clocks"]),
        overdue=ticket["overdue"],
        remarks=(*remarks, *ticket["reasons"]),
    )


def _describe_place(call: ConsoleRequest, definition: Definition, place: Mapping[str, Any]) -> str:
    """The title of a state, and the version; a state that the version in force lacks by its name."""
    state = definition.states.get(place["state"])
    title = localize(state.title, call.language) if state else place["state"]
    return f"{title} · {call.text('processes', 'version-n', version=place['version'])}"
