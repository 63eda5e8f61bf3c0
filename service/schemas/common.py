"""Fields and the base class of request schemas."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length

from workflows.timing.instants import parse_day, parse_rfc3339

MAX_NOTE = 4_000
MAX_NUMBER = 2**31
NAME = Length(min=1, max=200)
_MAX_DIGITS = 15
_DAYS = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"(19[7-9][1-9]|20[0-9]{{2}}|21[0-8][0-9])-{_DAYS}"
_CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
DATE, INSTANT, DATE_OR_INSTANT = f"^{_DATE}$", f"^{_DATE}{_CLOCK}$", f"^{_DATE}({_CLOCK})?$"


class InstantField(fields.Field[int]):
    """An instant in RFC 3339. The pattern in the document is a little narrower than what is accepted."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        try:
            return parse_rfc3339(str(value))
        except (ValueError, OverflowError):
            raise ValidationError("must be an instant such as 2026-03-02T09:00:00Z") from None


class DateField(fields.Field[date]):
    """A day (2026-03-02)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:
        try:
            return parse_day(str(value))
        except ValueError:
            raise ValidationError("must be a day such as 2026-03-02") from None


class QueryIntegerField(fields.Field[int]):
    """An integer in a query: ASCII digits only, where Python would accept `1_0` and ` 5`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
            raise ValidationError("must be a whole number")
        return int(text)


class DateOrInstantField(fields.Field[Any]):
    """A day (2026-03-02), or an instant in RFC 3339."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date | int:
        try:
            return parse_day(value) if len(value) == len("2026-03-02") else parse_rfc3339(value)
        except (ValueError, OverflowError):
            raise ValidationError(
                "must be a day such as 2026-03-02, or an instant such as 2026-03-02T09:00:00Z"
            ) from None


class RequestSchema(Schema):
    """The base of bodies and queries: unknown names are refused."""

    class Meta:
        unknown = RAISE


def described(text: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"description": text, **more}}
