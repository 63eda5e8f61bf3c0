"""Erases personal data whose retention period is over, in tickets and registers.

Once `stopping()` is true, no further one is begun.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import takewhile

from service.bootstrap import Desk
from workflows.core.commands import CLOCK
from workflows.storage.errors import Conflict
from workflows.storage.registers.write import EntryAuthor
from workflows.timing.durations import SECONDS_IN, Duration
from workflows.timing.instants import Instant


def forget_people(desk: Desk, now: Instant, stopping: Callable[[], bool]) -> int:
    """Erase the personal data of tickets whose retention period, by the process in force now, is over;
    returns their number."""
    periods = {each.name: each.retention for each in desk.definitions.in_force()}
    return sum(
        _forget_tickets(desk, name, kept_for, now, stopping)
        for name, kept_for in periods.items()
        if kept_for is not None
    )


def _forget_tickets(
    desk: Desk, workflow: str, kept_for: Duration, now: Instant, stopping: Callable[[], bool]
) -> int:
    before, erased = _ended_before(kept_for, now), 0
    for site, ticket in takewhile(lambda _: not stopping(), desk.privacy.find_expired(workflow, before)):
        with suppress(Conflict):  # it has moved on this moment; the next round sees how it stands
            desk.privacy.erase(site, ticket, CLOCK, now, f"kept for {kept_for} after its end")
            erased += 1
    return erased


def forget_entries(desk: Desk, now: Instant, stopping: Callable[[], bool]) -> int:
    """Erase the personal columns of struck entries whose retention period, by the register in force now,
    is over; returns their number."""
    periods = {each.name: each.retention for each in desk.definitions.company().registers.values()}
    return sum(
        _forget_entries(desk, name, kept_for, now, stopping)
        for name, kept_for in periods.items()
        if kept_for is not None
    )


def _forget_entries(
    desk: Desk, register: str, kept_for: Duration, now: Instant, stopping: Callable[[], bool]
) -> int:
    before, note = _ended_before(kept_for, now), f"kept for {kept_for} after its end"
    eraser, erased = desk.store.entries.eraser, 0
    for site, key in takewhile(lambda _: not stopping(), eraser.find_expired(register, before)):
        with suppress(Conflict):  # likewise
            author = EntryAuthor(site, CLOCK, now)
            erased += eraser.erase(author, register, key, struck_before=before, note=note)
    return erased


def _ended_before(kept_for: Duration, now: Instant) -> Instant:
    return now - kept_for.amount * SECONDS_IN[kept_for.unit]
