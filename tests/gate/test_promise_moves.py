"""Another calendar is told by the open promises that it moves, before it is published."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from gate_desk import ELSEWHERE, FILES, MONDAY, SITE, GateDesk

from workflows.gate.company_proposal import propose_company_file
from workflows.gate.promise_moves import describe_moves, find_moves
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant

HOUR = 3_600


def moved(site: str, before: int, after: int, *, number: str = "P-1", hidden: bool = False) -> Any:
    """A rental whose promise moves; the hours are counted from now."""
    audience = ("clerk",) if hidden else None
    ticket = SimpleNamespace(site=site, workflow="rental", number=number, audience=audience)
    clocks = (SimpleNamespace(due_at=MONDAY + each * HOUR) for each in (before, after))
    return SimpleNamespace(
        ticket=ticket, replanned=SimpleNamespace(**dict(zip(("before", "after"), clocks, strict=True)))
    )


def test_it_counts_by_process_what_is_later_earlier_and_overdue(yard: GateDesk) -> None:
    """At the sites of whoever asks; a ticket that not everybody may see is counted and not named."""
    promises = [
        moved(SITE, 5, 9),
        moved(SITE, 5, 2, number="P-2"),
        moved(SITE, 1, -1, number="P-3", hidden=True),
        moved(ELSEWHERE, 5, 9, number="P-4"),
    ]
    asked = list[str]()

    def search(calendar: Calendar, _: Instant) -> Iterable[Any]:
        asked.append(calendar.name)
        return promises

    in_force = yard.gate.in_force()
    text = FILES["calendars.yaml"].replace("18:00", "17:00")
    proposal = propose_company_file("calendars.yaml", text, in_force)
    (found,) = find_moves(proposal, in_force, search, MONDAY, [SITE])
    assert (found.calendar, found.workflow, found.numbers) == ("office", "rental", ("P-1", "P-2"))
    assert (found.moved, found.later, found.earlier, found.overdue) == (3, 1, 2, 1)
    (note,) = describe_moves(proposal, [found])
    assert (note.code, note.severity, note.file, note.line) == ("promises-move", "note", "calendars.yaml", 1)
    same = propose_company_file("calendars.yaml", f"{FILES['calendars.yaml']}# more\n", in_force)
    assert find_moves(same, in_force, search, MONDAY, None) == ()
    assert asked == ["office"]
