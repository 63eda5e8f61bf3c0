"""The base of the values of form fields, and the errors about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from workflows.folding import is_blank
from workflows.language.forms.field import Field


class FaultMessage(str):
    """An error message about a value, in English; other languages are made from `rule` and `facts`."""

    rule: str
    facts: dict[str, str]

    def __new__(cls, message: str, rule: str, **facts: object) -> FaultMessage:
        """A message with the rule that was broken and the facts it states."""
        made = super().__new__(cls, message)
        made.rule, made.facts = rule, {key: str(value) for key, value in facts.items()}
        return made


def invalid(message: str, rule: str, **facts: object) -> ValidationError:
    """The exception for a value that does not fit."""
    return ValidationError([FaultMessage(message, rule, **facts)])


class FieldAnswer(fields.Field[Any]):
    """The value of one field. An empty value and a blank text are None."""

    wanted = "a text"

    def __init__(self, field: Field) -> None:
        super().__init__(allow_none=True)
        self.asked = field

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and is_blank(value):
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        """`value` in the form in which it is stored. Raises ValidationError if it does not fit."""
        raise NotImplementedError

    def wrong_kind(self) -> ValidationError:
        """The error for a value of another type altogether."""
        return invalid(f"must be {self.wanted}", "kind", wanted=self.wanted)

    def check_bounds(self, size: float | Decimal, unit: str = "") -> None:
        """Raises ValidationError if `size` is outside the minimum and maximum of the definition."""
        least, most = self.asked.min, self.asked.max
        if least is not None and size < least:
            raise invalid(f"must be at least {least}{unit}", "too-small", limit=least)
        if most is not None and size > most:
            raise invalid(f"must be at most {most}{unit}", "too-large", limit=most)
