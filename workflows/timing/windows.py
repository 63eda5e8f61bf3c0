"""A stretch of the day in which the office is open, on the clock on the wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Self

MIDNIGHT = time(0)
_WRITTEN = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `opens` up to `closes` (exclusive), on the local clock; `closes` 00:00 is the day's end."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `09:00-12:00` or `18:00-24:00`. ValueError when it is no window or closes before it opens."""
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise ValueError(f"{text!r} is no window; write it as '09:00-12:00'")
        opens, closes = _time(written[1], written[2]), _time(written[3], written[4])
        if opens is None or closes is None or written[1] == "24":
            raise ValueError(f"{text!r} is no window: the day runs from 00:00 to 24:00")
        if closes != MIDNIGHT and closes <= opens:
            raise ValueError(
                f"{text!r} closes before it opens; for a night write '{written[1]}:{written[2]}-24:00' here "
                f"and '00:00-{written[3]}:{written[4]}' on the next day"
            )
        return cls(opens, closes)

    @property
    def opens_second(self) -> int:
        """The opening, in seconds on the clock since 00:00."""
        return self.opens.hour * 3600 + self.opens.minute * 60

    @property
    def closes_second(self) -> int:
        """The close, in seconds on the clock since 00:00; 86400 at the end of the day."""
        return self.closes.hour * 3600 + self.closes.minute * 60 or 86_400

    def overlaps(self, other: Window) -> bool:
        """Whether both are open at some time of day."""
        return self.opens_second < other.closes_second and other.opens_second < self.closes_second

    def __str__(self) -> str:
        closes = "24:00" if self.closes == MIDNIGHT else f"{self.closes:%H:%M}"
        return f"{self.opens:%H:%M}-{closes}"


def _time(hour: str, minute: str) -> time | None:
    if int(hour) < 24:
        return time(int(hour), int(minute))
    return MIDNIGHT if (hour, minute) == ("24", "00") else None
