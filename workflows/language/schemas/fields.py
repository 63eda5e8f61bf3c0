"""The kinds of value in definitions, as marshmallow fields.

Their error messages use the words of the definition language: "a boolean where a name belongs".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields

from workflows.errors import MAX_HINTS
from workflows.language.files.yaml_parser import kind
from workflows.language.punctuation import find_full_width, full_width_sentence
from workflows.sentence import Sentence, sentence_of
from workflows.suggestions import find_nearest
from workflows.timing.durations import Duration, DurationError
from workflows.timing.periods import Period

MAX_TEXT = 4_000
NAME = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
FIELD_NAME = "(?!(?:true|false|null|in)$)[a-z][a-z0-9_]*"  # CEL reserves the four words
VALUE = "[a-z0-9]+(?:[-_][a-z0-9]+)*"
HYPHENS = (NAME, "lower-case words joined by hyphens")
UNDERSCORES = (FIELD_NAME, "lower-case words joined by underscores, but not true, false, null and in")
GROUP_NAMES = (rf"(data\.)?{FIELD_NAME}", "lower-case words joined by underscores, or `data.` and a field")
PRINT_NAMES = (rf"(item\.)?{FIELD_NAME}", "fields, or `item.` and a column")
OPTION_NAMES = (VALUE, "lower-case words or numbers, joined")
KEY_IS_MISSING = "{key!r} is missing"
_MISSING = "is missing"
_EMPTY = "nothing stands after the colon"
_UNKNOWN = "Unknown field."
_MAX_NAME = 60
_MAX_SHOWN = 100  # characters of an unknown key


class Judgement(Sentence):
    """An error message about a value that can still be built: only a rule refuses it."""


def unknown_key(key: str, known: Collection[str]) -> Sentence:
    """That a mapping has no such key."""
    meant = find_nearest(key, known)
    return Sentence("unknown-key", "unknown key {key!r}", key=key[:_MAX_SHOWN], meant=meant)


class StrictSchema(Schema):
    """A mapping with the declared keys, and no others.

    The class variables tell the editor schema which keys exclude or need each other.
    """

    exactly_one: ClassVar[tuple[str, ...]] = ()
    at_least_one: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()

    class Meta:
        unknown = RAISE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Name the unknown and missing keys, and suggest what was probably meant."""
        assert isinstance(error.messages, dict)
        known = [each.data_key or name for name, each in self.fields.items()]
        hints = 0
        for key, messages in error.messages.items():
            if messages == [_UNKNOWN]:
                error.messages[key] = [unknown_key(key, known if hints < MAX_HINTS else ())]
                hints += 1
            elif messages == [_MISSING]:
                error.messages[key] = [Sentence("missing-key", KEY_IS_MISSING, key=key)]
            elif messages == [_EMPTY]:
                error.messages[key] = [Sentence("empty", _EMPTY)]


class ValueField(fields.Field[Any]):
    """A value of one kind; subclasses define its Python form."""

    default_error_messages = {"required": _MISSING, "null": _EMPTY}
    wanted = "a value"
    code = "wrong-kind"
    """The code of a finding about a value of another kind."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.read(value)

    def read(self, value: Any) -> Any:
        """The Python form of `value`. Raises ValidationError if it is of the wrong kind."""
        raise NotImplementedError

    def wrong_kind(self, value: Any) -> ValidationError:
        """The error for a `value` of the wrong kind."""
        shown = f" ({str(value).lower()})" if isinstance(value, bool | int | float) else ""
        return ValidationError(
            Sentence(
                self.code,
                "{kind}{shown} where {wanted} belongs",
                kind=kind(value),
                shown=shown,
                wanted=self.wanted,
            )
        )


def _refuse_full_width(text: str) -> None:
    """Raises ValidationError for a name with a full-width sign: two names, or a name and its value."""
    if (at := find_full_width(text)) is not None:
        raise ValidationError(full_width_sentence(text[at]))


class TextField(ValueField):
    """A text that is not empty."""

    wanted = "a text"

    def __init__(self, *, longest: int = MAX_TEXT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        if not value.strip():
            raise ValidationError(Sentence("empty", "an empty text"))
        if len(value) > self.longest:
            message = Judgement("too-large", "longer than {most} characters", most=f"{self.longest:,}")
            raise ValidationError(message, valid_data=value)  # type: ignore[arg-type]
        return value


class ExpressionField(TextField):
    """An expression. With `literal`, a bare number or boolean is one too."""

    wanted = "an expression"

    def __init__(self, *, literal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.literal = literal

    def read(self, value: Any) -> str:
        if self.literal and isinstance(value, bool | int | float):
            return str(value).lower()
        return super().read(value)


class NameField(TextField):
    """A name, in the spelling of its kind."""

    wanted = "a name"

    def __init__(self, spelling: tuple[str, str] = HYPHENS, **kwargs: Any) -> None:
        super().__init__(longest=_MAX_NAME, **kwargs)
        self.pattern, self.words = spelling

    def read(self, value: Any) -> str:
        text = super().read(value)
        if not re.fullmatch(self.pattern, text):
            _refuse_full_width(text)
            pattern = "{text!r} is no name; names here are {words}"
            message = Judgement("spelling", pattern, text=text, words=self.words)
            raise ValidationError(message, valid_data=text)  # type: ignore[arg-type]
        return text


class WordField(TextField):
    """One of a fixed set of words."""

    def __init__(self, words: tuple[str, ...], *, unknown: str = "unknown-word", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words, self.unknown = words, unknown
        self.wanted = f"one of {', '.join(words)}"

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text not in self.words:
            _refuse_full_width(text)
            raise ValidationError(
                Sentence(
                    self.unknown,
                    "{text!r} is none of {words}",
                    text=text,
                    words=", ".join(self.words),
                    meant=find_nearest(text, self.words),
                )
            )
        return text


class CatalogueField(TextField):
    """One of many names, which are listed when they are first needed."""

    def __init__(
        self, what: str, names: Callable[[], Collection[str]], *, advice: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.what, self.names, self.advice = what, names, advice
        self.wanted = f"the name of a {what}"

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text not in self.names():
            meant = None if self.advice else find_nearest(text, self.names())
            pattern = f"unknown {self.what} {{name!r}}{self.advice}"
            raise ValidationError(Sentence(f"unknown-{self.what}", pattern, name=text, meant=meant))
        return text


_MEANT_BY = dict.fromkeys(("yes", "on", "y"), "true") | dict.fromkeys(("no", "off", "n"), "false")


class FlagField(ValueField):
    """A boolean: true or false."""

    wanted = "true or false"
    code = "boolean"

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            if isinstance(value, str) and (meant := _MEANT_BY.get(value.lower())):
                pattern = "true or false belongs here; {word!r} is a text in YAML 1.2"
                raise ValidationError(Sentence(self.code, pattern, word=value, meant=meant))
            raise self.wrong_kind(value)
        return value


class IntegerField(ValueField):
    """A whole number, perhaps within bounds."""

    wanted = "a whole number"

    def __init__(self, *, least: int | None = None, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        if least is not None and most is not None:
            self.wanted = f"a whole number from {least} to {most}"

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong_kind(value)
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise ValidationError(
                Sentence("range", "{value} where {wanted} belongs", value=value, wanted=self.wanted)
            )
        return value


class LiteralField(ValueField):
    """A literal: a text, a number, a boolean, a list of texts. Whether it fits is checked later."""

    wanted = "a value"

    def read(self, value: Any) -> Any:
        if isinstance(value, dict):
            raise self.wrong_kind(value)
        return value


class ParsedField(ValueField):
    """A word of the time's own language. `pattern` tells editors how it is spelled."""

    pattern = ""
    numbers = False

    def read(self, value: Any) -> Any:
        if not isinstance(value, str) and not (self.numbers and type(value) is int):
            raise self.wrong_kind(value)
        try:
            return self.parse(value)
        except ValueError as error:
            raise ValidationError(sentence_of(error, self.code)) from None

    def parse(self, value: Any) -> Any:
        """What the word stands for. ValueError if it is none."""
        raise NotImplementedError


class DurationField(ValueField):
    """A duration with its unit."""

    wanted = "a duration with its unit, such as '2 working hours',"
    code = "duration"

    def read(self, value: Any) -> Duration:
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        try:
            return Duration.parse(value)
        except DurationError as error:
            raise ValidationError(sentence_of(error, self.code)) from None


class PeriodField(ValueField):
    """The period that a report covers."""

    wanted = "a period, such as month or `previous week`,"
    code = "period"

    def read(self, value: Any) -> Period:
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        try:
            return Period.parse(value)
        except ValueError as error:
            raise ValidationError(sentence_of(error, self.code)) from None


NO_PROMISE = "none"  # the answer that promises nothing


class OptionalDurationField(ValueField):
    """A duration, or `none` if nothing is promised."""

    wanted = DurationField.wanted
    code = DurationField.code

    def read(self, value: Any) -> Duration | None:
        return None if value == NO_PROMISE else DurationField().read(value)
