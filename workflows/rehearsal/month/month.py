"""The month itself: tickets come in, schedules open theirs, the staff work, and the clock goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from workflows.core.assignment import owners_of
from workflows.core.commands import CLOCK, Open
from workflows.core.people import Absence
from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.language.definition import Category, Definition
from workflows.language.reading import read_folder
from workflows.rehearsal.month.chronicle import Chronicle, Raised, Report
from workflows.rehearsal.month.diary import Diary
from workflows.rehearsal.month.forms import FilledForms
from workflows.rehearsal.month.reckoning import reckoned
from workflows.rehearsal.month.staff import Colleagues
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.troupe import cast, speaker
from workflows.storage.views import OutboxRow
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339

_REPORT = {"period", "deadline"}  # the fields by which a report is known
_TICK = 600  # seconds: how often levels are looked at
_DAWDLES = 0.07  # how often a step is put off beyond its time
_UNHURRIED = 2 * 3_600  # counted seconds until a step that has no deadline is taken
_AGAIN = 4 * 3_600  # counted seconds until somebody tries again
_MOST_DEEDS = 80  # a ticket that needs more goes round in circles, and is left alone


def rehearse_month(folder: Path, *, seed: int, first: date, days: int = 31, tickets: int = 300) -> Chronicle:
    """What a month that begins on `first` brings at one estate with `tickets` matters of its own.

    The same seed brings the same. Raises `Invalid` if the folder cannot be published.
    """
    read = read_folder(folder)
    stage = Stage.empty()
    try:
        stage.library.publish(read, 0, "rehearsal")
        stage.people_it(read.context.organisation, "Asia/Shanghai")
        return Month(stage, read.definitions, seed, first, days).lived(tickets)
    finally:
        stage.close()


class Month:
    """One month on a stage where everything is published."""

    def __init__(
        self, stage: Stage, definitions: Mapping[str, Definition], seed: int, first: date, days: int
    ) -> None:
        self._stage, self._random = stage, Random(seed)  # noqa: S311 - dice, not secrets
        self._definitions = {name: stage.library.latest(name) for name in sorted(definitions)}
        self._forms = FilledForms(self._definitions)
        self._colleagues = Colleagues(stage, self._forms, self._random)
        zone = next(iter(self._definitions.values())).calendar.zone
        self._start = from_datetime(datetime.combine(first, datetime.min.time(), zone))
        self._end = from_datetime(datetime.combine(first + timedelta(days=days), datetime.min.time(), zone))
        self._diary = Diary()
        self._chronicle = Chronicle(zone)
        self._seen: set[str] = set()
        self._over: set[str] = set()
        self._deeds: dict[str, int] = {}
        self._why: dict[str, str] = {}
        self._ill = self._fallen_ill()

    def lived(self, tickets: int) -> Chronicle:
        """Live through it."""
        self._invite(tickets)
        self._diary.put(self._start, self._tick)
        for at in sorted(
            {slot.opens_at for slot in self._stage.schedules.due_between(self._start, self._end)}
        ):
            self._diary.put(at, self._open)
        for now, errand in self._diary.until(self._end):
            errand(now)
            self._look_round(now)
        self._sum_up()
        return self._chronicle

    def _fallen_ill(self) -> dict[str, tuple[Instant, Instant]]:
        """Two people who are away for a week each, chosen among those whom tickets wait for."""
        directory = self._stage.people.directory(self._stage.site)
        owning = {
            member.id
            for definition in self._definitions.values()
            for state in definition.states.values()
            if state.owner and state.owner.department is None
            for member in owners_of(state.owner, directory, None)
            if not member.departments(self._stage.site)
        }
        ill: dict[str, tuple[Instant, Instant]] = {}
        falling = self._random.sample(sorted(owning), min(2, len(owning)))
        others = sorted(owning.difference(falling))
        for person in falling:
            begin = self._start + self._random.randrange(8, 20) * 86_400
            ill[person] = begin, begin + 7 * 86_400
            stands_in = self._stands_in(person, others, ill[person])
            until = rfc3339(ill[person][1])[:10]
            self._chronicle.tell(begin, f"{person} falls ill, until {until}; {stands_in} stands in")
        return ill

    def _stands_in(self, ill: str, colleagues: Sequence[str], time: tuple[Instant, Instant]) -> str:
        """A colleague with other posts, named as the substitute for that time; nobody where there is none."""
        if not colleagues:
            return "nobody"
        substitute, (begin, end) = self._random.choice(colleagues), time
        self._stage.people.put_absence(
            Absence(site=self._stage.site, staff_id=ill, from_at=begin, to_at=end, substitute_id=substitute),
            CLOCK,
            begin,
        )
        return substitute

    def _invite(self, tickets: int) -> None:
        """Matters that people bring, at opening times, over all processes that people may open."""
        free = [d for d in self._definitions.values() if set(d.start.roles) - {"clock"}]
        for index in range(tickets if free else 0):
            definition = free[index % len(free)] if index < 2 * len(free) else self._random.choice(free)
            at = self._start + self._random.randrange(self._end - self._start)
            at = definition.calendar.next_opening(at) + self._random.randrange(3_600)
            self._diary.put(at, partial(self._come, definition))

    def _come(self, definition: Definition, now: Instant) -> None:
        """Somebody opens a ticket."""
        staff = self._stage.staff
        for data, role, _ in self._forms.of(definition.name, "open", now, self._random):
            actor = speaker(role, staff, definition, None, data)
            if role == "clock" or self._away(actor.id, now):
                continue
            try:
                self._stage.engine.do(
                    Open(
                        site=self._stage.site,
                        id=self._stage.new_id(),
                        workflow=definition.name,
                        actor=actor,
                        data=cast(data, staff, definition, None),
                    ),
                    now,
                )
            except Refusal:
                continue
            return

    def _tick(self, now: Instant) -> None:
        """The clock process looks round for levels that are due."""
        self._stage.engine.sweep(now)
        self._diary.put(now + _TICK, self._tick)

    def _open(self, now: Instant) -> None:
        """What schedules open at this very moment."""
        for outcome in self._stage.schedules.open_between(now, now + 1):
            if outcome.run.reason:
                self._chronicle.unopened.append(f"{outcome.run.occurrence.schedule}: {outcome.run.reason}")

    def _look_round(self, now: Instant) -> None:
        """See which tickets have moved, plan their next steps, and hear what was said."""
        for ticket in self._stage.store.moved():
            if ticket.id not in self._seen:
                self._seen.add(ticket.id)
                self._chronicle.opened[ticket.workflow] += 1
                self._chronicle.tell(
                    now, f"{ticket.number} {ticket.workflow} is opened: {ticket.title or '-'}"
                )
            if ticket.closed_at is None:
                self._over.discard(ticket.id)
                self._plan(ticket, now)
            elif ticket.id not in self._over:  # what has ended may still move: its children close after it
                self._over.add(ticket.id)
                self._chronicle.tell(now, f"{ticket.number} ends: {ticket.state}")
        self._listen(now)

    def _plan(self, ticket: Ticket, now: Instant) -> None:
        """When the next step will be taken: mostly well within its time."""
        calendar = self._definitions[ticket.workflow].calendar
        left = calendar.counted(now, ticket.due_at) if ticket.due_at and ticket.due_at > now else _UNHURRIED
        dawdles = not self._reports(ticket) and self._random.random() < _DAWDLES
        share = self._random.uniform(1.1, 2.5) if dawdles else self._random.uniform(0.05, 0.6)
        at = calendar.add(calendar.next_opening(now), max(60, int(left * share)))
        self._why[ticket.id] = f"put off until {rfc3339(at)}" if dawdles else ""
        self._diary.put(at, partial(self._work, ticket), ticket.id)

    def _work(self, ticket: Ticket, now: Instant) -> None:
        """Somebody takes the ticket up."""
        self._deeds[ticket.id] = self._deeds.get(ticket.id, 0) + 1
        if self._deeds[ticket.id] > _MOST_DEEDS:
            self._why[ticket.id] = "it goes round in circles"
            return
        away = frozenset(person for person in self._ill if self._away(person, now))
        deed = self._colleagues.go_on(ticket, now, away)
        if deed.trigger is not None:
            self._chronicle.tell(now, f"{ticket.number} {deed.actor}: {deed.trigger} → {deed.state}")
            return
        self._why[ticket.id] = deed.why
        calendar = self._definitions[ticket.workflow].calendar
        again = calendar.add(calendar.next_opening(now), _AGAIN)
        self._diary.put(again, partial(self._work, ticket), ticket.id)

    def _away(self, person: str, now: Instant) -> bool:
        begin, end = self._ill.get(person, (0, 0))
        return begin <= now < end

    def _listen(self, now: Instant) -> None:
        """Hear the escalations, each level with all whom it tells."""
        levels: dict[tuple[str, str, int], list[OutboxRow]] = {}
        for message in self._stage.messages(now):
            if message.kind == "escalation" and message.clock is not None:
                levels.setdefault((message.ticket, message.clock, message.level or 0), []).append(message)
        for (ticket, clock, level), messages in levels.items():
            raised = self._explained(ticket, clock, level, messages, now)
            self._chronicle.raised.append(raised)
            self._chronicle.tell(now, str(raised))

    def _explained(
        self, ticket_id: str, name: str, level: int, messages: list[OutboxRow], now: Instant
    ) -> Raised:
        """Why a level came about."""
        situation = self._stage.engine.look(self._stage.site, ticket_id, None)
        ticket = situation.ticket
        assert ticket is not None, "a message is about a ticket"
        clock = next(each for each in situation.clocks if each.name == name)
        return Raised(
            number=ticket.number,
            clock=name,
            level=level,
            counted=reckoned(clock, situation.definition.calendar, now),
            told=tuple(sorted({message.role for message in messages})),
            why=self._reason(ticket, sum(not child.closed for child in situation.children)),
        )

    def _reason(self, ticket: Ticket, open_children: int) -> str:
        if self._definitions[ticket.workflow].states[ticket.state].category is Category.WAITING:
            return "it waits for somebody outside"
        if open_children:
            return f"it waits for {open_children} of its children"
        return self._why.get(ticket.id) or "it is in hand, and its time runs short"

    def _reports(self, ticket: Ticket) -> bool:
        """Whether the ticket is a report that must be with somebody by a deadline."""
        return self._definitions[ticket.workflow].fields.keys() >= _REPORT and "deadline" in ticket.data

    def _sum_up(self) -> None:
        """How many have ended, the reports with their deadlines, and what was put aside."""
        for ticket in self._stage.store.tickets.values():
            self._chronicle.ended[ticket.workflow] += ticket.closed_at is not None
            if not self._reports(ticket) or ticket.category == Category.CANCELLED:
                continue
            deadline = parse_rfc3339(str(ticket.data["deadline"]))
            if deadline < self._end:
                self._chronicle.reports.append(
                    Report(ticket.number, ticket.workflow, deadline, ticket.closed_at)
                )
        self._stage.look_again()
        self._chronicle.parked += self._stage.parked
