"""A file's plain data against its shape: what it says, and all that does not fit, each in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from marshmallow import ValidationError

from workflows.language.files.composing import kind
from workflows.language.problems import Path, Report
from workflows.language.shapes.fields import Shape

Complaint = tuple[Path, str]


def shaped(data: object, shape: Shape, report: Report) -> dict[str, Any]:
    """What `data` says, as far as it fits the shape; the rest goes to the report."""
    loaded, complaints = fitted(data, shape, ())
    for path, message in complaints:
        report.add(path, message, key=is_about_key(message))
    return loaded


def fitted(data: object, shape: Shape, path: Path) -> tuple[dict[str, Any], list[Complaint]]:
    """What the `data` at `path` says, as far as it fits the shape, and the complaints about the rest."""
    if not isinstance(data, dict):
        return {}, [(path, f"{kind(data)} where a mapping belongs")]
    try:
        return cast("dict[str, Any]", shape.load(data)), []
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        return loaded, list(_complaints(error.messages, path))


def is_about_key(message: str) -> bool:
    """Whether a complaint is about a key rather than what stands behind it."""
    return message.startswith("unknown key")


def is_missing(message: str) -> bool:
    """Whether a complaint is that a key is not there."""
    return message.endswith(" is missing")


def _complaints(messages: Any, path: Path) -> Iterator[Complaint]:
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from _complaints(inner, (*path, step))
    else:
        yield from ((path, str(message)) for message in messages)
