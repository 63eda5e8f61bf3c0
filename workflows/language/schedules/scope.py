"""The scope of the expressions in schedules: the slot, the item or event that it opens for, the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from workflows.language.expressions.names import (
    NOW,
    SITE,
    ExpressionName,
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
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant


class ScheduleScope(Scope):
    """The names `slot`, its date and periods, `site`, `now`, `setting.…`; with items also `item.…`, with an
    event `event.…`."""

    def __init__(
        self,
        item: Mapping[str, Field] | None,
        event: Mapping[str, Field] | None,
        settings: Mapping[str, Setting],
    ) -> None:
        super().__init__({})
        event_fields = (
            field_name(f"event.{name}", field, _from_event(name)) for name, field in (event or {}).items()
        )
        self._set_names((*_BUILT_IN, *setting_names(settings), *item_names(item or {}), *event_fields))


def build_schedule_values(
    *,
    site: str,
    slot: Instant,
    day: date,
    rule_day: date,
    now: Instant,
    settings: Row,
    calendar: Calendar,
    event: Row | None = None,
) -> Values:
    """The values at the opening of a ticket.

    `day` is the slot's local date at the site; `rule_day` is the date before it was moved, from which the
    periods are taken.
    """
    fields = {"slot": slot, "slot_date": day.isoformat(), "event": event or {}, **periods(rule_day)}
    return Values(
        fields=fields,
        site=site,
        now=now,
        settings=settings,
        zone=calendar.zone.key,
        is_open=calendar.is_open,
    )


def periods(day: date) -> dict[str, str]:
    """The week, month, quarter and year of a day, and the ones before, as titles of reports."""
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


def _event_field_name(name: str) -> ExpressionName:
    return word_name(name, lambda values: values.fields[name])


_BUILT_IN = (
    instant_name("slot", lambda values: values.fields["slot"]),
    *map(_event_field_name, ("slot_date", *periods(date(2000, 1, 1)))),
    SITE,
    NOW,
)
