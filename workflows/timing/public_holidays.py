"""The public holidays of a country and the weekend days that are worked in exchange for them (调休)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays

ANNOUNCED_YEARLY = frozenset({"CN", "CHN"})
"""Countries whose government names the make-up working days anew each year."""


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Those of one country and year: days off with their English names, and make-up working days."""

    off: dict[date, str] = field(default_factory=dict)
    make_up: frozenset[date] = frozenset()


@lru_cache(maxsize=1024)
def public_holidays(country: str | None, year: int) -> PublicHolidays:
    """The public holidays of `year` as far as the `holidays` library knows them; none without a country."""
    if country is None:
        return PublicHolidays()
    # the language is fixed, or the names would follow the locale of the machine
    known = holidays.country_holidays(country, years=year, language="en_US")
    worked = frozenset(day for day in known.weekend_workdays if day.year == year)
    return PublicHolidays(dict(known.items()), worked)


def is_country(code: str) -> bool:
    """Whether the library knows the holidays of this country code."""
    return code in holidays.list_supported_countries()
