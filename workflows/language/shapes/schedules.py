"""What schedules.yaml may say: the keys of a schedule and of an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from workflows.language.shapes.fields import (
    UNDERSCORES,
    Flag,
    Formula,
    Length,
    Literal,
    Name,
    Piece,
    Shape,
    Text,
    Word,
)
from workflows.language.shapes.forms import FieldShape
from workflows.language.shapes.groups import ByName, Either, Inner, Rows
from workflows.language.shapes.phrases import field_names, formulas, names, titles
from workflows.timing.occasions import MONTHS, Hour, MonthDay, YearDay
from workflows.timing.recurrence import ROLLS
from workflows.timing.timetable import WEEKDAYS


class Parsed(Piece):
    """A word of the time's own language. `pattern` tells editors how it is spelled."""

    pattern = ""
    numbers = False

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) and not (self.numbers and type(value) is int):
            raise self.refuse(value)
        try:
            return self.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def parse(self, value: Any) -> Any:
        """What the word stands for. ValueError if it is none."""
        raise NotImplementedError


class TimeOfDay(Parsed):
    """`08:30`, `open` or `close`."""

    wanted = "a time of the day, such as 08:30,"
    pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|open|close)$"

    def parse(self, value: Any) -> Hour:
        return Hour.parse(value)


class DayOfMonth(Parsed):
    """`25`, `last`, `first friday`."""

    wanted = "a day of a month, such as 25, last or first friday,"
    pattern = "^(last|(first|second|third|fourth|last) [a-z]+)$"
    numbers = True

    def parse(self, value: Any) -> MonthDay:
        return MonthDay.parse(value)


class DayOfYear(Parsed):
    """`03-01`."""

    wanted = "a day of a year, such as 03-01,"
    pattern = "^[0-9]{2}-[0-9]{2}$"

    def parse(self, value: Any) -> YearDay:
        return YearDay.parse(value)


def several(piece: Callable[[], Piece], **more: Any) -> Rows:
    """One, or a list of them."""
    return Rows(piece(), single=True, **more)


def _is_length(value: Any) -> bool:
    return isinstance(value, str) and " " in value.strip()


class OnShape(Shape):
    """The days and times that something recurs. One of daily, weekly, monthly, yearly and every."""

    daily = several(TimeOfDay)
    weekly = several(lambda: Word(WEEKDAYS))
    monthly = several(DayOfMonth)
    yearly = several(DayOfYear)
    every = Length()
    begin = TimeOfDay(data_key="from")
    until = TimeOfDay()
    at = several(TimeOfDay)
    months = several(lambda: Word(MONTHS))


class EachShape(Shape):
    """What there is one ticket for each of."""

    workflow = Name()
    state = names(single=True)
    register = Name()
    rows = Rows(ByName(Name(UNDERSCORES), Literal()))
    where = Formula()


class ScheduleShape(Shape):
    """What is opened, and when."""

    title = titles(required=True)
    opens = Name(required=True)
    on = Inner(OnShape)
    event = Name()
    delay = Length()
    due = Either(Length(), Name(UNDERSCORES), choose=lambda value: not _is_length(value))
    calendar = Name()
    roll = Word(tuple(ROLLS))
    lead = Length()
    each = Inner(EachShape)
    parent = Flag()
    link = Name(UNDERSCORES, data_key="as")
    values = formulas(data_key="with")
    catch_up = Word(("latest", "all", "none"))
    sites = Rows(Text(longest=40))


class EventShape(Shape):
    """Something that people announce."""

    title = titles(required=True)
    roles = names(required=True)
    fields_ = ByName(Name(UNDERSCORES), Inner(FieldShape), data_key="fields")
    requires = field_names()
