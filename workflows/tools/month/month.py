"""Simulates the month: people and schedules open tickets, the staff work on them, and levels come due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from workflows.core.access.assignment import find_owners
from workflows.core.commands import CLOCK, Open
from workflows.core.people import Absence
from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.language.definition import Category, Definition
from workflows.language.load import read_folder
from workflows.rehearsal.staff import fill_staff_fields, find_actor
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339
from workflows.tools.month.agenda import Agenda
from workflows.tools.month.chronicle import Chronicle, DueReport, FiredLevel
from workflows.tools.month.explanation import explain_clock
from workflows.tools.month.forms import FilledForms
from workflows.tools.month.staff import Colleagues

_REPORT_FIELDS = {"period", "deadline"}  # a process with these fields is a report
_SWEEP_EVERY = 600  # seconds between two sweeps
_DELAY_PROBABILITY = 0.07  # the share of steps that are taken late
_DEFAULT_SECONDS = 2 * 3_600  # working seconds until a step without a due time is taken
_RETRY_AFTER = 4 * 3_600  # working seconds until the next attempt
_MAX_ATTEMPTS = 80  # a ticket that needs more goes in circles, and is left alone


def rehearse_month(folder: Path, *, seed: int, first: date, days: int = 31, tickets: int = 300) -> Chronicle:
    """Simulate a month from `first` on at one estate, with `tickets` tickets that people open.

    The same seed gives the same month. Raises `Invalid` if the folder cannot be published.
    """
    read = read_folder(folder)
    desk = VirtualDesk.create()
    try:
        desk.definitions.publish(read, 0, "rehearsal")
        desk.add_sample_staff(read.context.organisation, "Asia/Shanghai")
        return Month(desk, read.definitions, seed, first, days).run(tickets)
    finally:
        desk.close()


class Month:
    """One month on a virtual desk where all definitions are published."""

    def __init__(
        self, desk: VirtualDesk, definitions: Mapping[str, Definition], seed: int, first: date, days: int
    ) -> None:
        self._desk, self._random = desk, Random(seed)  # noqa: S311 - simulation, not secrets
        self._definitions = {name: desk.definitions.latest(name) for name in sorted(definitions)}
        self._forms = FilledForms(self._definitions)
        self._colleagues = Colleagues(desk, self._forms, self._random)
        zone = next(iter(self._definitions.values())).calendar.zone
        self._start = from_datetime(datetime.combine(first, datetime.min.time(), zone))
        self._end = from_datetime(datetime.combine(first + timedelta(days=days), datetime.min.time(), zone))
        self._agenda = Agenda()
        self._chronicle = Chronicle(zone)
        self._seen: set[str] = set()
        self._ended: set[str] = set()
        self._attempts: dict[str, int] = {}
        self._delay_reasons: dict[str, str] = {}
        self._sick_leaves = self._draw_sick_leaves()

    def run(self, tickets: int) -> Chronicle:
        """Simulate the month, and return what happened."""
        self._schedule_openings(tickets)
        self._agenda.schedule(self._start, self._sweep)
        for at in sorted(
            {slot.opens_at for slot in self._desk.schedules.due_between(self._start, self._end)}
        ):
            self._agenda.schedule(at, self._open_scheduled)
        for now, task in self._agenda.take_until(self._end):
            task(now)
            self._refresh(now)
        self._summarize()
        return self._chronicle

    def _draw_sick_leaves(self) -> dict[str, tuple[Instant, Instant]]:
        """Person -> begin and end of an absence of one week, for two people who own states."""
        directory = self._desk.people.directory(self._desk.site)
        owning = {
            member.id
            for definition in self._definitions.values()
            for state in definition.states.values()
            if state.owner and state.owner.department is None
            for member in find_owners(state.owner, directory, None)
            if not member.departments(self._desk.site)
        }
        ill: dict[str, tuple[Instant, Instant]] = {}
        sick = self._random.sample(sorted(owning), min(2, len(owning)))
        others = sorted(owning.difference(sick))
        for person in sick:
            begin = self._start + self._random.randrange(8, 20) * 86_400
            ill[person] = begin, begin + 7 * 86_400
            substitute = self._add_substitute(person, others, ill[person])
            until = rfc3339(ill[person][1])[:10]
            self._chronicle.add_line(begin, f"{person} falls ill, until {until}; {substitute} stands in")
        return ill

    def _add_substitute(self, ill: str, colleagues: Sequence[str], time: tuple[Instant, Instant]) -> str:
        """The colleague who is made the substitute for that time; "nobody" if there is none."""
        if not colleagues:
            return "nobody"
        substitute, (begin, end) = self._random.choice(colleagues), time
        self._desk.people.store_absence(
            Absence(site=self._desk.site, staff_id=ill, from_at=begin, to_at=end, substitute_id=substitute),
            CLOCK,
            begin,
        )
        return substitute

    def _schedule_openings(self, tickets: int) -> None:
        """Schedule the tickets that people open, in opening hours, over all processes that people may
        open."""
        free = [d for d in self._definitions.values() if set(d.start.roles) - {"clock"}]
        for index in range(tickets if free else 0):
            definition = free[index % len(free)] if index < 2 * len(free) else self._random.choice(free)
            at = self._start + self._random.randrange(self._end - self._start)
            at = definition.calendar.next_opening(at) + self._random.randrange(3_600)
            self._agenda.schedule(at, partial(self._open_ticket, definition))

    def _open_ticket(self, definition: Definition, now: Instant) -> None:
        """Open a ticket with the first form and actor for which this is possible."""
        staff = self._desk.staff
        for data, role, _ in self._forms.forms_for(definition.name, "open", now, self._random):
            actor = find_actor(role, staff, definition, None, data)
            if role == "clock" or self._is_away(actor.id, now):
                continue
            try:
                self._desk.do(
                    Open(
                        site=self._desk.site,
                        id=self._desk.new_id(),
                        workflow=definition.name,
                        actor=actor,
                        data=fill_staff_fields(data, staff, definition, None),
                    ),
                    definition,
                    now,
                )
            except Refusal:
                continue
            return

    def _sweep(self, now: Instant) -> None:
        """Fire the levels that are due, and schedule the next sweep."""
        self._desk.engine.sweep(now)
        self._agenda.schedule(now + _SWEEP_EVERY, self._sweep)

    def _open_scheduled(self, now: Instant) -> None:
        """Open the tickets that schedules open at this instant."""
        for outcome in self._desk.schedules.open_between(now, now + 1):
            if outcome.run.reason:
                self._chronicle.unopened.append(f"{outcome.run.occurrence.schedule}: {outcome.run.reason}")

    def _refresh(self, now: Instant) -> None:
        """Log the tickets that have changed, schedule their next steps, and record the escalations."""
        for ticket in self._desk.store.take_changed():
            if ticket.id not in self._seen:
                self._seen.add(ticket.id)
                self._chronicle.opened[ticket.workflow] += 1
                self._chronicle.add_line(
                    now, f"{ticket.number} {ticket.workflow} is opened: {ticket.title or '-'}"
                )
            if ticket.closed_at is None:
                self._ended.discard(ticket.id)
                self._schedule_work(ticket, now)
            elif ticket.id not in self._ended:  # an ended ticket may still change when its children close
                self._ended.add(ticket.id)
                self._chronicle.add_line(now, f"{ticket.number} ends: {ticket.state}")
        self._record_escalations(now)

    def _schedule_work(self, ticket: Ticket, now: Instant) -> None:
        """Schedule the next step of a ticket: mostly well before it is due."""
        calendar = self._definitions[ticket.workflow].calendar
        left = (
            calendar.count_open_seconds(now, ticket.due_at)
            if ticket.due_at and ticket.due_at > now
            else _DEFAULT_SECONDS
        )
        late = not self._is_report(ticket) and self._random.random() < _DELAY_PROBABILITY
        share = self._random.uniform(1.1, 2.5) if late else self._random.uniform(0.05, 0.6)
        at = calendar.add_open_seconds(calendar.next_opening(now), max(60, int(left * share)))
        self._delay_reasons[ticket.id] = f"put off until {rfc3339(at)}" if late else ""
        self._agenda.schedule(at, partial(self._work, ticket), ticket.id)

    def _work(self, ticket: Ticket, now: Instant) -> None:
        """Let the staff try to take a step with the ticket."""
        self._attempts[ticket.id] = self._attempts.get(ticket.id, 0) + 1
        if self._attempts[ticket.id] > _MAX_ATTEMPTS:
            self._delay_reasons[ticket.id] = "it goes round in circles"
            return
        away = frozenset(person for person in self._sick_leaves if self._is_away(person, now))
        result = self._colleagues.work_on(ticket, now, away)
        if result.trigger is not None:
            self._chronicle.add_line(
                now, f"{ticket.number} {result.actor}: {result.trigger} → {result.state}"
            )
            return
        self._delay_reasons[ticket.id] = result.reason
        calendar = self._definitions[ticket.workflow].calendar
        again = calendar.add_open_seconds(calendar.next_opening(now), _RETRY_AFTER)
        self._agenda.schedule(again, partial(self._work, ticket), ticket.id)

    def _is_away(self, person: str, now: Instant) -> bool:
        begin, end = self._sick_leaves.get(person, (0, 0))
        return begin <= now < end

    def _record_escalations(self, now: Instant) -> None:
        """Record each level that was fired, with all its recipients."""
        levels: dict[tuple[str, str, int], list[OutboxMessage]] = {}
        for message in self._desk.take_messages(now):
            if message.kind == "escalation" and message.clock is not None:
                levels.setdefault((message.ticket, message.clock, message.level or 0), []).append(message)
        for (ticket, clock, level), messages in levels.items():
            raised = self._explain_level(ticket, clock, level, messages, now)
            self._chronicle.fired_levels.append(raised)
            self._chronicle.add_line(now, str(raised))

    def _explain_level(
        self, ticket_id: str, name: str, level: int, messages: list[OutboxMessage], now: Instant
    ) -> FiredLevel:
        """The fired level, with the reason why it was reached."""
        context = self._desk.engine.look(self._desk.site, ticket_id, None)
        ticket = context.ticket
        clock = next(each for each in context.clocks if each.name == name)
        return FiredLevel(
            number=ticket.number,
            clock=name,
            level=level,
            counted=explain_clock(clock, context.calendar, now),
            recipients=tuple(sorted({message.role for message in messages})),
            reason=self._reason(ticket, sum(not child.closed for child in context.children)),
        )

    def _reason(self, ticket: Ticket, open_children: int) -> str:
        if self._definitions[ticket.workflow].states[ticket.state].category is Category.WAITING:
            return "it waits for somebody outside"
        if open_children:
            return f"it waits for {open_children} of its children"
        return self._delay_reasons.get(ticket.id) or "it is in hand, and its time runs short"

    def _is_report(self, ticket: Ticket) -> bool:
        """Whether the ticket is a report with a deadline."""
        return (
            self._definitions[ticket.workflow].fields.keys() >= _REPORT_FIELDS and "deadline" in ticket.data
        )

    def _summarize(self) -> None:
        """Record how many tickets have ended, the due reports, and the parked clocks."""
        for ticket in self._desk.store.tickets.values():
            self._chronicle.ended[ticket.workflow] += ticket.closed_at is not None
            if not self._is_report(ticket) or ticket.category == Category.CANCELLED:
                continue
            deadline = parse_rfc3339(str(ticket.data["deadline"]))
            if deadline < self._end:
                self._chronicle.reports.append(
                    DueReport(ticket.number, ticket.workflow, deadline, ticket.closed_at)
                )
        self._desk.refresh()
        self._chronicle.parked += self._desk.parked
