"""Opens the tickets of one run: one, or one for each item. What cannot be opened is parked, with why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from workflows.core.commands import Open
from workflows.core.scheduling import Item, chosen, opening, surroundings
from workflows.core.ticket import Ticket
from workflows.core.visibility import DESK
from workflows.engine import Engine
from workflows.errors import Refusal
from workflows.language.forms.values import Row
from workflows.language.schedule import Each, Schedule
from workflows.library import Library
from workflows.storage.conflicts import StorageError
from workflows.storage.filters import TicketFilter
from workflows.storage.people import People
from workflows.storage.queries import Queries
from workflows.storage.runs import Run, Runs
from workflows.storage.store import Store
from workflows.timing.instants import Instant

_PAGE = 200
_MOST_REASONS = 3
_OPEN_ALREADY = "exists"

Register = Callable[[str, str], Iterable[tuple[str, Row]]]
"""Site and name of a register in; the key of each entry and its row out, without the personal columns."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run, and the tickets that were opened just now."""

    run: Run
    tickets: tuple[Ticket, ...] = ()


@dataclass(slots=True)
class _Tally:
    """How the opening goes. `there` counts the tickets that are open, whoever opened them."""

    there: int = 0
    tickets: list[Ticket] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Opener:
    """Opens runs. Every ticket's id follows from its run and item: to open it twice is to find it there."""

    def __init__(
        self,
        engine: Engine,
        library: Library,
        people: People,
        store: Store,
        queries: Queries,
        runs: Runs,
        register: Register | None = None,
    ) -> None:
        self._engine, self._library, self._people = engine, library, people
        self._store, self._queries, self._runs = store, queries, runs
        self._register = register or store.entries.in_force

    def open(self, run: Run, now: Instant) -> Outcome:
        """Open what is to be opened, and note what became of it.

        StorageError when the database does not answer: then the run waits on.
        """
        tally = _Tally()
        try:
            self._open(run, now, tally)
        except StorageError:
            raise
        except Exception as error:  # what can never be opened must not stop the others for ever
            tally.reasons.append(
                str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
            )
        status = replace(
            run,
            status="parked" if tally.reasons else "opened",
            opened=tally.there,
            reason=_summed(tally.reasons),
            ran_at=now,
        )
        self._runs.dealt(status)
        return Outcome(status, tuple(tally.tickets))

    def _open(self, run: Run, now: Instant, tally: _Tally) -> None:
        occurrence, plan = run.occurrence, self._library.plan()
        schedule = plan.schedules.get(occurrence.schedule)
        if schedule is None:
            why = plan.broken.get(occurrence.schedule, "there is no such schedule any more")
            tally.reasons.append(f"the schedule cannot be kept: {why}")
            return
        target = self._library.latest(schedule.opens)
        told = self._runs.event(occurrence.site, occurrence.event) if occurrence.event else None
        settings = self._people.directory(occurrence.site).settings
        around = surroundings(schedule, occurrence, now, settings, told.data if told else None)
        items: list[Item | None] = [None]
        if schedule.each is not None:
            items = [*chosen(schedule, self._items(schedule.each, occurrence.site), around)]
        for each in items:
            item = self._whole(schedule, occurrence.site, each)
            try:
                self._open_one(opening(schedule, target, occurrence, around, item), now, tally)
            except Refusal as refusal:
                tally.reasons.append(_told(item, refusal))

    def _whole(self, schedule: Schedule, site: str, item: Item | None) -> Item | None:
        """The item with the personal columns that are handed on. They are read for the ticket that is opened,
        and by nobody."""
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

    def _open_one(self, command: Open, now: Instant, tally: _Tally) -> None:
        if self._store.load(command.site, command.id) is None:
            try:
                ticket = self._engine.do(command, now).ticket
                assert ticket is not None, "what was opened is a ticket"
                tally.tickets.append(ticket)
            except Refusal as refusal:
                if [reason.code for reason in refusal.reasons] != [_OPEN_ALREADY]:
                    raise
        tally.there += 1

    def _items(self, each: Each, site: str) -> Iterable[Item]:
        if each.rows:
            return [Item(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode(), row) for row in each.rows]
        if each.register is not None:
            return [Item(key, row) for key, row in self._register(site, each.register)]
        tickets = [ticket for state in each.states or (None,) for ticket in self._tickets(each, site, state)]
        tickets.sort(key=lambda ticket: (ticket.opened_at, ticket.id))
        return [Item(t.id, {**t.data, "number": t.number}, t.id, t.audience is not None) for t in tickets]

    def _tickets(self, each: Each, site: str, state: str | None) -> Iterator[Ticket]:
        wanted = TicketFilter(
            sites=(site,),
            viewer=DESK,
            workflow=each.workflow,
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


def _told(item: Item | None, refusal: Refusal) -> str:
    if item is None:
        return str(refusal)
    if item.hidden:
        return f"one that is not for all to see: {', '.join(reason.code for reason in refusal.reasons)}"
    return f"{item.row.get('number') or item.key}: {refusal}"


def _summed(reasons: list[str]) -> str | None:
    """The first few reasons, and how many more there are."""
    more = len(reasons) - _MOST_REASONS
    return "; ".join((*reasons[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else []))) or None
