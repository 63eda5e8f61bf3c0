"""What bodies and queries are made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length

from workflows.timing.instants import parse_rfc3339

LONGEST_NOTE = 4_000
LARGEST_NUMBER = 2**31
UNKNOWN = "unknown"
NAME = Length(min=1, max=200)
_DAYS = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"(19[7-9][1-9]|20[0-9]{{2}}|21[0-8][0-9])-{_DAYS}"
_CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
MOMENT, DAY_OR_MOMENT = f"^{_DATE}{_CLOCK}$", f"^{_DATE}({_CLOCK})?$"


class Moment(fields.Field[int]):
    """An instant in RFC 3339. The document's pattern is a little narrower than what is taken."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        try:
            return parse_rfc3339(str(value))
        except (ValueError, OverflowError):
            raise ValidationError("must be an instant such as 2026-03-02T09:00:00Z") from None


class DayOrMoment(fields.Field[Any]):
    """A day (2026-03-02), or an instant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date | int:
        try:
            return date.fromisoformat(value) if len(value) == len("2026-03-02") else parse_rfc3339(value)
        except (ValueError, OverflowError):
            raise ValidationError(
                "must be a day such as 2026-03-02, or an instant such as 2026-03-02T09:00:00Z"
            ) from None


class Shape(Schema):
    """A body or a query: nothing in it that is not named here."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN}  # noqa: RUF012 - marshmallow's own idiom


def described(text: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"description": text, **more}}
