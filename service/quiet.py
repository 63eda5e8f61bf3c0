"""Quiet hours: what is not urgent waits for the morning."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.settings import Relay
from workflows.timing.instants import Instant, from_datetime, to_datetime


def quiet_until(settings: Relay, zone: ZoneInfo, now: Instant) -> Instant | None:
    """When the quiet hours that `now` lies in are over; None if it lies in none.

    They may go past midnight.
    """
    if not settings.quiet_from or not settings.quiet_until or settings.quiet_from == settings.quiet_until:
        return None
    here = to_datetime(now, zone)
    begins, ends = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    if begins < ends:
        quiet, over_tomorrow = begins <= here.time() < ends, False
    else:
        quiet, over_tomorrow = here.time() >= begins or here.time() < ends, here.time() >= begins
    if not quiet:
        return None
    day = here.date() + timedelta(days=1 if over_tomorrow else 0)
    return from_datetime(datetime.combine(day, ends, tzinfo=zone))
