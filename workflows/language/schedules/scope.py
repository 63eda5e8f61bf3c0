"""What the expressions of a schedule may speak of: its slot, the item or the event it opens for, the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from workflows.language.expressions.names import (
    NOW,
    SITE,
    Name,
    Read,
    field_name,
    instant_name,
    item_names,
    setting_names,
    word_name,
)
from workflows.language.expressions.scope import Scope
from workflows.language.forms.field import Field
from workflows.language.forms.setting import Setting
from workflows.language.forms.values import Row, Values
from workflows.timing.instants import Instant


class ScheduleScope(Scope):
    """`slot`, its date and periods, `site`, `now`, `setting.…`; `item.…` and `event.…` where there is one."""

    def __init__(
        self,
        item: Mapping[str, Field] | None,
        event: Mapping[str, Field] | None,
        settings: Mapping[str, Setting],
    ) -> None:
        super().__init__({})
        told = (
            field_name(f"event.{name}", field, _from_event(name)) for name, field in (event or {}).items()
        )
        self._speak_of((*_BUILT_IN, *setting_names(settings), *item_names(item or {}), *told))


def values_at(
    *,
    site: str,
    slot: Instant,
    day: date,
    rule_day: date,
    now: Instant,
    settings: Row,
    item: Row | None = None,
    event: Row | None = None,
) -> Values:
    """What is so when a ticket is opened.

    `day` is the slot's date at the site, `rule_day` the one it was moved from; the periods are that one's.
    """
    fields = {"slot": slot, "slot_date": day.isoformat(), "event": event or {}, **periods(rule_day)}
    return Values(fields=fields, site=site, now=now, settings=settings, item=item)


def periods(day: date) -> dict[str, str]:
    """The week, month, quarter and year of a day, and those before them, as reports are headed by them."""
    first = day.replace(day=1)
    quarter = date(day.year, day.month - (day.month - 1) % 3, 1)
    return {
        "slot_week": _week(day),
        "slot_month": f"{day:%Y-%m}",
        "slot_quarter": _quarter(day),
        "slot_year": f"{day:%Y}",
        "last_week": _week(day - timedelta(weeks=1)),
        "last_month": f"{first - timedelta(days=1):%Y-%m}",
        "last_quarter": _quarter(quarter - timedelta(days=1)),
        "last_year": str(day.year - 1),
    }


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _from_event(name: str) -> Read:
    def read(values: Values) -> Any:
        return cast("Row", values.fields["event"]).get(name)

    return read


def _told(name: str) -> Name:
    return word_name(name, lambda values: values.fields[name])


_BUILT_IN = (
    instant_name("slot", lambda values: values.fields["slot"]),
    *map(_told, ("slot_date", *periods(date(2000, 1, 1)))),
    SITE,
    NOW,
)
