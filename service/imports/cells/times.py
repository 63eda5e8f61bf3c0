"""Days and instants as people write them. `03/04/2024` is refused unless the order of day and month is
known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.imports.cells.cell import CellKind, UnreadableCell, kind_of
from workflows.folding import canonical
from workflows.timing.instants import FIRST_YEAR, LAST_YEAR, Instant, from_datetime

_CLOCK = r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?"
_YEAR_FIRST = re.compile(
    rf"([0-9]{{4}})(?:([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}})|年([0-9]{{1,2}})月([0-9]{{1,2}})日){_CLOCK}"
)
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_CLOCK}")


@dataclass(frozen=True, slots=True)
class TimeReader:
    """Reads days and moments: by the formats of strptime, or as written year first, or day and month first.

    A moment without a zone is the wall clock's in `zone`: one that the clock shows twice is taken the
    first time,
    one that it skips is taken as much later. `day_first` says how `03/04/2024` is meant; None if nobody
    has said. `03.04.2024` has its day first everywhere.
    """

    zone: ZoneInfo
    formats: tuple[str, ...] = ()
    day_first: bool | None = None

    def read_day(self, cell: str, formats: tuple[str, ...] = ()) -> date:
        """The day, of any year; a time of day is ignored. UnreadableCell if it is no day, or ambiguous."""
        return self._parse(cell, formats).date()

    def read_datetime(self, cell: str, formats: tuple[str, ...] = ()) -> datetime:
        """The time with its zone, from 1970 to 2200. UnreadableCell if it is none, or ambiguous."""
        found = self._parse(cell, formats)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise UnreadableCell(f"{cell.strip()!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def read_instant(self, cell: str, formats: tuple[str, ...] = ()) -> Instant:
        """Like `read_datetime`, as an instant."""
        return from_datetime(self.read_datetime(cell, formats))

    def _parse(self, cell: str, formats: tuple[str, ...]) -> datetime:
        text, chosen = canonical(cell), formats or self.formats
        if kind_of(cell) is CellKind.DATE:
            return datetime.fromisoformat(text)
        found = _parse_by_formats(text, chosen) if chosen else _parse_by_pattern(text, self.day_first)
        if not found:
            raise UnreadableCell(f"{cell.strip()!r} is no time that can be read{_format_hint(chosen)}")
        if len(found) > 1:
            one, other = sorted(each.date().isoformat() for each in found)
            raise UnreadableCell(
                f"{cell.strip()!r} may be {one} or {other}; say whether the day or the month comes first"
            )
        return found[0]


def _format_hint(formats: tuple[str, ...]) -> str:
    return f" as {' or '.join(formats)}" if formats else ""


def _parse_by_formats(text: str, formats: tuple[str, ...]) -> list[datetime]:
    """All different times that the formats read from the text."""
    found: list[datetime] = []
    for form in formats:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - the list's zone is put on afterwards
        except (ValueError, OverflowError):
            continue
        if moment not in found:
            found.append(moment)
    return found


def _parse_by_pattern(text: str, day_first: bool | None) -> list[datetime]:
    """All different times that the text may mean."""
    try:
        return [datetime.fromisoformat(text)]
    except (ValueError, OverflowError):
        pass
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, hans_month, hans_day, *clock = match.groups()
        return _build_datetimes([(year, month or hans_month, day or hans_day)], clock)
    if match := _YEAR_LAST.fullmatch(text):
        first, mark, second, year, *clock = match.groups()
        orders = [(year, second, first), (year, first, second)]  # day first, month first
        if mark == "." or day_first is not None:
            orders = [orders[0 if mark == "." or day_first else 1]]
        return _build_datetimes(orders, clock)
    return []


def _build_datetimes(days: list[tuple[str, str, str]], clock: list[str | None]) -> list[datetime]:
    """The valid ones of these days, at this time of day."""
    found: list[datetime] = []
    hour, minute, second = (int(part or 0) for part in clock)
    for year, month, day in days:
        try:
            moment = datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - see above
        except ValueError:
            continue
        if moment not in found:
            found.append(moment)
    return found
