"""Serial numbers as the paper registers had them: per site, without gaps, from 1 in each period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, to_datetime

_SERIAL = re.compile(r"\{seq(?::(\d+))?\}")


@dataclass(frozen=True, slots=True)
class Numbering:
    """The pattern of a number with its period filled in: `TS-2026-`, five digits, nothing after."""

    before: str
    width: int
    after: str

    @property
    def counter(self) -> str:
        """The name of the counter that the serial comes from."""
        return f"{self.before}#{self.after}"

    def number(self, serial: int) -> str:
        """The number with this serial: `TS-2026-00012`."""
        return f"{self.before}{serial:0{self.width}d}{self.after}"


def numbering(pattern: str, at: Instant, zone: ZoneInfo) -> Numbering:
    """The numbering of `TS-{year}-{seq:5}` at the moment `at` of a site in `zone`."""
    day = to_datetime(at, zone)
    return _numbering(pattern, day.year, day.month)


@lru_cache(maxsize=1024)
def _numbering(pattern: str, year: int, month: int) -> Numbering:
    filled = pattern.replace("{year}", f"{year:04d}").replace("{month}", f"{month:02d}")
    serial = _SERIAL.search(filled)
    if serial is None:
        raise ValueError(f"the numbering {pattern!r} has no {{seq}}")
    return Numbering(filled[: serial.start()], int(serial[1] or 1), filled[serial.end() :])
