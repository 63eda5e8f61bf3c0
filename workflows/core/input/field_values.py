"""The values of a form as a ticket holds them: plain or personal, merged, and the title one of them gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.core.ticket import Ticket
from workflows.language.definition import Definition

TITLE_LENGTH = 80

FormValues = Mapping[str, object]
TicketChanges = dict[str, Any]  # ticket attribute → value; collected, so that a step copies the ticket once


def split_personal(definition: Definition, values: FormValues) -> tuple[dict[str, object], dict[str, object]]:
    """Split the values of a form into (plain, personal)."""
    personal = definition.personal_fields
    if personal.isdisjoint(values):
        return dict(values), {}
    return (
        {name: value for name, value in values.items() if name not in personal},
        {name: value for name, value in values.items() if name in personal},
    )


def compute_field_changes(definition: Definition, ticket: Ticket, values: FormValues) -> TicketChanges:
    """The attributes that change when a form's values are merged into the ticket's; None removes a field."""
    if not values:
        return {}
    plain, personal = split_personal(definition, values)
    changes: TicketChanges = {"data": _merge_values(ticket.data, plain)}
    if personal:
        changes["personal"] = _merge_values(ticket.personal, personal)
    if definition.summary in plain:
        changes["title"] = build_title(definition, changes["data"])
    return changes


def _merge_values(old: FormValues, new: FormValues) -> dict[str, object]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def build_title(definition: Definition, data: FormValues) -> str:
    """The ticket's title in lists: its summary field on one line, cut to `TITLE_LENGTH`."""
    text = " ".join(str(data.get(definition.summary or "", "")).split())
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"
