"""The kinds of value a definition is written with, as marshmallow fields.

They answer in the language's own words: "a boolean where a name belongs".
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from workflows.language.files.composing import kind
from workflows.timing.durations import Duration, DurationError
from workflows.timing.periods import Period
from workflows.timing.problems import did_you_mean

LONGEST_TEXT = 4_000
NAME = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
FIELD_NAME = "[a-z][a-z0-9_]*"
VALUE = "[a-z0-9]+(?:[-_][a-z0-9]+)*"
HYPHENS = (NAME, "lower-case words joined by hyphens")
UNDERSCORES = (FIELD_NAME, "lower-case words joined by underscores")
PRINTED = (rf"(item\.)?{FIELD_NAME}", "fields, or `item.` and a column")
ANSWER = (VALUE, "lower-case words or numbers, joined")
_MISSING = "is missing"
_UNKNOWN = "Unknown field."
_LONGEST_NAME = 60


class Shape(Schema):
    """A mapping with the keys declared, and no others."""

    class Meta:
        unknown = RAISE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Say of unknown and missing keys which they are, and what was probably meant."""
        assert isinstance(error.messages, dict)
        known = [each.data_key or name for name, each in self.fields.items()]
        for key, messages in error.messages.items():
            if messages == [_UNKNOWN]:
                error.messages[key] = [f"unknown key {key!r}{did_you_mean(key, known)}"]
            elif messages == [_MISSING]:
                error.messages[key] = [f"{key!r} is missing"]


class Piece(fields.Field[Any]):
    """A value of one kind. Subclasses say what it becomes."""

    default_error_messages = {"required": _MISSING, "null": "nothing stands after the colon"}
    wanted = "a value"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.read(value)

    def read(self, value: Any) -> Any:
        """What `value` stands for. ValidationError when it is of the wrong kind."""
        raise NotImplementedError

    def refuse(self, value: Any) -> ValidationError:
        """The complaint that `value` is of the wrong kind."""
        shown = f" ({str(value).lower()})" if isinstance(value, bool | int | float) else ""
        return ValidationError(f"{kind(value)}{shown} where {self.wanted} belongs")


class Text(Piece):
    """A text, not empty."""

    wanted = "a text"

    def __init__(self, *, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        if not value.strip():
            raise ValidationError("an empty text")
        if len(value) > self.longest:
            raise ValidationError(f"longer than {self.longest:,} characters")
        return value


class Formula(Text):
    """An expression. A bare number or boolean is one too, where `literal` says so."""

    wanted = "an expression"

    def __init__(self, *, literal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.literal = literal

    def read(self, value: Any) -> str:
        if self.literal and isinstance(value, bool | int | float):
            return str(value).lower()
        return super().read(value)


class Name(Text):
    """A name, spelled as names of its kind are."""

    wanted = "a name"

    def __init__(self, spelling: tuple[str, str] = HYPHENS, **kwargs: Any) -> None:
        super().__init__(longest=_LONGEST_NAME, **kwargs)
        self.pattern, self.words = spelling

    def read(self, value: Any) -> str:
        text = super().read(value)
        if not re.fullmatch(self.pattern, text):
            raise ValidationError(f"{text!r} is no name; names here are {self.words}")
        return text


class Word(Text):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words
        self.wanted = f"one of {', '.join(words)}"

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text not in self.words:
            raise ValidationError(
                f"{text!r} is none of {', '.join(self.words)}{did_you_mean(text, self.words)}"
            )
        return text


class Flag(Piece):
    """true or false."""

    wanted = "true or false"

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value


class Whole(Piece):
    """A whole number."""

    wanted = "a whole number"

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(value)
        return value


class Literal(Piece):
    """A value written out: a text, a number, yes or no, a list of texts. Whether it fits is judged later."""

    wanted = "a value"

    def read(self, value: Any) -> Any:
        if isinstance(value, dict):
            raise self.refuse(value)
        return value


class Length(Piece):
    """A length of time with its unit."""

    wanted = "a duration with its unit, such as '2 working hours',"

    def read(self, value: Any) -> Duration:
        if not isinstance(value, str):
            raise self.refuse(value)
        try:
            return Duration.parse(value)
        except DurationError as error:
            raise ValidationError(str(error)) from None


class PeriodWords(Piece):
    """The time that a report covers."""

    wanted = "a period, such as month or `previous week`,"

    def read(self, value: Any) -> Period:
        if not isinstance(value, str):
            raise self.refuse(value)
        try:
            return Period.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


NO_PROMISE = "none"  # the answer that promises nothing


class LengthOrNone(Piece):
    """A length of time, or `none` where nothing is promised."""

    wanted = Length.wanted

    def read(self, value: Any) -> Duration | None:
        return None if value == NO_PROMISE else Length().read(value)
