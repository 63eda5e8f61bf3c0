"""What may be written into one field of a form, and how it is kept: a marshmallow field per kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from workflows.language.forms.field import Field, FieldType
from workflows.timing.instants import parse_rfc3339, rfc3339

FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
LARGEST = 10**15  # of a number; doubles hold every whole number up to there
LENGTHS: Mapping[FieldType, int] = {
    FieldType.TEXT: 500,
    FieldType.PHONE: 40,
    FieldType.ID_NUMBER: 20,
    FieldType.UNIT: 40,
    FieldType.PERSON: 80,
    FieldType.STAFF: 80,
    FieldType.DEPARTMENT: 80,
}
LONG_TEXT = 20_000
MOST = {FieldType.ATTACHMENT: 20, FieldType.TABLE: 500, FieldType.CHECKLIST: 500}
REFERENCE = 200  # the longest reference to a stored file

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # all but tab, line feed and carriage return
MONEY = r"-?[0-9]{1,12}(\.[0-9]{1,2})?"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = rf"{DAY}[Tt]{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{_HOUR})"
_BROKEN_TEXT = re.compile(f"[{CONTROLS}\ud800-\udfff]")
_BROKEN_LINE = re.compile(f"[{CONTROLS}\\r\ud800-\udfff]")
_MOMENT = re.compile(MOMENT)
_CARD = re.compile(r"[0-9]{17}[0-9X]")  # a resident identity card of the mainland
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Fault(str):
    """A complaint about an answer, in English; `rule` and `facts` let other languages say the same."""

    rule: str
    facts: dict[str, str]

    def __new__(cls, message: str, rule: str, **facts: object) -> Fault:
        """The complaint `message`."""
        made = super().__new__(cls, message)
        made.rule, made.facts = rule, {key: str(value) for key, value in facts.items()}
        return made


def fault(message: str, rule: str, **facts: object) -> ValidationError:
    """What is raised for an answer that does not fit."""
    return ValidationError([Fault(message, rule, **facts)])


class Answer(fields.Field[Any]):
    """One answer. Nothing, and a blank text, is None."""

    wanted = "a text"

    def __init__(self, asked: Field) -> None:
        super().__init__(allow_none=True)
        self.asked = asked

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        """`value` as it is kept. ValidationError if it does not fit."""
        raise NotImplementedError

    def refusal(self) -> ValidationError:
        """The complaint that the answer is of another kind altogether."""
        return fault(f"must be {self.wanted}", "kind", wanted=self.wanted)

    def within(self, size: float | Decimal, unit: str = "") -> None:
        """ValidationError if `size` is beyond the least and the most that the definition allows."""
        least, most = self.asked.min, self.asked.max
        if least is not None and size < least:
            raise fault(f"must be at least {least}{unit}", "too-small", limit=least)
        if most is not None and size > most:
            raise fault(f"must be at most {most}{unit}", "too-large", limit=most)


class Text(Answer):
    """A text. One line is stripped of blanks at its ends, a long text is kept as it is."""

    def read(self, value: Any) -> Any:
        text = self.tidy(self.string(value))
        longest = self.asked.max or (LONG_TEXT if self.asked.multiline else LENGTHS[self.asked.type])
        if len(text) > longest:
            raise fault(f"must be at most {longest} characters", "too-long", limit=longest)
        if self.asked.min is not None and len(text) < self.asked.min:
            raise fault(f"must be at least {self.asked.min} characters", "too-short", limit=self.asked.min)
        if self.asked.pattern and not re.search(f"^(?:{self.asked.pattern})$", text):
            raise fault("must have the form asked for", "pattern", pattern=self.asked.pattern)
        return text

    def string(self, value: Any) -> str:
        """`value` if it is a text that can be kept and shown."""
        if not isinstance(value, str):
            raise self.refusal()
        if (_BROKEN_TEXT if self.asked.multiline else _BROKEN_LINE).search(value):
            raise fault("must not contain control characters", "characters")
        return value

    def tidy(self, text: str) -> str:
        """The text as it is kept."""
        return text if self.asked.multiline else text.strip()


class Phone(Text):
    """A telephone number, kept as digits with perhaps a plus before them."""

    wanted = "a telephone number"

    def tidy(self, text: str) -> str:
        number = re.sub(r"[\s()-]", "", text)
        if not re.fullmatch(r"\+?[0-9]{5,20}", number):
            raise fault("must be a telephone number of 5 to 20 digits", "phone")
        return number


class IdNumber(Text):
    """An identity card of the mainland (with its check digit) or a passport or permit, in capitals."""

    wanted = "an identity number"

    def tidy(self, text: str) -> str:
        number = text.strip().upper()
        if not re.fullmatch(r"[A-Z0-9]{5,20}", number):
            raise fault("must be 5 to 20 letters and digits", "id-number")
        if _CARD.fullmatch(number) and number[-1] != check_digit(number):
            raise fault("is no identity card number: its last digit does not fit", "check-digit")
        return number


def check_digit(number: str) -> str:
    """The eighteenth digit of an identity card whose first seventeen are `number`'s (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11]


class Staff(Text):
    """The id of a staff account; whether there is one, the desk finds out."""

    wanted = "the id of a member of staff"


class Number(Answer):
    """A number; whole ones are kept whole."""

    wanted = "a number"

    def read(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refusal()
        if not abs(value) <= LARGEST:  # also when it is not a number at all
            raise fault("must be a number of at most 15 digits", "too-large", limit=LARGEST)
        self.within(value)
        return int(value) if value == int(value) else value


class Money(Answer):
    """An amount, exact to the cent; kept as a decimal text."""

    wanted = "an amount such as 12.30"

    def read(self, value: Any) -> Any:
        amount = Decimal(self._digits(value))
        self.within(amount)
        return f"{abs(amount) if amount == 0 else amount:.2f}"

    def _digits(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refusal()
        if not isinstance(value, str):
            if not abs(value) < 10**12:  # also when it is not a number at all
                raise self.refusal()
            value = format(Decimal(repr(value)), "f").removesuffix(".0")
        if not re.fullmatch(MONEY, value.strip()):
            raise fault("must be an amount of at most 12 digits and 2 decimals", "money")
        return str(value.strip())


class Day(Answer):
    """A date."""

    wanted = "a date such as 2026-03-02"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(DAY, value.strip()):
            raise self.refusal()
        try:
            day = date.fromisoformat(value.strip())
        except ValueError:
            raise self.refusal() from None
        if not FIRST_DATE <= day <= LAST_DATE:
            raise fault(f"must lie between {FIRST_DATE} and {LAST_DATE}", "date-range")
        return day.isoformat()


class Moment(Answer):
    """A date and time with its offset; kept in UTC, to the second."""

    wanted = "a date and time with its offset, such as 2026-03-02T09:00:00+08:00"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
            raise self.refusal()
        try:
            kept = rfc3339(parse_rfc3339(value.strip().upper()))
            if not value.endswith(("Z", "z")):
                parse_rfc3339(kept)  # an offset can push it over the edge of the years we keep
        except (ValueError, OverflowError):
            raise fault("must be a real date and time between 1970 and 2200", "date-range") from None
        return kept


class YesNo(Answer):
    """Yes or no."""

    wanted = "true or false"

    def read(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise self.refusal()
        return value


class Choice(Answer):
    """One of the options."""

    wanted = "one of the options"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise self.refusal()
        options = [option.value for option in self.asked.options]
        if value not in options:
            raise fault(f"must be one of {', '.join(options)}", "option", options=", ".join(options))
        return value


SINGLE: Mapping[FieldType, Callable[[Field], Answer]] = {
    FieldType.TEXT: Text,
    FieldType.NUMBER: Number,
    FieldType.MONEY: Money,
    FieldType.DATE: Day,
    FieldType.DATETIME: Moment,
    FieldType.BOOLEAN: YesNo,
    FieldType.CHOICE: Choice,
    FieldType.PHONE: Phone,
    FieldType.ID_NUMBER: IdNumber,
    FieldType.UNIT: Text,
    FieldType.PERSON: Text,
    FieldType.STAFF: Staff,
    FieldType.DEPARTMENT: Text,
}
