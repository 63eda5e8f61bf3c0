"""Beside an appointment: what else the assignee has agreed to in the coming time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import Definition
from workflows.language.forms.field import FieldType
from workflows.storage.queries.filters import TicketFilter
from workflows.timing.instants import Instant, parse_rfc3339

_TOLD, _LOOKED_AT = 5, 50  # appointments, and tickets in which they are looked for


def appointment_fields(definition: Definition) -> frozenset[str]:
    """The moments of a form by which something falls due."""
    promises = (
        *(state.due for state in definition.states.values()),
        *(clock.due for clock in definition.clocks.values()),
    )
    names = {due.at for due in promises if due is not None and due.at is not None}
    return frozenset(
        name
        for name in names
        if name in definition.fields and definition.fields[name].type is FieldType.DATETIME
    )


def hint_appointments(
    call: ConsoleRequest, context: StepContext, names: Collection[str]
) -> Mapping[str, str]:
    """What to say beside the fields `names`: the assignee's other appointments at the site, first the next
    one, beside those that are appointments. Of a ticket that the user may not read nothing is said."""
    assignee = context.directory.staff.get(context.ticket.assignee or "")
    moments = appointment_fields(context.definition) & set(names)
    if not moments or assignee is None:
        return {}
    zone = context.calendar.zone
    found = sorted(_find_appointments(call, context.ticket, assignee.id))
    told = [
        f"{write_moment(at, zone, call.language, call.now)} {number}" for at, number in islice(found, _TOLD)
    ]
    if not told:
        return dict.fromkeys(moments, call.text("forms", "no-appointments", name=assignee.name))
    listed = call.text("forms", "appointments", name=assignee.name, appointments="; ".join(told))
    return dict.fromkeys(moments, listed)


def _find_appointments(call: ConsoleRequest, ticket: Ticket, assignee: str) -> Iterator[tuple[Instant, str]]:
    """The moments that open tickets now wait for, which are still to come, with the tickets' numbers."""
    assigned = TicketFilter(
        sites=(ticket.site,), viewer=call.viewer, category="open", assignee=assignee, due_after=call.now
    )
    for other in call.desk.queries.tickets(assigned, None, _LOOKED_AT).tickets:
        definition = call.desk.definitions.get(other.workflow, other.version)
        due = definition.states[other.state].due
        if other.id == ticket.id or due is None or due.at not in appointment_fields(definition):
            continue
        agreed = other.data.get(due.at)
        if isinstance(agreed, str) and (at := parse_rfc3339(agreed)) > call.now:
            yield at, other.number
