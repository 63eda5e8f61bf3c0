"""Which period of a report is asked for, at which site, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, from_datetime
from workflows.timing.periods import Period, PeriodBounds

OWN = "own"  # the report's own period
PERIODS = (
    OWN,
    *("day", "previous-day", "week", "previous-week", "month", "previous-month"),
    *("quarter", "previous-quarter", "year", "previous-year"),
)
BEFORE, LAST_YEAR, NONE = "before", "last-year", "none"
COMPARISONS = (BEFORE, LAST_YEAR, NONE)
_FIRST_YEAR, _LAST_YEAR = 1971, 2199  # as far as calendars reach, with a year to look back on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoice:
    """What an address says; `begin` and `until` are days as they were typed, which go before `period`."""

    period: str = OWN
    begin: str = ""
    until: str = ""
    compare: str = BEFORE
    site: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> ReportChoice:
        """What the arguments of an address say. What is no period and no comparison is the usual one."""
        period, compare = arguments.get("period", ""), arguments.get("compare", "")
        return cls(
            period=period if period in PERIODS else OWN,
            begin=arguments.get("from", "")[:20].strip(),
            until=arguments.get("until", "")[:20].strip(),
            compare=compare if compare in COMPARISONS else BEFORE,
            site=arguments.get("site", "")[:100],
        )

    @property
    def query(self) -> str:
        """The same as the query of an address, with its question mark; empty for the usual."""
        usual = ReportChoice()
        named = {
            "period": "" if self.period == usual.period else self.period,
            "from": self.begin,
            "until": self.until,
            "compare": "" if self.compare == usual.compare else self.compare,
            "site": self.site,
        }
        found = urlencode({name: value for name, value in named.items() if value})
        return f"?{found}" if found else ""

    def find_fault(self) -> str:
        """What is wrong with the days: `bad-from`, `bad-until`, `bad-order`; empty if nothing is."""
        days = {
            name: _parse_day(text) for name, text in (("from", self.begin), ("until", self.until)) if text
        }
        for name, day in days.items():
            if day is None:
                return f"bad-{name}"
        if len(days) == 1:
            return "bad-until" if "from" in days else "bad-from"
        begin, until = _parse_day(self.begin), _parse_day(self.until)
        return "bad-order" if begin is not None and until is not None and until < begin else ""

    def bounds(self, own: Period, now: Instant, zone: ZoneInfo) -> PeriodBounds:
        """The period, cut after the present second. ValueError if the days are wrong."""
        if self.find_fault():
            raise ValueError(f"no period: {self.begin} {self.until}")
        begin, until = _parse_day(self.begin), _parse_day(self.until)
        if begin is not None and until is not None:
            since, end = _midnight(begin, zone), _midnight(until + timedelta(days=1), zone)
        else:
            period = own if self.period == OWN else Period.parse(self.period.replace("-", " "))
            since, end = period.bounds_at(now, zone)
        return PeriodBounds(since, end, max(since, min(end, now + 1)))


def _parse_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.combine(day, time(), zone))
