"""Plain data of one calendar into a timetable, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import combinations
from typing import TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

from workflows.timing.problems import CalendarError, Path, Problem, did_you_mean, unknown_keys
from workflows.timing.public_holidays import is_country
from workflows.timing.timetable import WEEKDAYS, AfterHours, Timetable, Windows, WorkingDays
from workflows.timing.windows import Window

KEYS = (
    "title",
    "zone",
    "hours",
    "holidays",
    "make_up_hours",
    "closed",
    "open",
    "working_days",
    "after_hours",
)

Hours: TypeAlias = dict[int, tuple[str, Windows]]
"""Weekday (Monday 0) to the key it was given under and its windows."""

_Choice = TypeVar("_Choice", bound=str)


def read_timetable(spec: Mapping[str, object]) -> Timetable:
    """Read one entry of `calendars.yaml`. CalendarError with the path and message of every problem."""
    reader = _Reader(spec)
    timetable = reader.timetable()
    if reader.problems:
        raise CalendarError(reader.problems)
    return timetable


class _Reader:
    """Reads on after a problem with a harmless value in place of the bad one, so that all are found."""

    def __init__(self, spec: Mapping[str, object]) -> None:
        self.spec = spec
        self.problems: list[Problem] = unknown_keys(spec, KEYS)

    def timetable(self) -> Timetable:
        hours = self._hours()
        make_up = self._make_up(hours)
        off, on = self._closed(), self._open(make_up)
        for day in off.keys() & on.keys():
            self._problem(("open", day), f"{day} is listed under closed as well")
        return Timetable(
            zone=self._zone(),
            week=tuple(hours[day][1] if day in hours else () for day in range(7)),
            labels=tuple(_labels(hours)),
            off=off,
            on=on,
            make_up=make_up,
            country=self._country(),
            working_days=cast("WorkingDays", self._choice("working_days", ("to-close", "to-the-minute"))),
            after_hours=cast("AfterHours", self._choice("after_hours", ("keep", "next-opening"))),
        )

    def _problem(self, path: Path, message: str) -> None:
        self.problems.append((path, message))

    def _zone(self) -> ZoneInfo:
        zone = self.spec.get("zone")
        if isinstance(zone, str) and zone in _zones():
            return ZoneInfo(zone)
        if zone is None:
            self._problem((), "zone is missing; name one such as 'Asia/Shanghai'")
        else:
            self._problem(("zone",), f"unknown zone {zone!r}{did_you_mean(zone, _zones())}")
        return ZoneInfo("UTC")

    def _country(self) -> str | None:
        country = self.spec.get("holidays", "none")
        if country in (None, "none"):
            return None
        if isinstance(country, str) and is_country(country):
            return country
        self._problem(("holidays",), f"unknown country {country!r}; use a code such as CN or US, or none")
        return None

    def _choice(self, key: str, choices: tuple[_Choice, ...]) -> _Choice:
        chosen = self.spec.get(key, choices[0])
        if chosen not in choices:
            meant = did_you_mean(chosen, choices)
            self._problem((key,), f"{chosen!r} is not one of {', '.join(choices)}{meant}")
        return cast("_Choice", chosen)

    def _hours(self) -> Hours:
        hours: Hours = {}
        for key, written in self._mapping("hours").items():
            windows = self._windows(written, ("hours", key))
            for day in self._weekdays(key):
                if day in hours:
                    self._problem(("hours", key), f"{WEEKDAYS[day]} is given twice")
                hours[day] = (str(key), windows)
        if not self.problems and not any(windows for _, windows in hours.values()):
            self._problem(("hours",) if "hours" in self.spec else (), "the calendar never opens")
        return hours

    def _weekdays(self, key: object) -> list[int]:
        """The days of `mon-fri` or `sat`, Monday 0."""
        first, dash, last = str(key).partition("-")
        for name in (first, last) if dash else (first,):
            if name not in WEEKDAYS:
                self._problem(("hours", key), f"unknown weekday {name!r}{did_you_mean(name, WEEKDAYS)}")
                return []
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 if dash else 0
        return [(start + step) % 7 for step in range(length + 1)]

    def _windows(self, written: object, path: Path) -> Windows:
        if not isinstance(written, list | tuple):
            self._problem(path, "must be a list of windows such as ['09:00-12:00', '13:30-18:00']")
            return ()
        windows = sorted(self._each_window(written, path))
        for one, other in combinations(windows, 2):
            if one.overlaps(other):
                self._problem(path, f"{one} and {other} overlap")
        return tuple(windows)

    def _each_window(self, written: list[object] | tuple[object, ...], path: Path) -> Iterator[Window]:
        for place, text in enumerate(written):
            try:
                yield Window.parse(str(text))
            except ValueError as error:
                self._problem((*path, place), str(error))

    def _make_up(self, hours: Hours) -> Windows:
        """The hours of a make-up day: those given, else those of the first weekday that has any."""
        if "make_up_hours" in self.spec:
            return self._windows(self.spec["make_up_hours"], ("make_up_hours",))
        return next((hours[day][1] for day in sorted(hours) if hours[day][1]), ())

    def _closed(self) -> dict[date, str]:
        return {
            day: str(reason) if reason else "closed"
            for key, reason in self._dated("closed")
            if (day := self._date(key, ("closed", key)))
        }

    def _open(self, make_up: Windows) -> dict[date, tuple[Windows, str]]:
        on = {}
        for key, entry in self._dated("open"):
            path = ("open", key)
            given = entry if isinstance(entry, Mapping) else {"reason": entry}
            self.problems += unknown_keys(given, ("hours", "reason"), path)
            windows = self._windows(given["hours"], (*path, "hours")) if "hours" in given else make_up
            if day := self._date(key, path):
                on[day] = (windows, str(given.get("reason") or "make-up working day"))
        return on

    def _dated(self, key: str) -> list[tuple[object, object]]:
        """The dates under `key`, each with what is said of it: a mapping, or a bare list of dates."""
        given = self.spec.get(key)
        if isinstance(given, list | tuple):
            return [(day, None) for day in given]
        return list(self._mapping(key).items())

    def _mapping(self, key: str) -> Mapping[object, object]:
        given = self.spec.get(key) or {}
        if isinstance(given, Mapping):
            return given
        self._problem((key,), f"must be a mapping, not {given!r}")
        return {}

    def _date(self, key: object, path: Path) -> date | None:
        try:
            return key if type(key) is date else date.fromisoformat(str(key))
        except ValueError:
            self._problem(path, f"{key!r} is no date; write it as 2026-05-04")
            return None


def _labels(hours: Hours) -> Iterator[str]:
    """For each weekday the key its hours were given under; all rest days share one label."""
    rest = [day for day in range(7) if not hours.get(day, ("", ()))[1]]
    for day in range(7):
        yield ", ".join(WEEKDAYS[other] for other in rest) if day in rest else hours[day][0]


@cache
def _zones() -> frozenset[str]:
    """The names of all zones; listing them reads the disk."""
    return frozenset(available_timezones())
