"""The values of single form fields, and how they are stored: a marshmallow field for each kind.

Numbers, dates and names to be looked up are folded first (full width, dashes, blanks), here for every
interface.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.folding import canonical
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_answer import FieldAnswer, invalid
from workflows.language.forms.field_types import most_characters
from workflows.language.forms.numeral import number_of
from workflows.language.forms.pattern import fits_pattern
from workflows.timing.instants import parse_rfc3339, rfc3339

FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
MAX_NUMBER = 10**15  # of a number; doubles hold every whole number up to there
MAX_REFERENCE = 200  # the longest reference to a stored file

CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # all but tab, line feed and carriage return
MONEY = r"-?[0-9]{1,12}(\.[0-9]{1,2})?"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
DATETIME = rf"{DATE}[Tt]{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{_HOUR})"
_BROKEN_TEXT = re.compile(f"[{CONTROLS}\ud800-\udfff]")
_BROKEN_LINE = re.compile(f"[{CONTROLS}\\r\ud800-\udfff]")
_DATETIME = re.compile(DATETIME)
MAX_EMAIL = 254  # characters: a path of 256 (RFC 5321, 4.5.3.1.3) without its angle brackets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@({_LABEL}\.)+(?=[A-Za-z]){_LABEL}"
_EMAIL = re.compile(EMAIL)
EXTENSION = (
    r" ?(?:[;,]? ?[Ee][Xx][Tt](?:ensi[oó]n)?[.:=]?|[转轉]?分[機机][号號]?:?|[转轉]|[xX#]|,) ?([0-9]{1,8})"
)
_EXTENSION = re.compile(f"{EXTENSION}$")
_CARD = re.compile(r"[0-9]{17}[0-9X]")  # a resident identity card of the mainland
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class TextValue(FieldAnswer):
    """A text. Blanks at both ends of a single line are removed, a multi-line text is stored unchanged, and
    the name of a unit or a register's entry is stored in its one spelling."""

    def read(self, value: Any) -> Any:
        text = self.normalize(self.check_text(value))
        longest = most_characters(self.asked)
        if len(text) > longest:
            raise invalid(f"must be at most {longest} characters", "too-long", limit=longest)
        if self.asked.min is not None and len(text) < self.asked.min:
            raise invalid(f"must be at least {self.asked.min} characters", "too-short", limit=self.asked.min)
        if self.asked.pattern and not fits_pattern(self.asked.pattern, text):
            raise invalid("must have the form asked for", "pattern", pattern=self.asked.pattern)
        return text

    def check_text(self, value: Any) -> str:
        """`value`, if it is a text that can be stored and shown."""
        if not isinstance(value, str):
            raise self.wrong_kind()
        broken = (_BROKEN_TEXT if self.asked.multiline else _BROKEN_LINE).search(value)
        if broken is not None:
            letter, place = f"U+{ord(broken[0]):04X}", broken.start() + 1
            message = f"must not contain control characters: {letter} at character {place}"
            raise invalid(message, "characters", character=letter, place=place)
        return value

    def normalize(self, text: str) -> str:
        """The text in the form in which it is stored."""
        if self.asked.multiline:
            return text
        return canonical(text) if self.asked.is_lookup_name else text.strip()


class PhoneValue(TextValue):
    """A telephone number, stored as digits, perhaps with a plus before them. An extension is stored after it
    as in RFC 3966: `02161234567;ext=802`."""

    wanted = "a telephone number"

    def normalize(self, text: str) -> str:
        text = canonical(text)
        extension = _EXTENSION.search(text)
        number = re.sub(r"[\s()-]", "", text[: extension.start()] if extension else text)
        if not re.fullmatch(r"\+?[0-9]{5,20}", number):
            raise invalid("must be a telephone number of 5 to 20 digits", "phone")
        return f"{number};ext={extension[1]}" if extension else number


def is_mail_address(text: str) -> bool:
    """Whether the text is one mail address, as a field of type `email` takes it."""
    return len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) is not None


class EmailValue(TextValue):
    """One mail address, as RFC 5321 bounds it: 64 characters before the @, 254 in all. It has no display name
    and no quoted part, and its domain is a name. The domain is kept in small letters, the rest as it is."""

    wanted = "a mail address"

    def normalize(self, text: str) -> str:
        text = canonical(text)
        if not is_mail_address(text):
            raise invalid("must be one mail address, such as li@example.com", "email")
        local, _, domain = text.rpartition("@")
        return f"{local}@{domain.lower()}"


class IdNumberValue(TextValue):
    """A mainland identity card with a valid check digit, or a passport or permit, in capitals."""

    wanted = "an identity number"

    def normalize(self, text: str) -> str:
        number = canonical(text)
        if not re.fullmatch(r"[A-Za-z0-9]{5,20}", number):
            raise invalid("must be 5 to 20 letters and digits", "id-number")
        number = number.upper()
        if _CARD.fullmatch(number) and number[-1] != check_digit(number):
            raise invalid("is no identity card number: its last digit does not fit", "check-digit")
        return number


def check_digit(number: str) -> str:
    """The eighteenth digit of an identity card, computed from the first seventeen of `number` (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11]


class StaffValue(TextValue):
    """The id of a staff account; that it exists is checked elsewhere."""

    wanted = "the id of a member of staff"


class NumberValue(FieldAnswer):
    """A number, or its digits as a text; a whole number is stored as an int."""

    wanted = "a number"

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            value = number_of(canonical(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong_kind()
        if not abs(value) <= MAX_NUMBER:  # also when it is not a number at all
            raise invalid("must be a number of at most 15 digits", "too-large", limit=MAX_NUMBER)
        self.check_bounds(value)
        return int(value) if value == int(value) else value


class MoneyValue(FieldAnswer):
    """An amount with at most two decimals, stored as a decimal text."""

    wanted = "an amount such as 12.30"

    def read(self, value: Any) -> Any:
        amount = Decimal(self._digits(value))
        self.check_bounds(amount)
        return f"{abs(amount) if amount == 0 else amount:.2f}"

    def _digits(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.wrong_kind()
        if not isinstance(value, str):
            if not abs(value) < 10**12:  # also when it is not a number at all
                raise self.wrong_kind()
            value = format(Decimal(repr(value)), "f").removesuffix(".0")
        amount = canonical(value)
        if not re.fullmatch(MONEY, amount):
            raise invalid("must be an amount of at most 12 digits and 2 decimals", "money")
        return amount


class DayValue(FieldAnswer):
    """A date, stored as `2026-03-02`."""

    wanted = "a date such as 2026-03-02"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(DATE, text := canonical(value)):
            raise self.wrong_kind()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.wrong_kind() from None
        if not FIRST_DATE <= day <= LAST_DATE:
            raise invalid(f"must lie between {FIRST_DATE} and {LAST_DATE}", "date-range")
        return day.isoformat()


class MomentValue(FieldAnswer):
    """A date and time with its offset, stored in UTC, to the second."""

    wanted = "a date and time with its offset, such as 2026-03-02T09:00:00+08:00"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) or not _DATETIME.fullmatch(text := canonical(value)):
            raise self.wrong_kind()
        try:
            stored = rfc3339(parse_rfc3339(text.upper()))
            if not text.endswith(("Z", "z")):
                parse_rfc3339(stored)  # an offset can push it over the edge of the years we keep
        except (ValueError, OverflowError):
            raise invalid("must be a real date and time between 1970 and 2200", "date-range") from None
        return stored


class BooleanValue(FieldAnswer):
    """A boolean: true or false."""

    wanted = "true or false"

    def read(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise self.wrong_kind()
        return value


class ChoiceValue(FieldAnswer):
    """One of the options of the field."""

    wanted = "one of the options"

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise self.wrong_kind()
        options = [option.value for option in self.asked.options]
        if value not in options:
            raise invalid(f"must be one of {', '.join(options)}", "option", options=", ".join(options))
        return value


SINGLE_VALUES: Mapping[FieldType, Callable[[Field], FieldAnswer]] = {
    FieldType.TEXT: TextValue,
    FieldType.NUMBER: NumberValue,
    FieldType.MONEY: MoneyValue,
    FieldType.DATE: DayValue,
    FieldType.DATETIME: MomentValue,
    FieldType.BOOLEAN: BooleanValue,
    FieldType.CHOICE: ChoiceValue,
    FieldType.PHONE: PhoneValue,
    FieldType.EMAIL: EmailValue,
    FieldType.ID_NUMBER: IdNumberValue,
    FieldType.UNIT: TextValue,
    FieldType.PERSON: TextValue,
    FieldType.STAFF: StaffValue,
    FieldType.DEPARTMENT: TextValue,
}
