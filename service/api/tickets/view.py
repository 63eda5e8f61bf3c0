"""Tickets, clocks and history as JSON. Instants are RFC 3339 in UTC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.api.tickets.related import RelatedTickets
from service.texts import localize, say
from service.ticket_title import localize_title
from workflows.core.access.next_owners import find_next_owners
from workflows.core.clocks.advance import STATE_CLOCK
from workflows.core.people import Directory
from workflows.core.ticket import PRIORITIES, Child, StepContext, Ticket
from workflows.language.definition import Definition
from workflows.language.forms.mask import mask
from workflows.storage.queries.results import (
    UrgentTicket,
)
from workflows.timing.clock import Basis, Clock
from workflows.timing.clock_operations import explain
from workflows.timing.instants import Instant, rfc3339
from workflows.timing.progress import count_consumed

Json = dict[str, Any]
MAX_PEOPLE, MAX_LINE_PEOPLE = 100, 5  # who may have the next move, of a ticket and of a line in a list


def format_instant(instant: Instant | None) -> str | None:
    """The instant in RFC 3339, UTC; None stays None."""
    return None if instant is None else rfc3339(instant)


def render_ticket(context: StepContext, now: Instant, language: str, related: RelatedTickets) -> Json:
    """A ticket with its form, its clocks, its first children and what it became. Personal data is masked;
    tickets that are not visible to the reader are left out."""
    ticket, definition = context.ticket, context.definition
    shown = render_ticket_line(
        ticket, definition, now, language, related, context.directory, people=MAX_PEOPLE
    )
    shown["data"] = {**ticket.data, **mask_personal(definition, ticket.personal)}
    shown["urges"] = ticket.trail.urges
    shown["merged_into"] = related.visible_id(ticket.site, ticket.trail.merged_into)
    shown["clocks"] = [render_clock(each, context, now, language) for each in sort_clocks(context.clocks)]
    children = related.visible_children(ticket.site, context.children)
    first = page_of(children, None, related.call.settings.api.page)
    shown["children"], shown["children_next"] = first
    shown["children_counts"] = counted(children)
    shown["critical"] = _render_critical(related.most_urgent(ticket.site, context.children), now)
    became = related.visible_children(ticket.site, (context.successor,) if context.successor else ())
    shown["successor"] = _render_successor(became[0]) if became else None
    if not definition.readable:
        shown["notice"] = _notice(definition, language)
    return shown


def _notice(definition: Definition, language: str) -> str:
    """Why the ticket can take no step any more."""
    why = definition.objections[0]
    return say(language, "reasons", "unusable-version", {"why": why}) or why


def render_ticket_line(
    ticket: Ticket,
    definition: Definition,
    now: Instant,
    language: str,
    related: RelatedTickets,
    directory: Directory,
    *,
    people: int = MAX_LINE_PEOPLE,
) -> Json:
    """A ticket as an item of a list, with at most so many `people` who may have the next move."""
    state = definition.states.get(ticket.state)
    return {
        "number": ticket.number,
        "id": ticket.id,
        "workflow": ticket.workflow,
        "version": ticket.version,
        "title": localize_title(ticket.title, definition, language),
        "state": ticket.state,
        "state_title": localize(state.title, language) if state else ticket.state,
        "category": ticket.category,
        "seq": ticket.seq,
        "site": ticket.site,
        "department": ticket.department,
        "assignee": ticket.assignee,
        "assignee_name": staff_name(ticket.assignee, directory),
        "priority": PRIORITIES[ticket.priority],
        "opened_at": rfc3339(ticket.opened_at),
        "changed_at": rfc3339(ticket.changed_at),
        "closed_at": format_instant(ticket.closed_at),
        "due_at": format_instant(ticket.due_at),
        "overdue": ticket.due_at is not None and ticket.due_at < now,
        "parent": related.visible_id(ticket.site, ticket.parent),
        "origin": related.visible_id(ticket.site, ticket.origin),
        "next": _render_next(ticket, definition, directory, now, people),
    }


def _render_next(
    ticket: Ticket, definition: Definition, directory: Directory, now: Instant, most: int
) -> Json | None:
    """Who has the next move, with at most so many of the people; None for a ticket that has ended."""
    owners = find_next_owners(definition, directory, ticket)
    if owners is None:
        return None
    people = [
        {
            "id": each.id,
            "account": each.account,
            "name": each.name,
            "substitute": directory.substitute(each.id, now),
        }
        for each in owners.people[:most]
    ]
    return {
        "roles": list(owners.roles),
        "department": owners.department,
        "people": people,
        "people_count": len(owners.people),
        "assignee": owners.assignee,
        "since": rfc3339(owners.since),
    }


def staff_name(staff: str | None, directory: Directory | None) -> str | None:
    """The name of a member of staff; None if they do not work at the site."""
    member = directory.staff.get(staff) if staff and directory else None
    return member.name if member else None


def page_of(children: Sequence[Child], after: str | None, limit: int) -> tuple[list[Json], str | None]:
    """(children, cursor): a page of children, oldest first, and the cursor of the next page, which is the
    id of the last one shown. ValueError if `after` is none of them."""
    begin = 0 if after is None else [each.id for each in children].index(after) + 1
    shown = children[begin : begin + limit]
    more = len(children) > begin + limit
    return [_render_child(each) for each in shown], shown[-1].id if more else None


def counted(children: Iterable[Child]) -> list[Json]:
    """Counts of children by link, process and state."""
    found = Counter((each.link, each.workflow, each.state, each.category) for each in children)
    names = ("link", "workflow", "state", "category")
    return [{**dict(zip(names, key, strict=True)), "count": found[key]} for key in sorted(found)]


def _render_child(child: Child) -> Json:
    return {
        "number": child.number,
        "id": child.id,
        "workflow": child.workflow,
        "link": child.link,
        "state": child.state,
        "category": child.category,
        "closed": child.closed,
    }


def _render_critical(found: UrgentTicket | None, now: Instant) -> Json | None:
    """The child with the nearest deadline, or None."""
    if found is None:
        return None
    return {
        "number": found.number,
        "workflow": found.workflow,
        "title": found.title,
        "due_at": rfc3339(found.due_at),
        "overdue": found.due_at < now,
    }


def _render_successor(ticket: Child) -> Json:
    return {
        "number": ticket.number,
        "id": ticket.id,
        "workflow": ticket.workflow,
        "state": ticket.state,
        "category": ticket.category,
    }


def mask_personal(definition: Definition, personal: Mapping[str, object]) -> Json:
    """Personal values masked: two can be told apart, none can be used."""
    return {
        name: mask(definition.fields[name], value) if name in definition.fields else "***"
        for name, value in personal.items()
    }


def render_clock(clock: Clock, context: StepContext, now: Instant, language: str) -> Json:
    """A clock with its state at `now`."""
    used = count_consumed(clock, context.calendar, now) if clock.running else clock.consumed
    verdict = clock.status(now)
    return {
        "name": clock.name,
        "title": clock_title(clock, context.definition, language),
        "state": clock.state,
        "promise": clock.promise,
        "started_at": rfc3339(clock.started_at),
        "stopped_at": format_instant(clock.stopped_at),
        "due_at": format_instant(clock.due_at),
        "budget": clock.budget,
        "consumed": used,
        "remaining": clock.budget - used,
        "unit": "working second" if clock.basis is Basis.WORKING else "second",
        "paused": clock.paused,
        "overdue": verdict == "overdue",
        "verdict": verdict,
        "level": clock.level,
        "next_level_at": format_instant(clock.next_level_at),
        "parked": clock.parked,
        "acknowledged": _render_acknowledgement(clock, context.directory),
    }


def _render_acknowledgement(clock: Clock, directory: Directory) -> Json | None:
    seen = clock.acknowledged
    if seen is None:
        return None
    return {
        "level": seen.level,
        "by": seen.by,
        "by_name": staff_name(seen.by, directory),
        "first_at": rfc3339(seen.first_at),
        "until": rfc3339(seen.until),
    }


def sort_clocks(clocks: Iterable[Clock]) -> list[Clock]:
    """The clocks in the order in which they were started."""
    return sorted(clocks, key=lambda each: (each.started_at, each.name))


def clock_title(clock: Clock, definition: Definition, language: str) -> str:
    """What the promise is called: its own title, or that of the state whose `due` it is."""
    named = definition.clocks.get(clock.name)
    if named is not None:
        return localize(named.title, language)
    state = definition.states.get(clock.name.removeprefix(STATE_CLOCK))
    return localize(state.title, language) if state else clock.name


def render_clock_explained(each: Clock, context: StepContext, now: Instant, language: str) -> Json:
    """A clock with the computation of its deadline."""
    segments = explain(each, context.calendar, now)
    shown = render_clock(each, context, now, language)
    shown["explain"] = [
        {
            "from": rfc3339(segment.start),
            "to": rfc3339(segment.end),
            "counted": segment.counted,
            "why": segment.reason,
            "rule": segment.rule,
        }
        for segment in segments
    ]
    return shown
