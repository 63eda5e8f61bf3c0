"""Times in query parameters: an instant, or a day, which means the whole day at the site."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.api.http.request import ApiRequest
from workflows.timing.instants import Instant, from_datetime


def site_zone(request: ApiRequest, site: str) -> ZoneInfo:
    """The time zone of the site."""
    return ZoneInfo(next(each.zone for each in request.desk.people.sites() if each.id == site))


def parse_instant(day: date | Instant, zone: ZoneInfo, *, after: bool = False) -> Instant:
    """The instant. A day means its beginning in `zone`, or with `after` its end."""
    if isinstance(day, int):
        return day
    return from_datetime(datetime.combine(day + timedelta(days=after), time(), zone))
