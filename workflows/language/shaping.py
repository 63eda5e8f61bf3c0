"""A file's plain data against its shape: what it says, and everything that does not fit, each in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from workflows.language.problems import Path, Report
from workflows.language.shape_fields import Shape
from workflows.language.source import kind


def shaped(data: object, shape: Shape, report: Report, path: Path = ()) -> dict[str, Any]:
    """What `data` says, as far as it fits the shape; the rest goes to the report."""
    if not isinstance(data, dict):
        report.add(path, f"{kind(data)} where a mapping belongs")
        return {}
    try:
        loaded: dict[str, Any] = shape.load(data)
    except ValidationError as error:
        for place, message in _complaints(error.messages, path):
            report.add(place, message, key=message.startswith("unknown key"))
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
    return loaded


def _complaints(messages: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from _complaints(inner, (*path, step))
    else:
        yield from ((path, str(message)) for message in messages)
