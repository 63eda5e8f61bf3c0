"""Examples of days and instants in a form that can be used as they are: they lie ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

JsonSchema = dict[str, Any]
_HOUR = 10  # on the clock on the wall: an office is open


def with_coming_examples(schema: JsonSchema, now: datetime) -> JsonSchema:
    """The form with examples from tomorrow on, as seen at `now`, a local time with its zone.

    Each day and instant is later than the one before it in the form, as `from` and `until` are.
    """
    coming = _coming(now)
    properties = {name: _exemplified(each, coming) for name, each in schema["properties"].items()}
    return {**schema, "properties": properties}


def _exemplified(schema: JsonSchema, coming: Iterator[datetime]) -> JsonSchema:
    if "properties" in schema.get("items", ()):
        cells = {name: _exemplified(each, coming) for name, each in schema["items"]["properties"].items()}
        return {**schema, "items": {**schema["items"], "properties": cells}}
    match schema.get("format"):
        case "date":
            return {**schema, "examples": [next(coming).date().isoformat()]}
        case "date-time":
            return {**schema, "examples": [next(coming).isoformat()]}
    return schema


def _coming(now: datetime) -> Iterator[datetime]:
    """Tomorrow morning, the morning after, and so on."""
    morning = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    while True:
        morning += timedelta(days=1)
        yield morning
