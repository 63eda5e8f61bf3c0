"""Opening windows of a day, in local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Self

from workflows.sentence import Sentence

MIDNIGHT = time(0)
_DAY = 86_400
_PATTERN = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `opens` to `closes` (exclusive), in local time; a `closes` of 00:00 is the end of the day.

    A window that closes earlier than it opens runs past midnight and belongs to the day on which it opens.
    """

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `09:00-12:00`, `18:00-24:00` or `22:00-06:00`. Raises ValueError otherwise."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(Sentence("hours", "{text!r} is no window; write it as '09:00-12:00'", text=text))
        opens, closes = _parse_time(match[1], match[2]), _parse_time(match[3], match[4])
        if opens is None or closes is None or match[1] == "24":
            raise ValueError(
                Sentence("hours", "{text!r} is no window: the day runs from 00:00 to 24:00", text=text)
            )
        if closes == opens and closes != MIDNIGHT:
            raise ValueError(
                Sentence("hours", "{text!r} closes as it opens; a whole day is 00:00-24:00", text=text)
            )
        return cls(opens, closes)

    @property
    def overnight(self) -> bool:
        """Whether it closes on the next day."""
        return MIDNIGHT < self.closes < self.opens

    @property
    def opens_second(self) -> int:
        """Seconds from 00:00 to the opening."""
        return self.opens.hour * 3600 + self.opens.minute * 60

    @property
    def closes_second(self) -> int:
        """Seconds from 00:00 of the day on which it opens to the close; 86400 at the end of that day."""
        closes = self.closes.hour * 3600 + self.closes.minute * 60 or _DAY
        return closes + _DAY if self.overnight else closes

    def runs_into(self, other: Window) -> bool:
        """Whether it is still open when `other` opens on the next day."""
        return self.closes_second - _DAY > other.opens_second

    def overlaps(self, other: Window) -> bool:
        """Whether two windows of one day overlap."""
        return self.opens_second < other.closes_second and other.opens_second < self.closes_second

    def __str__(self) -> str:
        closes = "24:00" if self.closes == MIDNIGHT else f"{self.closes:%H:%M}"
        return f"{self.opens:%H:%M}-{closes}"


def _parse_time(hour: str, minute: str) -> time | None:
    if int(hour) < 24:
        return time(int(hour), int(minute))
    return MIDNIGHT if (hour, minute) == ("24", "00") else None
