"""Instants: whole seconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

Instant: TypeAlias = int
"""Whole seconds since the Unix epoch, UTC. Intervals of instants are half-open: [start, end)."""

FIRST_YEAR = 1970
LAST_YEAR = 2200

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def to_datetime(instant: Instant, zone: ZoneInfo) -> datetime:
    """The local date and time in `zone` at an instant."""
    return datetime.fromtimestamp(instant, zone)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime, fractions cut off. Raises ValueError if it has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return (moment - _EPOCH) // _SECOND


@lru_cache(maxsize=16_384)  # answers repeat the same few instants: saves a twentieth of a request
def rfc3339(instant: Instant) -> str:
    """The instant as UTC text, e.g. `2026-03-02T09:00:00Z`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> Instant:
    """The instant of `2026-03-02T09:00:00Z` or `2026-03-02T17:00:00+08:00`.

    Raises ValueError if the text is no date and time, has no time zone, or lies outside the years 1970 to
    2200.
    """
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError(f"{text!r} names no time zone; did you mean '{text}Z'?")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return from_datetime(moment)


def parse_day(text: str) -> date:
    """The date of `2026-03-02`.

    Raises ValueError if the text is no such date, or lies outside the years 1970 to 2200.
    """
    if not _DAY.fullmatch(text):  # `date.fromisoformat` accepts week dates as well
        raise ValueError(f"{text[:20]!r} is no day such as 2026-03-02")
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day
