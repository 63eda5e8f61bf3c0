"""Public holidays of a country, and its make-up working days on weekends (调休)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

EDITION = version("holidays")
"""The edition of the `holidays` library: a newer one may know more days."""

PUBLIC = "public"
ANNOUNCED_YEARLY = frozenset({"CN", "CHN"})
"""Countries whose government announces the make-up working days each year."""


class ObservedHolidays(NamedTuple):
    """The holidays that are observed: country, perhaps a region of it, and the `kinds`.

    Hong Kong's general holidays, which offices and banks observe, are the kinds `public` and `optional`.
    """

    country: str
    region: str | None = None
    kinds: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The holidays of one country and year.

    Days off with English names, make-up working days, and the weekends that join days off (与周末连休). The
    official notice lists these weekends, the library does not.
    """

    days_off: dict[date, str] = field(default_factory=dict)
    joined_weekends: dict[date, str] = field(default_factory=dict)
    make_up_days: frozenset[date] = frozenset()


@lru_cache(maxsize=1024)
def load_public_holidays(observed: ObservedHolidays | None, year: int) -> PublicHolidays:
    """The holidays of `year` known to the `holidays` library; none if `observed` is None."""
    if observed is None:
        return PublicHolidays()
    import holidays  # a large library: loaded on first use

    announced = observed.country in ANNOUNCED_YEARLY
    # the language is fixed, or the names would follow the locale of the machine
    known = holidays.country_holidays(
        observed.country,
        observed.region,
        years=(year - 1, year, year + 1) if announced else year,
        language="en_US",
        categories=observed.kinds,
    )
    worked = frozenset(day for day in known.weekend_workdays if day.year == year)
    off = {day: name for day, name in known.items() if day.year == year}
    joined = _find_joined_weekends(dict(known.items()), known.weekend_workdays, year) if announced else {}
    return PublicHolidays(off, joined, worked)


def _find_joined_weekends(off: dict[date, str], worked: Collection[date], year: int) -> dict[date, str]:
    """The weekend days next to a holiday that are not working days."""
    joined: dict[date, str] = {}
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        if day.weekday() != 5:
            continue
        friday, sunday, monday = (day + timedelta(days=count) for count in (-1, 1, 2))
        name = off.get(friday) or off.get(monday) or off.get(day) or off.get(sunday)
        for each in (day, sunday):
            if name is not None and each not in worked and each not in off:
                joined[each] = name
    return joined


@cache
def countries() -> tuple[str, ...]:
    """The codes of the countries for which the library knows holidays."""
    from holidays.registry import EntityLoader  # the list that holidays itself offers loads every country

    return tuple(sorted(set(EntityLoader.get_country_codes())))


def regions_of(country: str) -> tuple[str, ...]:
    """The codes of a country's regions that have holidays of their own."""
    return tuple(getattr(_holidays_class(country), "subdivisions", ()))


def kinds_of(country: str) -> tuple[str, ...]:
    """The kinds of holidays that the library distinguishes in a country."""
    return tuple(getattr(_holidays_class(country), "supported_categories", (PUBLIC,)))


def _holidays_class(country: str) -> type:
    import holidays

    holidays_class: type = type(holidays.country_holidays(country))
    return holidays_class
