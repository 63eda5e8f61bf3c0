"""The marshmallow schemas of schedules.yaml: a schedule and an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from workflows.language.schemas.common import field_names, formulas, names, titles
from workflows.language.schemas.containers import ListField, MappingField, NestedField, UnionField
from workflows.language.schemas.fields import (
    UNDERSCORES,
    DurationField,
    ExpressionField,
    FlagField,
    LiteralField,
    NameField,
    ParsedField,
    StrictSchema,
    TextField,
    ValueField,
    WordField,
)
from workflows.language.schemas.forms import FieldSchema
from workflows.sentence import Sentence
from workflows.timing.date_intervals import DateInterval, WorkingDay
from workflows.timing.durations import Duration
from workflows.timing.recurrence import ROLLS
from workflows.timing.recurrence_days import MONTHS, MonthDay, ScheduledTime, YearDay, parse_day_of_month
from workflows.timing.timetable import WEEKDAYS

_COLUMN = re.compile(r"item\.([a-z][a-z0-9_]*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class TimeOfDayField(ParsedField):
    """`08:30`, `open` or `close`."""

    wanted = "a time of the day, such as 08:30,"
    code = "time"
    pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|open|close)$"

    def parse(self, value: Any) -> ScheduledTime:
        return ScheduledTime.parse(value)


class DayOfMonthField(ParsedField):
    """`25`, `last`, `first friday`, `third working day`, `working day 5`."""

    wanted = "a day of a month, such as 25, last, first friday or third working day,"
    code = "date"
    pattern = "^(last|(first|second|third|fourth|last) ([a-z]+|working day)|working day [0-9]{1,2})$"
    numbers = True

    def parse(self, value: Any) -> MonthDay | WorkingDay:
        return parse_day_of_month(value)


class ItemColumn(NamedTuple):
    """A column of the item that a ticket is opened for: `item.cleaned_on`."""

    name: str


class IntervalField(ParsedField):
    """An interval: `1 hour` within a day, `2 weeks`, or the number of days in a column: `item.interval`."""

    wanted = "how often, such as 1 hour, 10 days, 2 weeks or item.interval,"
    code = "recurrence"
    pattern = r"^([0-9]+ +(minutes?|hours?|days?|weeks?|months?)|item\.[a-z][a-z0-9_]*)$"

    def parse(self, value: Any) -> Duration | DateInterval | ItemColumn:
        if column := _COLUMN.fullmatch(value):
            return ItemColumn(column[1])
        return DateInterval.parse(value) or Duration.parse(value)


class BeginField(ParsedField):
    """The beginning of an interval: a time of the day, a date, or the date in a column: `item.cleaned_on`."""

    wanted = "a beginning, such as 22:00, 2026-03-02 or item.cleaned_on,"
    code = "date"
    pattern = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2}|item\.[a-z][a-z0-9_]*|open|close)$"

    def parse(self, value: Any) -> ScheduledTime | date | ItemColumn:
        if column := _COLUMN.fullmatch(value):
            return ItemColumn(column[1])
        if _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ValueError(Sentence("date", "{value!r} is no date", value=value)) from None
        return ScheduledTime.parse(value)


class DayOfYearField(ParsedField):
    """A day of the year, as month and day: `03-01`."""

    wanted = "a day of a year, such as 03-01,"
    code = "date"
    pattern = "^[0-9]{2}-[0-9]{2}$"

    def parse(self, value: Any) -> YearDay:
        return YearDay.parse(value)


def one_or_many(piece: Callable[[], ValueField], **more: Any) -> ListField:
    """One value, or a list of them."""
    return ListField(piece(), single=True, **more)


def _is_length(value: Any) -> bool:
    return isinstance(value, str) and " " in value.strip()


class RecurrenceSchema(StrictSchema):
    """The days and times of a recurrence: one of daily, weekly, monthly, yearly and every. Beside `weekly`,
    `every` chooses the weeks."""

    daily = one_or_many(TimeOfDayField)
    weekly = one_or_many(lambda: WordField(WEEKDAYS))
    monthly = one_or_many(DayOfMonthField)
    yearly = one_or_many(DayOfYearField)
    every = IntervalField()
    begin = BeginField(data_key="from")
    until = TimeOfDayField()
    at = one_or_many(TimeOfDayField)
    months = one_or_many(lambda: WordField(MONTHS))


class ForEachSchema(StrictSchema):
    """The items for each of which a ticket is opened."""

    workflow = NameField()
    state = names(single=True)
    register = NameField()
    rows = ListField(MappingField(NameField(UNDERSCORES), LiteralField()))
    where = ExpressionField()


class ScheduleSchema(StrictSchema):
    """A schedule: what is opened, and when."""

    title = titles(required=True)
    opens = NameField(required=True)
    on = NestedField(RecurrenceSchema)
    event = NameField()
    delay = DurationField()
    due = UnionField(DurationField(), NameField(UNDERSCORES), choose=lambda value: not _is_length(value))
    calendar = NameField()
    roll = WordField(tuple(ROLLS))
    lead = DurationField()
    each = NestedField(ForEachSchema)
    parent = FlagField()
    link = NameField(UNDERSCORES, data_key="as")
    values = formulas(data_key="with")
    catch_up = WordField(("latest", "all", "none"))
    sites = ListField(TextField(longest=40))


class EventSchema(StrictSchema):
    """A kind of event that people announce."""

    title = titles(required=True)
    roles = names(required=True)
    fields_ = MappingField(NameField(UNDERSCORES), NestedField(FieldSchema), data_key="fields")
    requires = field_names()
