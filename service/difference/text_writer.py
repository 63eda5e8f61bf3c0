"""The sentences of a difference in the reader's language, and how lists and lengths of time are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from babel.lists import format_list
from babel.units import format_unit

from service.texts import say
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.value_texts import read_locale

_BABEL_UNITS = {
    Unit.SECONDS: "duration-second",
    Unit.MINUTES: "duration-minute",
    Unit.HOURS: "duration-hour",
    Unit.DAYS: "duration-day",
    Unit.WEEKS: "duration-week",
    Unit.WORKING_MINUTES: "duration-minute",
    Unit.WORKING_HOURS: "duration-hour",
}
_MOST_CHARACTERS = 200  # of a value or an expression that is quoted


class TextWriter:
    """Writes for a reader of `language`."""

    language: str

    def say(self, key: str, **facts: object) -> str:
        """A text of the page. Raises KeyError if there is none."""
        text = say(self.language, "difference", key, facts)
        if text is None:
            raise KeyError(key)
        return text

    def quote(self, text: str) -> str:
        """A text in quotation marks, shortened."""
        shown = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
        return self.say("quote", text=shown)

    def join(self, texts: Iterable[str]) -> str:
        """Texts, one after the other: a, b and c."""
        found = list(dict.fromkeys(texts))
        return format_list(found, locale=read_locale(self.language)) if found else self.say("nobody")

    def seconds(self, seconds: int) -> str:
        """A length in its largest whole unit."""
        for unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS):
            if seconds % SECONDS_IN[unit] == 0:
                return self.unit(seconds // SECONDS_IN[unit], unit)
        return str(timedelta(seconds=seconds))

    def unit(self, amount: int, unit: Unit) -> str:
        """An amount of a unit, such as `2 working days`."""
        if unit is Unit.WORKING_DAYS:
            return self.say("working-day") if amount == 1 else self.say("working-days", count=amount)
        length = format_unit(amount, _BABEL_UNITS[unit], locale=read_locale(self.language))
        return self.say("working", length=length) if unit.startswith("working") else str(length)
