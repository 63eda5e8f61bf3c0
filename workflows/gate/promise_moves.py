"""What another calendar of the company means for the open promises of a desk, before it is published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import PurePath

from workflows.gate.in_force import InForce
from workflows.gate.proposal import Proposal
from workflows.gate.review import PromiseMoves
from workflows.language.builder.company import CALENDARS
from workflows.language.findings import Finding, Severity
from workflows.replan import MovedPromise
from workflows.sentence import Sentence
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant

PromiseSearch = Callable[[Calendar, Instant], Iterable[MovedPromise]]
"""Finds the open promises that would move with a calendar of the company, from an instant on."""
_SAID = (
    "with the changed calendar '{calendar}', {moved} open promises of '{workflow}' move{numbers}:"
    " {later} later, {earlier} earlier; {overdue} are overdue at once, and what is overdue already stays so"
)
_MOST_NUMBERS = 3


def find_nothing(_: Calendar, __: Instant) -> Iterable[MovedPromise]:
    """The search of a desk without promises."""
    return ()


def find_moves(
    proposal: Proposal,
    in_force: InForce,
    search: PromiseSearch,
    now: Instant,
    sites: Collection[str] | None,
) -> tuple[PromiseMoves, ...]:
    """The open promises that the changed calendars of a proposal would move, by calendar and process; those
    of these sites (None: all). Changes nothing."""
    before, found = in_force.context.calendars, list[PromiseMoves]()
    for calendar in proposal.after.context.calendars.values():
        old = before.get(calendar.name)
        if old is not None and old.seal != calendar.seal:
            moved = (each for each in search(calendar, now) if sites is None or each.ticket.site in sites)
            found += _count(calendar.name, moved, now)
    return tuple(found)


def describe_moves(proposal: Proposal, moves: Iterable[PromiseMoves]) -> Iterator[Finding]:
    """A note on each, at the line of the calendar."""
    file = str(PurePath(proposal.after.place) / CALENDARS)
    lines = proposal.after.company.get(CALENDARS, b"").decode("utf-8", "replace").splitlines()
    for each in moves:
        start = f"{each.calendar}:"
        line = next((number for number, line in enumerate(lines, 1) if line.startswith(start)), 1)
        more = " …" if each.moved > len(each.numbers) else ""
        said = Sentence(
            "promises-move",
            _SAID,
            calendar=each.calendar,
            workflow=each.workflow,
            moved=each.moved,
            later=each.later,
            earlier=each.earlier,
            overdue=each.overdue,
            numbers=f" ({', '.join(each.numbers)}{more})" if each.numbers else "",
        )
        yield Finding.of(said, file, line, 1, severity=Severity.NOTE)


def _count(calendar: str, moved: Iterable[MovedPromise], now: Instant) -> Iterator[PromiseMoves]:
    by_process: dict[str, list[MovedPromise]] = {}
    for each in moved:
        by_process.setdefault(each.ticket.workflow, []).append(each)
    for workflow, promises in sorted(by_process.items()):
        dues = [(each.replanned.before.due_at, each.replanned.after.due_at) for each in promises]
        known = [(old, new) for old, new in dues if old is not None and new is not None]
        numbers = sorted({each.ticket.number for each in promises if each.ticket.audience is None})
        yield PromiseMoves(
            calendar=calendar,
            workflow=workflow,
            moved=len(promises),
            later=sum(new > old for old, new in known),
            earlier=sum(new < old for old, new in known),
            overdue=sum(new <= now for _, new in known),
            numbers=tuple(numbers[:_MOST_NUMBERS]),
        )
