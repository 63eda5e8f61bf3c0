"""Who has a ticket, and of which other it is the same: giving it to somebody, and merging it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from service.api.tickets.lookup import find_ticket_key_at
from service.console.forms.open_work import describe_people
from service.console.http.console_request import ConsoleRequest
from service.console.ticket.commands import read_note, seen_step
from service.console.ticket.ticket_history import HistoryItem
from workflows.core.access import delegation, permissions
from workflows.core.commands import Assign, Merge
from workflows.core.input.similarity import find_similarity
from workflows.core.ticket import StepContext

TicketAct = Literal["assign", "merge"]
NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActForm:
    """The form of one of these acts. `options` are (value, title): people, or likely duplicates."""

    act: TicketAct
    options: Sequence[tuple[str, str]]
    value: str = ""
    note: str = ""
    wrong: Sequence[str] = ()
    changes: Sequence[HistoryItem] = ()


def list_acts(call: ConsoleRequest, context: StepContext) -> list[TicketAct]:
    """What of this the user may do with the ticket."""
    ticket, actor = context.ticket, call.actor_at(context.ticket.site)
    if ticket.closed_at is not None:
        return []
    found: list[TicketAct] = ["assign"] if permissions.may_direct(context, actor) else []
    rule = context.definition.merge
    if rule is not None and permissions.has_any_role(rule.roles, actor, context.definition, ticket):
        found.append("merge")
    return found


def begin_act(
    call: ConsoleRequest,
    context: StepContext,
    act: TicketAct,
    wrong: Sequence[str] = (),
    changes: Sequence[HistoryItem] = (),
) -> ActForm:
    """The form of an act; with what was typed, if it comes back."""
    options = _list_people(call, context) if act == "assign" else list(_list_duplicates(call, context))
    form, proposed = call.request.form, options[0][0] if act == "assign" else ""
    return ActForm(
        act=act,
        options=options,
        value=form.get("to", context.ticket.assignee or proposed),
        note=form.get("note", ""),
        wrong=wrong,
        changes=changes,
    )


def _list_people(call: ConsoleRequest, context: StepContext) -> list[tuple[str, str]]:
    """Who could work on the ticket, with the open work of each; and nobody."""
    staff = context.directory.staff.values()
    able = {each.id for each in staff if delegation.could_work_on(context, each, call.now)}
    counts = call.desk.counts.count_open_by_assignee(context.ticket.site, sorted(able))
    people = describe_people(call, context.directory, able, counts)
    return [*people.items(), (NOBODY, call.text("ticket", "nobody"))]


def _list_duplicates(call: ConsoleRequest, context: StepContext) -> Iterator[tuple[str, str]]:
    """The numbers of open tickets that look the same."""
    ticket, definition = context.ticket, context.definition
    if definition.duplicates is None:
        return
    similarity = find_similarity(definition, {**ticket.data, **ticket.personal})
    if similarity is None:
        return
    for each in call.desk.queries.duplicates.find(ticket.site, definition.name, similarity, call.viewer):
        if each.id != ticket.id:
            yield each.number, f"{each.number} · {each.title}"


def build_assign(call: ConsoleRequest, context: StepContext) -> Assign:
    """The command of the form that gives the ticket to somebody."""
    ticket = context.ticket
    return Assign(
        site=ticket.site,
        ticket=ticket.id,
        actor=call.actor_at(ticket.site),
        expected=seen_step(call),
        note=read_note(call),
        to=call.request.form.get("to") or None,
    )


def build_merge(call: ConsoleRequest, context: StepContext) -> Merge:
    """The command of the form that merges the ticket. Raises NotFound if there is no other of that number."""
    ticket = context.ticket
    typed = call.request.form.get("number", "").strip() or call.request.form.get("to", "")
    _, into = find_ticket_key_at(call, typed, (ticket.site,))
    return Merge(
        site=ticket.site,
        ticket=ticket.id,
        actor=call.actor_at(ticket.site),
        expected=seen_step(call),
        note=read_note(call),
        into=into,
    )
