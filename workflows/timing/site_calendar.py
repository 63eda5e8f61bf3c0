"""A site's calendar settings, merged over a calendar of the company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

CalendarSpec = Mapping[str, object]

SITE_KEYS = ("hours", "holidays", "make_up_hours", "closed", "open", "working_days", "after_hours")
"""The settings open to a site. Its time zone is set elsewhere, and the title is the company's."""

_DATED = ("closed", "open")


def merge_site_spec(company: CalendarSpec, site: CalendarSpec, zone: str | None) -> dict[str, object]:
    """The specification of the site's calendar: the company's, overridden by the site's settings.

    `zone` is the site's time zone; if empty, the company's stays. Days are added to the company's, and the
    site wins where both name a day. A site with public holidays of its own takes none of the company's days,
    which belong to other holidays. Make-up hours come from whoever sets the hours.
    """
    spec = {**company, **{key: site[key] for key in SITE_KEYS if key in site and key not in _DATED}}
    if zone:
        spec["zone"] = zone
    if "hours" in site and "make_up_hours" not in site:
        spec.pop("make_up_hours", None)
    own = {key: days_by_date(site.get(key)) for key in _DATED}
    own_holidays = "holidays" in site and site["holidays"] != company.get("holidays")
    for key, other in (_DATED, _DATED[::-1]):
        company_days = {} if own_holidays else days_by_date(company.get(key))
        remaining = {day: what for day, what in company_days.items() if day not in own[other]}
        spec[key] = {**remaining, **own[key]}
    return {key: value for key, value in spec.items() if key not in _DATED or value}


def days_by_date(given: object) -> dict[str, object]:
    """Date → what is given for it; None for each date of a bare list."""
    if isinstance(given, Mapping):
        return {str(day): what for day, what in given.items()}
    return {str(day): None for day in given} if isinstance(given, list | tuple) else {}


def describe_changes(before: CalendarSpec, after: CalendarSpec) -> str:
    """The differences as text: `2026-11-30 closed (typhoon), 2026-12-05 open, hours changed`."""
    changes = [each for key in _DATED for each in _describe_day_changes(key, before, after)]
    changes += [
        f"{key} changed" for key in SITE_KEYS if key not in _DATED and before.get(key) != after.get(key)
    ]
    return ", ".join(changes) or "days and hours as before"


def _describe_day_changes(key: str, before: CalendarSpec, after: CalendarSpec) -> Iterator[str]:
    old, new = days_by_date(before.get(key)), days_by_date(after.get(key))
    word = "closed" if key == "closed" else "open"
    for day in sorted({*old, *new}):
        if day not in new:
            yield f"{day} not {word} any more"
        elif day not in old or old[day] != new[day]:
            yield f"{day} {word}" + (f" ({new[day]})" if isinstance(new[day], str) else "")
