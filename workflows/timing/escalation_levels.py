"""One level of an escalation, those that one repeated level stands for, and the order they must have."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from workflows.sentence import Sentence
from workflows.timing.durations import Duration, Unit

MAX_LEVELS = 100

_PERCENT = re.compile(r"([0-9]{1,4}) ?%")


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    """What happens at `at_percent` of the budget, or `after` these durations, one upon the other, from due.

    Exactly one of the two is given. `notify` names who is told, `raises` what goes up (`priority`), `fire`
    the trigger that is pulled; an `urgent` notice does not wait for the morning.
    """

    at_percent: int | None = None
    after: tuple[Duration, ...] = ()
    notify: tuple[str, ...] = ()
    raises: str | None = None
    fire: str | None = None
    urgent: bool = False


class RepeatedLevel(NamedTuple):
    """A level that fires so many times, `every` so long upon the level before it."""

    level: EscalationLevel
    every: Duration
    times: int


def parse_percent(text: str) -> int:
    """The 80 of `80%`. ValueError when it is not from 1% to 1000%."""
    written = _PERCENT.fullmatch(text)
    if written is None or not 1 <= int(written[1]) <= 1000:
        raise ValueError(Sentence("level", "{text!r} is not from 1% to 1000%", text=text))
    return int(written[1])


def repeat_level(repeated: RepeatedLevel, last: EscalationLevel) -> tuple[EscalationLevel, ...]:
    """The levels that a repeated one stands for, where `last` is the level before it."""
    return tuple(
        replace(repeated.level, after=_repeat_duration(last.after, repeated.every, count))
        for count in range(1, repeated.times + 1)
    )


def explain_disorder(level: EscalationLevel, last: EscalationLevel, percent: int) -> str:
    """Levels fire in the order written: why it can be seen that this one would not; else nothing.

    `last` is the level before it, `percent` that of the last level that has one.
    """
    if level.at_percent is None:
        late = _is_later(level.after, last.after)
        return (
            ""
            if late
            else Sentence("level", "{after} is not later than the level before it", after=level.after[0])
        )
    if level.at_percent <= percent:
        return Sentence(
            "level-order",
            "{at_percent}% is not more than {percent}%",
            at_percent=level.at_percent,
            percent=percent,
        )
    if last.after and level.at_percent <= 100:
        return Sentence(
            "level-order", "{at_percent}% is not later than the levels after due", at_percent=level.at_percent
        )
    return ""


def _repeat_duration(so_far: tuple[Duration, ...], step: Duration, count: int) -> tuple[Duration, ...]:
    """A duration several times upon others. Days on the wall are counted in one: step by step, an hour that
    is missing on one day would be missing on all that follow."""
    if step.unit not in (Unit.DAYS, Unit.WEEKS):
        return so_far + (step,) * count
    before = so_far[-1].amount if so_far and so_far[-1].unit is step.unit else 0
    return (*(so_far[:-1] if before else so_far), Duration(before + step.amount * count, step.unit))


def _is_later(steps: tuple[Duration, ...], before: tuple[Duration, ...]) -> bool:
    """Whether the durations may well end after those before: units that differ cannot be compared."""
    if len({step.unit for step in steps + before}) > 1:
        return True
    return sum(step.amount for step in steps) > sum(step.amount for step in before)
