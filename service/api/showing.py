"""Tickets, clocks and history as the API shows them. Instants are RFC 3339 in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from service.api.sight import Sight
from service.texts import titled
from workflows.core.people import Directory
from workflows.core.promises import STATE_CLOCK
from workflows.core.ticket import PRIORITIES, Child, Situation, Ticket
from workflows.language.definition import Definition
from workflows.language.forms.field import Titles
from workflows.language.forms.masking import mask
from workflows.storage.views import Past, Pressing, Reading
from workflows.timing.clock import Basis, Clock
from workflows.timing.clocks import explain
from workflows.timing.instants import Instant, rfc3339
from workflows.timing.progress import spent

Json = dict[str, Any]


def when(instant: Instant | None) -> str | None:
    """An instant, or nothing."""
    return None if instant is None else rfc3339(instant)


def ticket_whole(situation: Situation, now: Instant, language: str, sight: Sight) -> Json:
    """A ticket with its form, its clocks, its children and what it became; personal words masked, and nothing
    of tickets that do not exist for the reader."""
    ticket, definition = situation.ticket, situation.definition
    assert ticket is not None, "only a ticket that exists is shown"
    shown = ticket_line(ticket, definition, now, language, sight, situation.directory)
    shown["data"] = {**ticket.data, **masked(definition, ticket.personal)}
    shown["clocks"] = [clock(each, definition, now, language) for each in in_order(situation.clocks)]
    shown["children"] = [_child(each) for each in sight.children(ticket.site, situation.children)]
    shown["critical"] = _critical(sight.pressing(ticket.site, situation.children), now)
    became = sight.children(ticket.site, (situation.successor,) if situation.successor else ())
    shown["successor"] = _successor(became[0]) if became else None
    return shown


def ticket_line(
    ticket: Ticket,
    definition: Definition,
    now: Instant,
    language: str,
    sight: Sight,
    directory: Directory | None = None,
) -> Json:
    """A ticket as a line of a list."""
    state = definition.states.get(ticket.state)
    return {
        "number": ticket.number,
        "id": ticket.id,
        "workflow": ticket.workflow,
        "version": ticket.version,
        "title": ticket.title,
        "state": ticket.state,
        "state_title": titled(state.title, language) if state else ticket.state,
        "category": ticket.category,
        "seq": ticket.seq,
        "site": ticket.site,
        "department": ticket.department,
        "assignee": ticket.assignee,
        "assignee_name": name_of(ticket.assignee, directory),
        "priority": PRIORITIES[ticket.priority],
        "opened_at": rfc3339(ticket.opened_at),
        "changed_at": rfc3339(ticket.changed_at),
        "closed_at": when(ticket.closed_at),
        "due_at": when(ticket.due_at),
        "overdue": ticket.due_at is not None and ticket.due_at < now,
        "parent": sight.related(ticket.site, ticket.parent),
        "origin": sight.related(ticket.site, ticket.origin),
    }


def name_of(staff: str | None, directory: Directory | None) -> str | None:
    """The name of a member of staff, while they work at the site."""
    member = directory.staff.get(staff) if staff and directory else None
    return member.name if member else None


def _child(child: Child) -> Json:
    return {
        "number": child.number,
        "id": child.id,
        "workflow": child.workflow,
        "link": child.link,
        "state": child.state,
        "category": child.category,
        "closed": child.closed,
    }


def _critical(found: Pressing | None, now: Instant) -> Json | None:
    """The child on which the ticket waits most."""
    if found is None:
        return None
    return {
        "number": found.number,
        "workflow": found.workflow,
        "title": found.title,
        "due_at": rfc3339(found.due_at),
        "overdue": found.due_at < now,
    }


def _successor(ticket: Child) -> Json:
    return {
        "number": ticket.number,
        "id": ticket.id,
        "workflow": ticket.workflow,
        "state": ticket.state,
        "category": ticket.category,
    }


def reading(past: Reading, directory: Directory) -> Json:
    """One reading of personal fields. Who has left the site since is known by the id only."""
    return {
        "at": rfc3339(past.at),
        "staff": past.staff_id,
        "name": name_of(past.staff_id, directory),
        "fields": list(past.fields),
    }


def masked(definition: Definition, personal: Mapping[str, object]) -> Json:
    """Personal words, so that two can be told apart and neither can be used."""
    return {
        name: mask(definition.fields[name], value) if name in definition.fields else "***"
        for name, value in personal.items()
    }


def clock(clock: Clock, definition: Definition, now: Instant, language: str) -> Json:
    """A promise and how it stands."""
    used = spent(clock, definition.calendar, now) if clock.running else clock.consumed
    verdict = clock.verdict(now)
    return {
        "name": clock.name,
        "title": _clock_title(clock, definition, language),
        "state": clock.state,
        "promise": clock.promise,
        "started_at": rfc3339(clock.started_at),
        "stopped_at": when(clock.stopped_at),
        "due_at": when(clock.due_at),
        "budget": clock.budget,
        "consumed": used,
        "remaining": clock.budget - used,
        "unit": "working second" if clock.basis is Basis.WORKING else "second",
        "paused": clock.paused,
        "overdue": verdict == "overdue",
        "verdict": verdict,
        "level": clock.level,
        "next_level_at": when(clock.next_level_at),
        "parked": clock.parked,
    }


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """The clocks as they were started."""
    return sorted(clocks, key=lambda each: (each.started_at, each.name))


def _clock_title(clock: Clock, definition: Definition, language: str) -> str:
    named = definition.clocks.get(clock.name)
    if named is not None:
        return titled(named.title, language)
    state = definition.states.get(clock.name.removeprefix(STATE_CLOCK))
    return titled(state.title, language) if state else clock.name


def clock_explained(each: Clock, definition: Definition, now: Instant, language: str) -> Json:
    """A promise with the working of its deadline."""
    segments = explain(each, definition.calendar, now)
    shown = clock(each, definition, now, language)
    shown["explain"] = [
        {
            "from": rfc3339(segment.start),
            "to": rfc3339(segment.end),
            "counted": segment.counted,
            "why": segment.why,
            "rule": segment.rule,
        }
        for segment in segments
    ]
    return shown


def entry(past: Past, definition: Definition, language: str, directory: Directory) -> Json:
    """One row of a ticket's history. Personal words are not in it, only that there were some. On whose behalf
    somebody acted is known by the id only, once they have left the site."""
    titles: Titles = next((r.title for r in definition.transitions if r.trigger == past.trigger), {})
    return {
        "seq": past.seq,
        "at": rfc3339(past.at),
        "kind": past.kind,
        "actor": {
            "id": past.actor_id,
            "name": past.actor_name,
            "on_behalf": past.on_behalf,
            "on_behalf_name": name_of(past.on_behalf, directory),
        },
        "surface": past.surface,
        "trigger": past.trigger,
        "title": titled(titles, language) or None,
        "from": past.source,
        "to": past.to,
        "data": past.data,
        "personal": past.sealed,
        "note": past.note,
        "spent": past.spent,
        "target": past.target,
        "hash": past.hash,
    }
