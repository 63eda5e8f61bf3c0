"""Durations with their unit in words: `30 minutes`, `4 working hours`, `2 working days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Self

from workflows.sentence import Sentence


class Unit(StrEnum):
    """The unit of a duration: elapsed time, or opening time of a calendar."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    WORKING_MINUTES = "working minutes"
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"


SECONDS_IN = {
    Unit.SECONDS: 1,
    Unit.MINUTES: 60,
    Unit.HOURS: 3_600,
    Unit.DAYS: 86_400,
    Unit.WEEKS: 604_800,
    Unit.WORKING_MINUTES: 60,
    Unit.WORKING_HOURS: 3_600,
    Unit.WORKING_DAYS: 86_400,
}
"""Seconds in one of each unit; days and weeks without a change of the clocks."""

_MAX_SECONDS = 100 * 366 * 86_400
_PATTERN = re.compile(r"([0-9]+) +([a-z]+(?: +[a-z]+)?)")
_NUMBER = re.compile(r"[0-9]+")
_ISO = re.compile(r"P(T?)([0-9]+)([SMHDW])")
_DECIMAL = re.compile(r"([0-9]+\.[0-9]+) +([a-z ]+)")
# What people write for units that are not here, and what it comes to.
_OTHER_UNITS = {
    "year": (365, "day"),
    "quarter": (91, "day"),
    "month": (30, "day"),
    "年": (365, "day"),
    "月": (30, "day"),
    "周": (1, "week"),
    "週": (1, "week"),
    "工作日": (1, "working day"),
    "天": (1, "day"),
    "日": (1, "day"),
    "小时": (1, "hour"),
    "小時": (1, "hour"),
    "分钟": (1, "minute"),
    "分鐘": (1, "minute"),
}
_LONG = re.compile(r"(?P<amount>[0-9]{1,4}) *(?P<unit>year|quarter|month)s?")
_CHINESE = re.compile("(?P<amount>[0-9]{1,6}) *[个個]?(?P<unit>年|月|周|週|工作日|天|日|小时|小時|分钟|分鐘)")
_FINER = {
    Unit.MINUTES: Unit.SECONDS,
    Unit.HOURS: Unit.MINUTES,
    Unit.DAYS: Unit.HOURS,
    Unit.WEEKS: Unit.DAYS,
    Unit.WORKING_HOURS: Unit.WORKING_MINUTES,
}
_SHORT = {
    "min": "minutes",
    "mins": "minutes",
    "hr": "hours",
    "hrs": "hours",
    "sec": "seconds",
    "secs": "seconds",
}
_NEAR = 0.75  # a misspelt unit, and no other one: `months` are no minutes
_LETTERS = {"S": Unit.SECONDS, "TM": Unit.MINUTES, "H": Unit.HOURS, "D": Unit.DAYS, "W": Unit.WEEKS}
_BY_NAME = {unit.value: unit for unit in Unit} | {unit.value.removesuffix("s"): unit for unit in Unit}


class DurationError(ValueError):
    """A text that is no duration; the message says why, with a suggestion."""


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` times `unit`, from one second to a hundred years. Raises DurationError otherwise."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise DurationError(
                Sentence(
                    "duration",
                    "{length!r} is no length of time; the least is '1 {unit}'",
                    length=str(self),
                    unit=_unit_name(1, self.unit),
                )
            )
        if self.amount * SECONDS_IN[self.unit] > _MAX_SECONDS:
            raise DurationError(Sentence("duration", "{text!r} is longer than 100 years", text=str(self)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1 working day` or `30 minutes`: a whole number and a unit. Raises DurationError otherwise."""
        spelled = _PATTERN.fullmatch(text.strip())
        unit = _BY_NAME.get(" ".join(spelled[2].split())) if spelled else None
        if spelled is None or unit is None:
            raise DurationError(_explain_error(text, text.strip()))
        if len(spelled[1]) > len(str(_MAX_SECONDS)):
            raise DurationError(Sentence("duration", "{text!r} is longer than 100 years", text=text[:40]))
        return cls(int(spelled[1]), unit)

    @property
    def working(self) -> bool:
        """Whether it counts opening time, not elapsed time."""
        return self.unit.startswith("working")

    def __str__(self) -> str:
        return f"{self.amount} {_unit_name(self.amount, self.unit)}"


def _unit_name(amount: int, unit: Unit) -> str:
    return unit.value.removesuffix("s") if amount == 1 else unit.value


def _explain_error(written: str, text: str) -> Sentence:
    """Why a text is no duration."""
    pattern = (
        "{text!r} is no duration: write a whole number and a unit, such as '30 minutes' or '2 working days'"
    )
    meant: tuple[str, ...] = ()
    if text.startswith("-"):
        pattern = "{text!r} is no duration: it is negative"
    elif _NUMBER.fullmatch(text):
        pattern = "{text!r} is no duration: a bare number has no unit"
        meant = (f"{text} minutes", f"{text} hours")
    elif iso := _ISO.fullmatch(text):
        pattern, meant = "{text!r} is no duration: the unit must be spelled", _suggest_for_iso(iso)
    elif decimal := _DECIMAL.fullmatch(text):
        pattern, meant = "{text!r} is no duration: the number must be whole", _suggest_finer_unit(decimal)
    elif other := _CHINESE.fullmatch(text) or _LONG.fullmatch(text.lower()):
        pattern = "{text!r} is no duration: the units are seconds, minutes, hours, days, weeks, working days"
        meant = _suggest_known(other)
    elif spelled := _PATTERN.fullmatch(text.lower()):
        unit, pattern = text.split(maxsplit=1)[1], "{text!r} is no duration: unknown unit {unit!r}"
        return Sentence("duration", pattern, text=written, unit=unit, meant=_suggest_unit(spelled))
    return Sentence("duration", pattern, text=written, meant=meant)


def _suggest_known(written: re.Match[str]) -> tuple[str, ...]:
    """The same length in a unit that is known."""
    times, plain = _OTHER_UNITS[written["unit"]]
    amount = int(written["amount"]) * times
    return (f"{amount} {plain}{'' if amount == 1 else 's'}",)


def _suggest_for_iso(iso: re.Match[str]) -> tuple[str, ...]:
    unit = _LETTERS.get(iso[1] + iso[3]) or _LETTERS.get(iso[3])
    if unit is None:
        return ()
    plain = f"{iso[2]} {_unit_name(int(iso[2]), unit)}"
    return (plain, plain.replace(" ", " working ")) if unit is Unit.DAYS else (plain,)


def _suggest_finer_unit(decimal: re.Match[str]) -> tuple[str, ...]:
    unit = _BY_NAME.get(decimal[2])
    finer = _FINER.get(unit) if unit else None
    if unit is None or finer is None:
        return ()
    amount = Fraction(decimal[1]) * SECONDS_IN[unit] / SECONDS_IN[finer]
    return (f"{amount} {_unit_name(int(amount), finer)}",) if amount.denominator == 1 else ()


def _suggest_unit(spelled: re.Match[str]) -> tuple[str, ...]:
    wanted = spelled[2].replace("business", "working")
    wanted = _SHORT.get(wanted, wanted)
    near = get_close_matches(wanted, sorted(_BY_NAME), n=1, cutoff=_NEAR)
    return (f"{spelled[1]} {near[0]}",) if near else ()
