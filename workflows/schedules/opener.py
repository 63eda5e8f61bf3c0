"""Opens the tickets of a run: one, or one for each item. A run that fails is parked with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from workflows.core.access.visibility import DESK
from workflows.core.commands import Open
from workflows.core.schedule_slots import ScheduleItem, build_open, build_values, select_items
from workflows.core.ticket import Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import Refusal, describe_error
from workflows.language.forms.values import Row
from workflows.language.schedule_spec import ForEach, Schedule
from workflows.storage.errors import StorageError
from workflows.storage.people.people import People
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.schedule_runs import ScheduleRun, ScheduleRuns
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant

_PAGE = 200
_MOST_REASONS = 3
_OPEN_ALREADY = "exists"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run with its new status, and the tickets that it opened."""

    run: ScheduleRun
    tickets: tuple[Ticket, ...] = ()


@dataclass(slots=True)
class _Progress:
    """The progress of a run. `open_count` includes tickets that were opened before."""

    open_count: int = 0
    tickets: list[Ticket] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Stopped(Exception):  # noqa: N818 - a regular outcome
    """The run was interrupted on request. It stays waiting; a retry finds the tickets already opened."""


class Opener:
    """Opens runs. A ticket's id follows from run and item: a repetition finds it, and opens nothing twice."""

    def __init__(
        self,
        engine: Engine,
        definitions: Definitions,
        people: People,
        store: Store,
        queries: Queries,
        runs: ScheduleRuns,
    ) -> None:
        self._engine, self._definitions, self._people = engine, definitions, people
        self._store, self._queries, self._runs = store, queries, runs
        self.calendars = engine.calendars
        self._register = store.entries.in_force

    def open(
        self, run: ScheduleRun, now: Instant, stopping: Callable[[], bool] = lambda: False
    ) -> RunOutcome:
        """Open the tickets of a run and store the result.

        Raises StorageError when the database does not answer, Stopped once `stopping()` is true: the run
        stays waiting.
        """
        progress = _Progress()
        try:
            self._open(run, now, progress, stopping)
        except (StorageError, Stopped):
            raise
        except Exception as error:  # a run that always fails must not stop the others
            progress.reasons.append(describe_error(error))
        status = replace(
            run,
            status="parked" if progress.reasons else "opened",
            opened=progress.open_count,
            reason=_summarize(progress.reasons),
            ran_at=now,
        )
        self._runs.record_result(status)
        return RunOutcome(status, tuple(progress.tickets))

    def _open(
        self, run: ScheduleRun, now: Instant, progress: _Progress, stopping: Callable[[], bool]
    ) -> None:
        occurrence, plan = run.occurrence, self._definitions.plan()
        schedule = plan.schedules.get(occurrence.schedule)
        if schedule is None:
            detail = plan.broken.get(occurrence.schedule, "there is no such schedule any more")
            progress.reasons.append(f"the schedule cannot be kept: {detail}")
            return
        schedule = self.calendars.schedule(occurrence.site, schedule)
        target = self._definitions.latest(schedule.opens)
        event = self._runs.event(occurrence.site, occurrence.event) if occurrence.event else None
        settings = self._people.directory(occurrence.site).settings
        values = build_values(schedule, occurrence, now, settings, event.data if event else None)
        items: list[ScheduleItem | None] = [None]
        if schedule.each is not None:
            items = [*select_items(schedule, self._items(schedule.each, occurrence.site), values, occurrence)]
        for each in items:
            if stopping():
                raise Stopped
            item = self._add_personal(schedule, occurrence.site, each)
            try:
                self._open_one(build_open(schedule, target, occurrence, values, item), now, progress)
            except Refusal as refusal:
                progress.reasons.append(_describe_refusal(item, refusal))

    def _add_personal(self, schedule: Schedule, site: str, item: ScheduleItem | None) -> ScheduleItem | None:
        """The item with the personal columns that the schedule passes on to the opened ticket only."""
        if item is None or not schedule.personal:
            return item
        personal: Row = {}
        if schedule.each is not None and schedule.each.register is not None:
            entry = self._store.entries.find(site, schedule.each.register, item.key)
            personal = entry.personal if entry else {}
        elif item.ticket is not None:
            loaded = self._store.load(site, item.ticket)
            personal = loaded[0].personal if loaded else {}
        return item._replace(row={**item.row, **{name: personal.get(name) for name in schedule.personal}})

    def _open_one(self, command: Open, now: Instant, progress: _Progress) -> None:
        if self._store.load(command.site, command.id) is None:
            try:
                ticket = self._engine.do(command, now).ticket
                progress.tickets.append(ticket)
            except Refusal as refusal:
                if [reason.code for reason in refusal.reasons] != [_OPEN_ALREADY]:
                    raise
        progress.open_count += 1

    def _items(self, each: ForEach, site: str) -> Iterable[ScheduleItem]:
        if each.rows:
            return [
                ScheduleItem(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode(), row)
                for row in each.rows
            ]
        if each.register is not None:
            return [ScheduleItem(key, row) for key, row in self._register(site, each.register)]
        tickets = [ticket for state in each.states or (None,) for ticket in self._tickets(each, site, state)]
        tickets.sort(key=lambda ticket: (ticket.opened_at, ticket.id))
        return [
            ScheduleItem(t.id, {**t.data, "number": t.number}, t.id, t.audience is not None) for t in tickets
        ]

    def _tickets(self, each: ForEach, site: str, state: str | None) -> Iterator[Ticket]:
        lifecycle = self._definitions.lifecycle()
        workflow = lifecycle.present_name(each.workflow) if each.workflow else None
        wanted = TicketFilter(
            sites=(site,),
            viewer=DESK,
            workflow=workflow,
            former_names=lifecycle.former_names(workflow) if workflow else (),
            state=state,
            category=None if state else "open",
        )
        cursor: str | None = None
        while True:
            page = self._queries.tickets(wanted, cursor, _PAGE)
            yield from page.tickets
            cursor = page.next
            if cursor is None:
                return


def _describe_refusal(item: ScheduleItem | None, refusal: Refusal) -> str:
    if item is None:
        return str(refusal)
    if item.hidden:
        return f"one that is not for all to see: {', '.join(reason.code for reason in refusal.reasons)}"
    return f"{item.row.get('number') or item.key}: {refusal}"


def _summarize(reasons: list[str]) -> str | None:
    """The first reasons, and the count of the others; None without any."""
    more = len(reasons) - _MOST_REASONS
    return "; ".join((*reasons[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else []))) or None
