"""What calendars.yaml may say: the zone, the hours of the week, and the days that differ from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError, post_load, validates_schema

from workflows.language.schemas.containers import ListField, MappingField, NestedField, UnionField
from workflows.language.schemas.days import CalendarDatesField, ReasonField
from workflows.language.schemas.fields import CatalogueField, ParsedField, StrictSchema, TextField, WordField
from workflows.language.schemas.load import read_spec
from workflows.language.schemas.organisation import TitledSchema
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest
from workflows.timing.calendars import Calendar
from workflows.timing.public_holidays import ObservedHolidays, countries, kinds_of, regions_of
from workflows.timing.timetable import AFTER_HOURS, WEEKDAYS, WORKING_DAYS, Timetable, Windows
from workflows.timing.windows import Window

NO_HOLIDAYS = "none"
_ADVICE = "; use a code such as CN or US, or none"

WeekHours: TypeAlias = dict[int, tuple[str, Windows]]
"""Weekday (Monday 0) to the key it was given under and its windows."""


def read_calendar(name: str, spec: Mapping[str, Any], version: int = 1) -> Calendar:
    """The calendar of one entry of `calendars.yaml`, or of what a site makes of it; its title is judged
    elsewhere. SpecError with the path and message of every problem."""
    stated = {key: value for key, value in spec.items() if key != "title"}
    return Calendar(name, read_spec(stated, _TIMETABLE), version, spec)


@cache
def zone_names() -> frozenset[str]:
    """The names of all zones; listing them reads the disk."""
    return frozenset(available_timezones())


def countries_or_none() -> tuple[str, ...]:
    """The codes of the countries, and the word for no holidays."""
    return (NO_HOLIDAYS, *countries())


class WindowField(ParsedField):
    """`09:00-12:00`; a night passes midnight: `22:00-06:00`."""

    wanted = "a window such as 09:00-12:00"
    code = "hours"
    pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"

    def parse(self, value: Any) -> Window:
        return Window.parse(value)


class WindowsField(ListField):
    """The windows of a day, by their beginnings."""

    wanted = "a list of windows such as ['09:00-12:00', '13:30-18:00']"
    code = "hours"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(WindowField(), **kwargs)

    def read(self, value: Any) -> Windows:
        windows = tuple(sorted(super().read(value)))
        pairs = combinations(windows, 2)
        if overlaps := [
            Sentence("hours", "{one} and {other} overlap", one=one, other=other)
            for one, other in pairs
            if one.overlaps(other)
        ]:
            raise ValidationError(overlaps)
        return windows


class DayWindowsField(WindowsField):
    """The windows of one date: at least one."""

    least = 1

    def read(self, value: Any) -> Windows:
        windows = super().read(value)
        if not windows:
            raise ValidationError(Sentence("hours", "a day without hours is closed; list it under closed"))
        return windows


class WeekdaysField(ParsedField):
    """`sat`, or `mon-fri`."""

    wanted = "a weekday such as sat, or mon-fri,"
    code = "hours"
    pattern = f"^({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))?$"

    def parse(self, value: Any) -> list[int]:
        """The days of `sat` or `mon-fri` as numbers; Monday is 0."""
        first, dash, last = value.partition("-")
        for name in (first, last) if dash else (first,):
            if name not in WEEKDAYS:
                raise ValueError(
                    Sentence(
                        "unknown-word",
                        "unknown weekday {name!r}",
                        name=name,
                        meant=find_nearest(name, WEEKDAYS),
                    )
                )
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 if dash else 0
        return [(start + step) % 7 for step in range(length + 1)]


class HoursField(MappingField):
    """The windows of each weekday."""

    wanted = "a mapping such as {mon-fri: ['09:00-18:00']}"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(WeekdaysField(), WindowsField(), **kwargs)

    def read(self, value: Any) -> WeekHours:
        written, wrong = self._read_written(value)
        hours: WeekHours = {}
        for key, windows in written.items():
            for day in self.names.read(key):
                if day in hours:
                    wrong.setdefault(
                        key, [Sentence("duplicate-item", "{day} is given twice", day=WEEKDAYS[day])]
                    )
                hours[day] = (key, windows)
        for key, message in _find_unfinished_nights(hours):
            wrong.setdefault(key, [message])
        if wrong:
            raise ValidationError(wrong)
        if not any(windows for _, windows in hours.values()):
            raise ValidationError(Sentence("hours", "the calendar never opens"))
        return hours

    def _read_written(self, value: Any) -> tuple[dict[str, Windows], dict[str, Any]]:
        """What is written under each key, and what is wrong with the keys left out."""
        try:
            return super().read(value), {}
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            found: Any = error.valid_data
            return {key: found[key] for key in found if key not in error.messages}, error.messages


class HolidaysSchema(StrictSchema):
    """Whose public holidays are kept: those of a country, also of one of its regions, and which kinds."""

    country = CatalogueField("country", countries, advice=_ADVICE, required=True)
    region = TextField(allow_none=True)
    kinds = ListField(TextField(), single=True)

    @validates_schema
    def check_country_has_them(self, data: Mapping[str, Any], **_: Any) -> None:
        """The region and the kinds are of that country."""
        country, region = data["country"], data.get("region")
        regions = list(_find_unknown("region", (region,) if region else (), country, regions_of(country)))
        kinds = list(_find_unknown("kinds", data.get("kinds", ()), country, kinds_of(country)))
        if regions or kinds:
            raise ValidationError({"region": regions, "kinds": kinds})

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> ObservedHolidays:
        """The public holidays of a country or region that the calendar observes."""
        return ObservedHolidays(**{key: value for key, value in data.items() if value})


class OpenDaySchema(StrictSchema):
    """A day that is open: with hours of its own, or a make-up working day, and why."""

    hours = DayWindowsField()
    reason = ReasonField(allow_none=True)


class CalendarSchema(TitledSchema):
    """The opening hours of an office, and the dates that differ from them."""

    zone = CatalogueField("zone", zone_names, required=True)
    hours = HoursField(required=True)
    holidays = UnionField(
        CatalogueField("country", countries_or_none, advice=_ADVICE),
        NestedField(HolidaysSchema),
        choose=lambda value: isinstance(value, dict),
        allow_none=True,
    )
    make_up_hours = WindowsField()
    closed = CalendarDatesField(ReasonField(), allow_none=True)
    open = CalendarDatesField(
        UnionField(
            ReasonField(),
            DayWindowsField(),
            NestedField(OpenDaySchema),
            choose=lambda value: 2 if isinstance(value, dict) else isinstance(value, list),
        ),
        allow_none=True,
    )
    working_days = WordField(WORKING_DAYS)
    after_hours = WordField(AFTER_HOURS)

    @validates_schema(skip_on_field_errors=False)
    def check_days(self, data: Mapping[str, Any], **_: Any) -> None:
        """No day is both open and closed."""
        both = (data.get("open") or {}).keys() & (data.get("closed") or {}).keys()
        if both:
            raise ValidationError(
                {"open": {str(day): [f"{day} is listed under closed as well"] for day in sorted(both)}}
            )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Timetable:
        """The timetable. The defaults stand in `Timetable`."""
        hours: WeekHours = data["hours"]
        make_up = data.get("make_up_hours", _first_hours(hours))
        holidays = data.get("holidays") or NO_HOLIDAYS
        if isinstance(holidays, str):
            holidays = None if holidays == NO_HOLIDAYS else ObservedHolidays(holidays)
        return Timetable(
            zone=ZoneInfo(data["zone"]),
            week=tuple(hours[day][1] if day in hours else () for day in range(7)),
            labels=tuple(_weekday_labels(hours)),
            closed_days={day: reason or "closed" for day, reason in (data.get("closed") or {}).items()},
            open_days={day: _open_day(stated, make_up) for day, stated in (data.get("open") or {}).items()},
            make_up_windows=make_up,
            holidays=holidays,
            **{key: data[key] for key in ("working_days", "after_hours") if key in data},
        )


_TIMETABLE = CalendarSchema(exclude=("title",))


def _find_unknown(key: str, given: tuple[str, ...], country: str, known: tuple[str, ...]) -> Iterator[str]:
    for each in given:
        if each not in known:
            yield Sentence(
                "unknown-word",
                "{country} has no {key} {name!r}; there are {known}",
                country=country,
                key=key,
                name=each,
                known=", ".join(known) or "none",
                meant=find_nearest(each, known),
            )


def _find_unfinished_nights(hours: WeekHours) -> Iterator[tuple[str, str]]:
    """The key of each night that has not ended when the next day opens, and the words for it."""
    for day, (key, windows) in hours.items():
        following = hours.get((day + 1) % 7, ("", ()))[1]
        if windows and following and windows[-1].runs_into(following[0]):
            tomorrow = WEEKDAYS[(day + 1) % 7]
            yield (
                key,
                Sentence(
                    "hours",
                    "{windows} of {weekdays} runs into {following} of {tomorrow}",
                    windows=windows[-1],
                    weekdays=WEEKDAYS[day],
                    following=following[0],
                    tomorrow=tomorrow,
                ),
            )


def _first_hours(hours: WeekHours) -> Windows:
    """Those of the first weekday that has any: the hours of a make-up day, unless others are given."""
    return next(hours[day][1] for day in sorted(hours) if hours[day][1])


def _open_day(stated: Any, make_up: Windows) -> tuple[Windows, str]:
    """The windows of a day that is open, and the reason. Said is the reason, the windows, both or nothing."""
    given = (
        stated if isinstance(stated, dict) else {"hours" if isinstance(stated, tuple) else "reason": stated}
    )
    usual = "opening hours of the day" if "hours" in given else "make-up working day"
    return given.get("hours", make_up), given.get("reason") or usual


def _weekday_labels(hours: WeekHours) -> Iterator[str]:
    """For each weekday the key its hours were given under; all rest days share one label."""
    rest = [day for day in range(7) if not hours.get(day, ("", ()))[1]]
    for day in range(7):
        yield ", ".join(WEEKDAYS[other] for other in rest) if day in rest else hours[day][0]
