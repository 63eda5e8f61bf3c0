"""A length of time with its unit spelled out: `30 minutes`, `4 working hours`, `2 working days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from workflows.timing.problems import did_you_mean


class Unit(StrEnum):
    """What is counted: time on the wall, or opening time of a calendar."""

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
"""Seconds in one of each unit; for days and weeks the usual ones, without a change of the clocks."""

_LONGEST = 100 * 366 * 86_400
_SPELLED = re.compile(r"([0-9]+) +([a-z]+(?: +[a-z]+)?)")
_NUMBER = re.compile(r"[0-9]+")
_ISO = re.compile(r"P(T?)([0-9]+)([SMHDW])")
_DECIMAL = re.compile(r"([0-9]+\.[0-9]+) +([a-z ]+)")
_FINER = {
    Unit.MINUTES: Unit.SECONDS,
    Unit.HOURS: Unit.MINUTES,
    Unit.DAYS: Unit.HOURS,
    Unit.WEEKS: Unit.DAYS,
    Unit.WORKING_HOURS: Unit.WORKING_MINUTES,
}
_LETTERS = {"S": Unit.SECONDS, "TM": Unit.MINUTES, "H": Unit.HOURS, "D": Unit.DAYS, "W": Unit.WEEKS}
_BY_NAME = {unit.value: unit for unit in Unit} | {unit.value.removesuffix("s"): unit for unit in Unit}


class DurationError(ValueError):
    """A text that is no duration; the message says what is wrong and what was probably meant."""


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` times `unit`, from one second to a hundred years. DurationError otherwise."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise DurationError(f"{str(self)!r} is no length of time; the least is '1 {_name(1, self.unit)}'")
        if self.amount * SECONDS_IN[self.unit] > _LONGEST:
            raise DurationError(f"{str(self)!r} is longer than 100 years")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1 working day`, `30 minutes`. DurationError for all but a whole number and a unit."""
        spelled = _SPELLED.fullmatch(text.strip())
        unit = _BY_NAME.get(" ".join(spelled[2].split())) if spelled else None
        if spelled is None or unit is None:
            raise DurationError(f"{text!r} is no duration: {_complaint(text.strip())}")
        if len(spelled[1]) > len(str(_LONGEST)):
            raise DurationError(f"{text[:40]!r} is longer than 100 years")
        return cls(int(spelled[1]), unit)

    @property
    def working(self) -> bool:
        """Whether opening time is counted, not time on the wall."""
        return self.unit.startswith("working")

    def __str__(self) -> str:
        return f"{self.amount} {_name(self.amount, self.unit)}"


def _name(amount: int, unit: Unit) -> str:
    return unit.value.removesuffix("s") if amount == 1 else unit.value


def _complaint(text: str) -> str:
    """What is wrong with a text that is no duration."""
    if text.startswith("-"):
        return "it is negative"
    if _NUMBER.fullmatch(text):
        return f"a bare number has no unit; did you mean '{text} minutes' or '{text} hours'?"
    if iso := _ISO.fullmatch(text):
        return f"the unit must be spelled{_iso_meaning(iso)}"
    if decimal := _DECIMAL.fullmatch(text):
        return f"the number must be whole{_finer_meaning(decimal)}"
    if spelled := _SPELLED.fullmatch(text.lower()):
        return f"unknown unit {text.split(maxsplit=1)[1]!r}{_unit_meaning(spelled)}"
    return "write a whole number and a unit, such as '30 minutes' or '2 working days'"


def _iso_meaning(iso: re.Match[str]) -> str:
    unit = _LETTERS.get(iso[1] + iso[3]) or _LETTERS.get(iso[3])
    if unit is None:
        return ""
    plain = f"{iso[2]} {_name(int(iso[2]), unit)}"
    if unit is Unit.DAYS:
        return f"; did you mean {plain!r} or '{plain.replace(' ', ' working ')}'?"
    return f"; did you mean {plain!r}?"


def _finer_meaning(decimal: re.Match[str]) -> str:
    unit = _BY_NAME.get(decimal[2])
    finer = _FINER.get(unit) if unit else None
    if unit is None or finer is None:
        return ""
    amount = Fraction(decimal[1]) * SECONDS_IN[unit] / SECONDS_IN[finer]
    return f"; did you mean '{amount} {_name(int(amount), finer)}'?" if amount.denominator == 1 else ""


def _unit_meaning(spelled: re.Match[str]) -> str:
    wanted = spelled[2].replace("business", "working")
    return did_you_mean(f"{spelled[1]} {wanted}", [f"{spelled[1]} {name}" for name in _BY_NAME])
