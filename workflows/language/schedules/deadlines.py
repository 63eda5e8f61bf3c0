"""Finds deadlines that are past when the schedule opens the ticket: due longer before the slot than the lead
is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.language.definition import Definition
from workflows.language.findings import Problem
from workflows.language.promise import Due
from workflows.language.schedule_spec import Schedule
from workflows.sentence import Sentence
from workflows.timing.durations import SECONDS_IN, Duration
from workflows.timing.recurrence import Recurrence

_SLOT = re.compile(r"slot(?: *\+ *duration\(['\"](\d+)([hms])['\"]\))?")
_SECONDS = {"h": 3_600, "m": 60, "s": 1}


def find_past_deadlines(schedule: Schedule, target: Definition) -> Iterator[Problem]:
    """The first promise of the process's beginning that is past at birth. Leads in working time are not
    judged."""
    if not isinstance(schedule.when, Recurrence):
        return
    lead = schedule.when.lead
    if lead is not None and lead.working:
        return
    ahead = lead.amount * SECONDS_IN[lead.unit] if lead else 0
    for due in _first_dues(target):
        earlier = _earlier(due)
        later = _seconds_after_slot(schedule, due.at)
        if earlier is None or later is None or earlier.amount * SECONDS_IN[earlier.unit] <= ahead + later:
            continue
        facts = {"workflow": target.name, "before": str(earlier), "field": due.at or ""}
        message = Sentence(
            "deadline-past",
            "the ticket is late when it is opened: {workflow!r} is due {before} before {field!r}, and opened "
            "when it is there",
            **facts,
        )
        if lead:
            message = Sentence(
                "deadline-past",
                "the ticket is late when it is opened: {workflow!r} is due {before} before {field!r}, and "
                "opened {lead} ahead",
                lead=str(lead),
                **facts,
            )
        yield Problem((schedule.name, "lead" if lead else "opens"), message)
        return


def _first_dues(target: Definition) -> Iterator[Due]:
    first = target.start.state
    if (due := target.states[first].due) is not None:
        yield due
    yield from (clock.due for clock in target.clocks.values() if first in clock.starts)


def _earlier(due: Due) -> Duration | None:
    """How long before its moment the promise is due at the latest; None if it is not."""
    lengths = [due.before] if due.before else list((due.choices or {}).values()) if due.ahead else []
    known = [each for each in lengths if each is not None]
    return min(known, key=lambda each: each.amount * SECONDS_IN[each.unit], default=None)


def _seconds_after_slot(schedule: Schedule, field: str | None) -> int | None:
    """How long after the slot the schedule sets this field; None if it sets it to anything else."""
    value = schedule.values.get(field or "")
    found = _SLOT.fullmatch(value.source.strip()) if value is not None else None
    if found is None:
        return None
    return int(found[1]) * _SECONDS[found[2]] if found[1] else 0
