"""Serial numbers of tickets, as paper registers had them: per site, without gaps, from 1 in each period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, to_datetime

_SERIAL = re.compile(r"\{seq(?::(\d+))?\}")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number pattern with its period filled in: `TS-2026-` before, five digits, nothing after."""

    before: str
    width: int
    after: str

    @property
    def counter(self) -> str:
        """The name of the counter that gives the serial: the text before it, `#`, the text after it."""
        return f"{self.before}#{self.after}"

    def format(self, serial: int) -> str:
        """The number with this serial, such as `TS-2026-00012`."""
        return f"{self.before}{serial:0{self.width}d}{self.after}"


def build_number_format(pattern: str, at: Instant, zone: ZoneInfo) -> NumberFormat:
    """The format of a pattern such as `TS-{year}-{seq:5}` at the instant `at`, by the local date of `zone`.

    ValueError if the pattern has no `{seq}`.
    """
    day = to_datetime(at, zone)
    return _build_number_format(pattern, day.year, day.month)


@lru_cache(maxsize=1024)
def _build_number_format(pattern: str, year: int, month: int) -> NumberFormat:
    filled = pattern.replace("{year}", f"{year:04d}").replace("{month}", f"{month:02d}")
    serial = _SERIAL.search(filled)
    if serial is None:
        raise ValueError(f"the numbering {pattern!r} has no {{seq}}")
    return NumberFormat(filled[: serial.start()], int(serial[1] or 1), filled[serial.end() :])
