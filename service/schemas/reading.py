"""Reading a request by its shape, or refusing it with every reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from service.refusals import Malformed, reason
from service.schemas.shape import UNKNOWN
from workflows.errors import Invalid, Reason
from workflows.timing.problems import did_you_mean


def read_body(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The body, checked. Invalid with every reason if it does not fit."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        raise Invalid([_body_reason(schema, path, text) for path, text in _faults(error.messages)]) from None


def read_query(schema: Schema, raw: Mapping[str, str]) -> dict[str, Any]:
    """The query parameters, checked. Malformed with every reason if they do not fit."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        found = [reason("bad-parameter", f"{p}: {text}", field=p) for p, text in _faults(error.messages)]
        raise Malformed(found) from None


def _body_reason(schema: Schema, path: str, text: str) -> Reason:
    if text == UNKNOWN:
        hint = did_you_mean(path, schema.fields)
        return reason("unknown-field", f"{path[:100]}: no such field{hint}", field=path[:100])
    if text.startswith("Missing data"):
        return reason("missing-field", f"{path} is needed", field=path)
    return reason("bad-value", f"{path}: {text}", field=path)


def _faults(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _faults(below, f"{path}.{key}" if path else str(key))
    else:
        yield from ((path, str(each)) for each in messages)
