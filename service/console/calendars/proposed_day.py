"""What if a day were closed, or open: what a site would set for its calendar, and which promises would
move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.console.ticket_rows import ticket_path
from workflows.replan import MovedPromise
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant
from workflows.timing.site_calendar import CalendarSpec, days_by_date

MOST_SHOWN = 200  # promises of a preview; all are counted
CLOSE, OPEN, USUAL = "close", "open", "usual"
ACTS = (CLOSE, OPEN, USUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDay:
    """A day that is to be otherwise: closed (with a reason), open, or again as the company has it."""

    day: date
    act: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """A promise that would move. `fate` is `late` (it would be overdue), `freed` (no longer) or empty."""

    number: str
    path: str
    title: str
    before: str
    after: str
    fate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedPromises:
    """The promises that would move: all of them counted, and those that the reader may see."""

    count: int
    late: int
    freed: int
    rows: tuple[MovedRow, ...]


def change_statement(spec: CalendarSpec, calendar: Calendar, other: ProposedDay) -> dict[str, object]:
    """All that the site would set for its calendar: what it has set, with this day."""
    day = other.day.isoformat()
    days = {key: _others(spec.get(key), day) for key in ("closed", "open")}
    if other.act == CLOSE:
        days["closed"][day] = other.reason or None
    elif other.act == OPEN:
        days["open"][day] = _usual_hours(calendar)
    others = {key: value for key, value in spec.items() if key not in days}
    return others | {key: found for key, found in days.items() if found}


def _others(given: object, day: str) -> dict[str, object]:
    return {each: what for each, what in days_by_date(given).items() if each != day}


def _usual_hours(calendar: Calendar) -> list[str]:
    """The hours of the first weekday that has any."""
    return next(([str(each) for each in windows] for windows in calendar.week.values() if windows), [])


def find_moved(
    call: ConsoleRequest, site: str, calendar: Calendar, said: Mapping[str, object]
) -> MovedPromises:
    """Which open promises would move if the site set this now. Changes nothing. Raises SpecError."""
    found = list(call.desk.deadlines.preview(site, calendar.name, dict(said), call.now))
    fates = [_find_fate(each, call.now) for each in found]
    seen = (
        (each, fate)
        for each, fate in zip(found, fates, strict=True)
        if call.viewer.sees(site, each.ticket.audience, each.ticket.assignee)
    )
    return MovedPromises(
        count=len(found),
        late=fates.count("late"),
        freed=fates.count("freed"),
        rows=tuple(_build_row(call, each, fate, calendar.zone) for each, fate in islice(seen, MOST_SHOWN)),
    )


def _find_fate(moved: MovedPromise, now: Instant) -> str:
    before, after = (each.due_at is not None and each.due_at < now for each in moved.replanned)
    return "late" if after and not before else "freed" if before and not after else ""


def _build_row(call: ConsoleRequest, moved: MovedPromise, fate: str, zone: ZoneInfo) -> MovedRow:
    before, after = (
        write_moment(each.due_at, zone, call.language, call.now) if each.due_at is not None else "–"
        for each in moved.replanned
    )
    ticket = moved.ticket
    return MovedRow(
        number=ticket.number,
        path=ticket_path(call, ticket.site, ticket.number),
        title=ticket.title,
        before=before,
        after=after,
        fate=fate,
    )
