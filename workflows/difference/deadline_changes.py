"""Promises that are longer, shorter, new or given up: of states and of clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import VersionPair
from workflows.difference.situation import NOW
from workflows.language.definition import Definition
from workflows.language.promise import ClockSpec, Due
from workflows.timing.calendars import Calendar
from workflows.timing.durations import SECONDS_IN, Duration
from workflows.timing.instants import Instant

_STARTS = tuple(range(NOW, NOW + 14 * 86_400, 3 * 3_600))
"""When a promise may be made: at every third hour of two weeks."""
_Case = tuple[str | None, str | None]
"""The field whose moment the promise hangs on, if any, and the value of the choice that it is for."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    code: Literal["longer", "shorter", "changed"]
    start: Instant | None = None
    before: Instant | None = None
    after: Instant | None = None


def list_deadline_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The changes of the calendar, of each state's promise and of each clock."""
    old, new = versions.old, versions.new
    if old.calendar.name != new.calendar.name:
        yield VersionChange(
            topic=Topic.DEADLINES,
            code="calendar",
            facts={"before": old.calendar.name, "after": new.calendar.name},
        )
    elif old.calendar.seal != new.calendar.seal:
        yield VersionChange(topic=Topic.DEADLINES, code="calendar-hours", facts={"before": old.calendar.name})
    for name, one, other in versions.pairs(old.states, new.states, versions.sides[1].former_states):
        if one is not None and other is not None:
            yield from _compare_due(versions, one.due, other.due, (name,), None)
        elif other is not None:
            yield from _compare_due(versions, None, other.due, (name,), None)
    for name, before, after in versions.pairs(old.clocks, new.clocks, {}):
        yield from _compare_clocks(versions, name, before, after)


def _compare_clocks(
    versions: VersionPair, name: str, old: ClockSpec | None, new: ClockSpec | None
) -> Iterator[VersionChange]:
    def change(code: str, **facts: object) -> VersionChange:
        return VersionChange(topic=Topic.DEADLINES, code=code, facts={"clock": name, **facts})

    if old is None or new is None:
        yield change("clock-added" if old is None else "clock-removed")
        if new is not None:
            yield from _compare_due(versions, None, new.due, (), name)
        return
    yield from _compare_due(versions, old.due, new.due, (), name)
    for word in ("starts", "stops", "restarts"):
        one = getattr(old, word)
        other = versions.former_states(getattr(new, word))
        if set(one) != set(other):
            yield change(f"clock-{word}", before=one, after=other)
    if old.pauses != new.pauses:
        yield change("clock-pauses" if new.pauses else "clock-pauses-not")
    if old.on_reopen != new.on_reopen:
        yield change(f"clock-{new.on_reopen}")


def _compare_due(
    versions: VersionPair, old: Due | None, new: Due | None, states: tuple[str, ...], clock: str | None
) -> Iterator[VersionChange]:
    before = _list_cases(old, versions.old, {})
    after = _list_cases(new, versions.new, versions.sides[1].former)
    if old is not None and new is not None and _by_alone(before) and not _by_alone(after):
        before = _spread(before, after)  # one length for all, and now one for each value
    elif old is not None and new is not None and _by_alone(after) and not _by_alone(before):
        after = _spread(after, before)
    for case in dict.fromkeys((*before, *after)):
        one, other = before.get(case), after.get(case)
        facts: dict[str, object] = {"at": case[0], "value": case[1], "before": one, "after": other}
        facts["by"] = (new.by if new and case[1] is not None else None) or (old.by if old else None)
        facts |= {"clock": clock} if clock else {}
        if (one is None and other is None) or _is_about_an_option(versions, case[1], facts["by"]):
            continue
        if one is None or other is None:
            code = "deadline-added" if one is None else "deadline-removed"
            yield VersionChange(topic=Topic.DEADLINES, code=code, states=states, facts=facts)
        elif one != other and (found := _compare(one, other, versions)):
            facts |= {"start": found.start, "due_before": found.before, "due_after": found.after}
            yield VersionChange(
                topic=Topic.DEADLINES, code=f"deadline-{found.code}", states=states, facts=facts
            )


def _is_about_an_option(versions: VersionPair, value: str | None, by: object) -> bool:
    """Whether only one of the versions has the option: that it has come or gone says it."""
    if value is None:
        return False
    names = (str(by), versions.sides[1].name(str(by)))
    specs = (versions.old.fields.get(str(by)), *(versions.new.fields.get(each) for each in names))
    return any(
        spec is not None and spec.options and all(value != each.value for each in spec.options)
        for spec in specs
    )


def _by_alone(cases: Mapping[_Case, object]) -> bool:
    return set(cases) == {(None, None)}


def _spread(one: Mapping[_Case, _Length], like: Mapping[_Case, object]) -> dict[_Case, _Length]:
    return {case: one[None, None] for case in like if case[0] is None} or dict(one)


@dataclass(frozen=True, slots=True)
class _Length:
    """A duration; `sign` -1: that much before a moment."""

    duration: Duration | None
    sign: int = 1

    @property
    def seconds(self) -> int:
        """Its length, days without changes of the clocks."""
        return self.sign * self.duration.amount * SECONDS_IN[self.duration.unit] if self.duration else 0

    def __str__(self) -> str:
        return f"{'-' if self.sign < 0 else ''}{self.duration or 0}"


def _list_cases(due: Due | None, definition: Definition, former: Mapping[str, str]) -> dict[_Case, _Length]:
    """The lengths that a promise has, by what they hang on."""
    if due is None:
        return {}
    at = former.get(due.at, due.at) if due.at else None
    sign = -1 if due.ahead or due.before else 1
    if due.choices is None:
        length = due.within or due.before or due.grace
        return {(at, None): _Length(length, sign)} if length or at else {}
    spec = definition.fields.get(due.by or "")
    values = [option.value for option in spec.options] if spec and spec.options else list(due.choices)
    lengths = {value: due.duration_for(value) for value in values}
    return {(at, value): _Length(each, sign) for value, each in lengths.items() if each is not None}


def _compare(one: _Length, other: _Length, versions: VersionPair) -> _Comparison | None:
    """Which of two lengths is longer; None if they come to the same."""
    if one.sign < 0 or other.sign < 0 or one.duration is None or other.duration is None:
        if one.seconds == other.seconds:
            return None
        return _Comparison("longer" if other.seconds > one.seconds else "shorter")
    if one.duration == other.duration:
        return None
    return _try(one.duration, other.duration, versions.old.calendar, versions.new.calendar)


def _try(one: Duration, other: Duration, old: Calendar, new: Calendar) -> _Comparison | None:
    """Both lengths from many starts, each by its calendar."""
    found = [(start, old.deadline(start, one), new.deadline(start, other)) for start in _STARTS]
    apart = [each for each in found if each[1] != each[2]]
    if not apart:
        return None
    start, before, after = max(apart, key=lambda each: (each[0] == NOW, abs(each[2] - each[1])))
    later = {each[2] > each[1] for each in apart}
    code: Literal["longer", "shorter", "changed"] = "changed"
    if later == {True}:
        code = "longer"
    elif later == {False}:
        code = "shorter"
    return _Comparison(code, start, before, after)
