"""Dates and what is said of each, as marshmallow fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import ValidationError

from workflows.language.schemas.fields import ParsedField, TextField, ValueField
from workflows.sentence import Sentence


class CalendarDateField(ParsedField):
    """`2026-05-04`."""

    wanted = "a date such as 2026-05-04"
    code = "date"
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

    def read(self, value: Any) -> date:
        """The date; one that is a date already stays as it is."""
        return value if type(value) is date else super().read(value)

    def parse(self, value: Any) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(
                Sentence("date", "{value!r} is no date; write it as 2026-05-04", value=value)
            ) from None


class ReasonField(TextField):
    """Why a day differs, in any words or none: what a site has said of its days must stay readable."""

    def read(self, value: Any) -> str:
        if isinstance(value, bool | int | float):
            return str(value) if value else ""
        return super().read(value) if value != "" else ""


class CalendarDatesField(ValueField):
    """Dates: a list of them, or a mapping to what is said of each, perhaps nothing."""

    wanted = "a mapping of dates, or a list of them,"

    def __init__(self, values: ValueField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dates, self.values = CalendarDateField(), values

    def read(self, value: Any) -> dict[date, Any]:
        if isinstance(value, dict):
            return self._read_days((str(day), day, stated) for day, stated in value.items())
        if isinstance(value, list):
            return self._read_days((place, day, None) for place, day in enumerate(value))
        raise self.wrong_kind(value)

    def _read_days(self, written: Iterable[tuple[str | int, Any, Any]]) -> dict[date, Any]:
        """Each place, the date that stands there, and what is said of it."""
        found: dict[date, Any] = {}
        wrong: dict[str | int, Any] = {}
        for place, day, stated in written:
            try:
                found[self.dates.read(day)] = None if stated is None else self.values.read(stated)
            except ValidationError as error:
                wrong[place] = error.messages
        if wrong:
            raise ValidationError(wrong, valid_data=found)  # type: ignore[arg-type]
        return found
