"""One level of an escalation, and plain data into a list of them, or every problem in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workflows.timing.durations import Duration, DurationError, Unit
from workflows.timing.problems import Path, PolicyError, Problem, unknown_keys

KEYS = ("at", "after", "every", "times", "notify", "raise", "fire", "urgent")
MOST_LEVELS = 100

_PERCENT = re.compile(r"([0-9]{1,4}) ?%")


@dataclass(frozen=True, slots=True)
class Level:
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


def read_levels(spec: object) -> tuple[Level, ...]:
    """Read the list of levels of a policy. PolicyError with the path and message of every problem."""
    if not isinstance(spec, list | tuple):
        raise PolicyError([((), f"must be a list of levels, not {spec!r}")])
    reader = _Reader()
    levels = tuple(reader.levels(spec))
    if len(levels) > MOST_LEVELS:
        reader.problems.append(((), f"{len(levels)} levels are too many; {MOST_LEVELS} are allowed"))
    if not levels:
        reader.problems.append(((), "the policy has no levels"))
    if reader.problems:
        raise PolicyError(reader.problems)
    return levels


class _Reader:
    """Reads on after a problem with a harmless value in place of the bad one, so that all are found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.last = Level()
        self.percent = 0

    def levels(self, spec: Sequence[object]) -> Iterator[Level]:
        for place, entry in enumerate(spec):
            if not isinstance(entry, Mapping):
                self._problem((place,), f"{entry!r} is no level such as {{at: 80%, notify: assignee}}")
                continue
            self.problems += unknown_keys(entry, KEYS, (place,))
            for level in self._entry(entry, place):
                self._in_order(level, place)
                self.last, self.percent = level, level.at_percent or self.percent
                yield level

    def _problem(self, path: Path, message: str) -> None:
        self.problems.append((path, message))

    def _entry(self, entry: Mapping[str, object], place: int) -> Iterator[Level]:
        """The level of one entry, or the levels of one that repeats."""
        when = [key for key in ("at", "after", "every") if key in entry]
        if len(when) != 1:
            self._problem((place,), f"give one of at, after and every, not {' and '.join(when) or 'none'}")
            return
        if "times" in entry and when != ["every"]:
            self._problem((place, "times"), "times belongs to every")
        deed = self._deed(entry, place)
        match when[0]:
            case "at":
                yield replace(deed, at_percent=self._percent(entry["at"], (place, "at")))
            case "after":
                yield replace(deed, after=self._duration(entry["after"], (place, "after")))
            case _:
                yield from self._repeated(deed, entry, place)

    def _repeated(self, deed: Level, entry: Mapping[str, object], place: int) -> Iterator[Level]:
        step, so_far = self._duration(entry["every"], (place, "every")), self.last.after
        for count in range(1, self._times(entry, place) + 1):
            yield replace(deed, after=so_far + step * count)

    def _times(self, entry: Mapping[str, object], place: int) -> int:
        times = entry.get("times")
        if type(times) is int and 1 <= times <= MOST_LEVELS:
            return times
        self._problem((place, "times") if "times" in entry else (place,), "every needs times, from 1 to 100")
        return 1

    def _deed(self, entry: Mapping[str, object], place: int) -> Level:
        """What the level does, without its time."""
        urgent = entry.get("urgent", False)
        if not isinstance(urgent, bool):
            self._problem((place, "urgent"), f"must be true or false, not {urgent!r}")
        return Level(
            notify=self._names(entry.get("notify", ()), (place, "notify")),
            raises=self._name(entry, "raise", place),
            fire=self._name(entry, "fire", place),
            urgent=urgent is True,
        )

    def _names(self, given: object, path: Path) -> tuple[str, ...]:
        names = (given,) if isinstance(given, str) else given
        if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
            return tuple(names)
        self._problem(path, f"must be a name or a list of names, not {given!r}")
        return ()

    def _name(self, entry: Mapping[str, object], key: str, place: int) -> str | None:
        name = entry.get(key)
        if name is None or isinstance(name, str):
            return name
        self._problem((place, key), f"must be a name, not {name!r}")
        return None

    def _percent(self, given: object, path: Path) -> int:
        written = _PERCENT.fullmatch(str(given))
        if written and 1 <= int(written[1]) <= 1000:
            return int(written[1])
        meant = f"; did you mean '{given}%'?" if type(given) is int else ""
        self._problem(path, f"{given!r} is not from 1% to 1000%{meant}")
        return self.percent + 1

    def _duration(self, given: object, path: Path) -> tuple[Duration]:
        try:
            return (Duration.parse(str(given)),)
        except DurationError as error:
            self._problem(path, str(error))
            return (Duration(1, Unit.SECONDS),)

    def _in_order(self, level: Level, place: int) -> None:
        """Levels fire in the order written; say so where it can be seen that they would not."""
        if level.at_percent is None:
            if not _later(level.after, self.last.after):
                self._problem((place, "after"), f"{level.after[0]} is not later than the level before it")
        elif level.at_percent <= self.percent:
            self._problem((place, "at"), f"{level.at_percent}% is not more than {self.percent}%")
        elif self.last.after and level.at_percent <= 100:
            self._problem((place, "at"), f"{level.at_percent}% is not later than the levels after due")


def _later(steps: tuple[Duration, ...], before: tuple[Duration, ...]) -> bool:
    """Whether the durations may well end after those before: units that differ cannot be compared."""
    if len({step.unit for step in steps + before}) > 1:
        return True
    return sum(step.amount for step in steps) > sum(step.amount for step in before)
