"""Validates a request by its schema, or refuses it with every reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from marshmallow import Schema, ValidationError

from service.refusals import Malformed, reason
from workflows.errors import MAX_HINTS, Invalid, Reason
from workflows.schema_messages import walk_messages
from workflows.suggestions import did_you_mean


def read_body(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The validated body. Raises Invalid with every reason.

    Keys the schema does not have are reported here and never reach marshmallow, which reserves some.
    """
    known = [field.data_key or name for name, field in schema.fields.items()]
    reasons = _unknown_key_reasons(raw, known)
    loaded: dict[str, Any] = {}
    try:
        loaded = dict(schema.load({key: raw[key] for key in known if key in raw}))
    except ValidationError as error:
        reasons += [_body_reason(".".join(map(str, p)), text) for p, text in walk_messages(error.messages)]
    if reasons:
        raise Invalid(reasons)
    return loaded


def read_query(schema: Schema, raw: Mapping[str, str]) -> dict[str, Any]:
    """The validated query parameters. Raises Malformed with every reason."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        found = [(".".join(map(str, path)), text) for path, text in walk_messages(error.messages)]
        raise Malformed([reason("bad-parameter", f"{p}: {text}", field=p) for p, text in found]) from None


def _unknown_key_reasons(raw: Mapping[str, Any], known: Sequence[str]) -> list[Reason]:
    unknown = [key for key in raw if key not in known]
    hints = [did_you_mean(key, known) for key in unknown[:MAX_HINTS]]
    return [
        reason("unknown-field", f"{key[:100]}: no such field{hint}", field=key[:100])
        for key, hint in zip_longest(unknown, hints, fillvalue="")
    ]


def _body_reason(path: str, text: str) -> Reason:
    if text.startswith("Missing data"):
        return reason("missing-field", f"{path} is needed", field=path)
    return reason("bad-value", f"{path}: {text}", field=path)
