"""Instants and durations as people read them, in the reader's language and the site's zone (CLDR, by
Babel)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.units import format_unit

from service.texts.console_texts import page_text
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock
from workflows.timing.instants import Instant, parse_rfc3339, to_datetime
from workflows.timing.progress import count_consumed
from workflows.value_texts import read_locale

_MINUTE = 60
_KEPT = 4_096  # texts of each kind, in all languages


def write_moment(at: Instant, zone: ZoneInfo, language: str, now: Instant | None = None) -> str:
    """Day and time; only the time for a moment of the day of `now`."""
    moment = to_datetime(at, zone)
    hour = _format_time(moment.hour, moment.minute, language)
    if now is not None:
        today = to_datetime(now, zone)
        if moment.date() == today.date():
            return page_text(language, "moments", "today", {"time": hour})
        if moment.year == today.year:
            return f"{_format_day('MMMEd', moment.date(), language)} {hour}"
    return f"{_format_day('yMMMd', moment.date(), language)} {hour}"


def write_day(at: Instant, zone: ZoneInfo, language: str) -> str:
    """The day of an instant, with its weekday."""
    return _format_day("MMMEd", to_datetime(at, zone).date(), language)


def write_instant(language: str, zone: ZoneInfo, now: Instant, instant: Instant | str | None) -> str:
    """Like `write_moment`, of an instant or of the API's text of one; a dash without one."""
    if instant is None:
        return "–"
    at = parse_rfc3339(instant) if isinstance(instant, str) else instant
    return write_moment(at, zone, language, now)


def write_date(at: Instant, zone: ZoneInfo, language: str) -> str:
    """The day of an instant, with its year."""
    return _format_day("yMMMd", to_datetime(at, zone).date(), language)


# What Babel writes is kept: a list has the same days and durations again and again, and each takes its time.
@lru_cache(maxsize=_KEPT)
def _format_day(skeleton: str, day: date, language: str) -> str:
    return str(format_skeleton(skeleton, day, locale=read_locale(language)))


@lru_cache(maxsize=_KEPT)
def _format_time(hour: int, minute: int, language: str) -> str:
    return str(format_skeleton("Hm", time(hour, minute), locale=read_locale(language)))


def write_seconds(seconds: int, language: str) -> str:
    """A duration in hours and minutes."""
    hours, minutes = divmod(max(0, seconds) // _MINUTE, 60)
    return _format_length(hours, minutes if hours < 10 else 0, language)


@lru_cache(maxsize=_KEPT)
def _format_length(hours: int, minutes: int, language: str) -> str:
    locale = read_locale(language)
    parts = [(hours, "duration-hour"), (minutes, "duration-minute")]
    shown = [format_unit(count, unit, "short", locale=locale) for count, unit in parts if count]
    return " ".join(shown) or format_unit(0, "duration-minute", "short", locale=locale)


@dataclass(frozen=True, slots=True)
class DueBar:
    """How much of a promise's time is used (percent), in words, and how that is reckoned."""

    percent: int
    text: str
    explanation: str
    late: bool


def build_due_bar(clock: Clock | None, calendar: Calendar, now: Instant, language: str) -> DueBar | None:
    """The bar of a promise, from the start of its clock on. None without a clock, or for one that rests."""
    if clock is None or clock.due_at is None:
        return None
    working = clock.basis is Basis.WORKING
    count = calendar.count_open_seconds if working else _count_all
    due, basis = write_moment(clock.due_at, calendar.zone, language, now), "working" if working else "elapsed"
    if clock.due_at < now:
        late = write_seconds(count(clock.due_at, now), language)
        text = page_text(language, "moments", "late", {"time": late})
        return DueBar(100, text, page_text(language, "moments", f"late-{basis}", {"due": due}), True)
    percent = min(100, 100 * count_consumed(clock, calendar, now) // max(1, clock.budget))
    text = page_text(language, "moments", "left", {"time": write_seconds(count(now, clock.due_at), language)})
    facts = {"due": due, "percent": percent, "whole": write_seconds(clock.budget, language)}
    return DueBar(percent, text, page_text(language, "moments", f"left-{basis}", facts), False)


def _count_all(begin: Instant, end: Instant) -> int:
    return end - begin
