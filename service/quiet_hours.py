"""Quiet hours, in which messages that are not urgent wait."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.settings_tables import RelaySettings
from workflows.timing.instants import Instant, from_datetime, to_datetime


def quiet_until(settings: RelaySettings, zone: ZoneInfo, now: Instant) -> Instant | None:
    """When the quiet hours around `now` end; None if it is not in quiet hours. They may span midnight."""
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
