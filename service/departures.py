"""Departures: tickets of somebody who lost a post or left are handed over, each by a command to the
engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog

from service.bootstrap import Desk
from service.open_tickets import list_open_ticket_ids
from service.texts import say
from workflows.core.access.delegation import could_work_on
from workflows.core.access.substitution import find_successor
from workflows.core.commands import CLOCK, Assign
from workflows.core.people import Staff
from workflows.errors import Refusal
from workflows.language.forms.field import LANGUAGES
from workflows.storage.people.departures import Departure
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.clock")
_PAGE = 200


@dataclass(slots=True)
class HandoverCounts:
    """How many open tickets somebody had when they lost a post; how many of these others have now, and how
    many wait to be claimed. The rest are still theirs."""

    total: int = 0
    handed_over: int = 0
    waiting: int = 0
    failed: int = 0


def hand_over_departures(desk: Desk, now: Instant) -> int:
    """Process all departures; returns the number of tickets handed over."""
    handed = HandoverCounts()
    for departure in desk.departures.pending():
        _process_departure(desk, departure, now, handed)
    return handed.handed_over + handed.waiting


def hand_over_tickets_of(desk: Desk, staff_id: str, now: Instant) -> HandoverCounts:
    """Process the departures of one person."""
    handed = HandoverCounts()
    for departure in desk.departures.pending(staff_id=staff_id):
        _process_departure(desk, departure, now, handed)
    return handed


def departed_staff(desk: Desk, sites: Collection[str]) -> Mapping[str, Collection[str]]:
    """The staff who have left, by site, whose departure is not processed yet."""
    found: dict[str, list[str]] = {}
    for each in desk.departures.pending(sites):
        if each.staff_id not in desk.people.directory(each.site).staff:
            found.setdefault(each.site, []).append(each.staff_id)
    return found


def _process_departure(desk: Desk, departure: Departure, now: Instant, handed: HandoverCounts) -> None:
    failed = handed.failed
    member = desk.people.staff(departure.staff_id)
    for ticket in list_open_ticket_ids(desk, departure.site, departure.staff_id):
        handed.total += 1
        try:
            _hand_over_ticket(desk, departure, member, ticket, now, handed)
        except Refusal:  # it has moved on this moment; the next round sees how it stands
            handed.failed += 1
        except Exception:  # one ticket that cannot be read must not hold back the others
            _log.exception("ticket of somebody who has left", ticket=ticket)
            handed.failed += 1
    if handed.failed == failed:
        desk.departures.mark_handled(departure, now)


def _hand_over_ticket(
    desk: Desk, departure: Departure, member: Staff | None, ticket: str, now: Instant, handed: HandoverCounts
) -> None:
    context = desk.engine.look(departure.site, ticket, None)
    seen, here = context.ticket, context.directory.staff.get(departure.staff_id)
    if seen.assignee != departure.staff_id or seen.closed_at is not None:
        return
    if here is not None and could_work_on(context, here, now):
        return
    heir = find_successor(context, seen, departure.staff_id, now)
    command = Assign(
        site=departure.site,
        ticket=ticket,
        actor=CLOCK,
        expected=seen.seq,
        to=heir.id if heir else None,
        note=_history_note(member.name if member else departure.staff_id, here is None, heir),
        notice=_notice_text("yours-now" if heir else "nobodys-now"),
    )
    if desk.engine.do(command, now).ticket.assignee is not None:
        handed.handed_over += 1
    else:
        handed.waiting += 1


def _history_note(name: str, left: bool, heir: Staff | None) -> str:
    """The note in the history of a ticket that was handed over."""
    why = "no longer works here" if left else "no longer holds the post for this"
    goes = f"it goes to {heir.name}" if heir else "it goes back to whoever has the next move"
    return f"{name} {why}; {goes}"


def _notice_text(key: str) -> dict[str, str]:
    return {language: say(language, "notices", key) or "" for language in LANGUAGES}
