"""Reading what was sent, which may come from anybody: strict, bounded, and nothing taken on trust."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from flask import Request
from marshmallow import Schema
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from service.refusals import Malformed, PreconditionRequired, TooLarge, TooSlow, Unsupported, reason
from workflows.errors import Invalid, Reason

DEEPEST = 20
LONGEST_NUMBER = 40  # digits
_ETAG = re.compile(r'"(0|[1-9][0-9]{0,8})"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def body_bytes(request: Request, largest: int) -> bytes:
    """The body as it came."""
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        body = None
    except ClientDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise TooSlow(reason("too-slow", "the body did not arrive in time")) from None
        raise
    if body is None or len(body) > largest:
        raise TooLarge(
            reason("body-too-large", f"the body may have at most {largest} bytes", largest=largest)
        ) from None
    return body


def content_type(request: Request, wanted: Sequence[str]) -> None:
    """Refuse a body that is not said to be one of the `wanted` kinds."""
    if request.mimetype not in wanted:
        raise Unsupported(
            Reason(
                "bad-content-type",
                f"send it as {' or '.join(wanted)}",
                saw=request.mimetype,
                facts={"wanted": " / ".join(wanted)},
            )
        )


def json_object(body: bytes) -> dict[str, Any]:
    """The body as one JSON object of sound values."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Malformed(reason("not-json", f"the body is no JSON: {error}")) from None
    except RecursionError:
        raise Malformed(_TOO_DEEP) from None
    if not isinstance(value, dict):
        raise Invalid(reason("bad-value", "an object belongs here", field="body"))
    _sound(value, 0)
    return value


_TOO_DEEP = reason("too-deep", f"values may be nested {DEEPEST} deep at most")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Malformed(
            Reason("duplicate-key", f"the key {twice!r} stands there twice", facts={"field": twice})
        )
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(reason("not-json", f"{name} is no JSON"))


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Malformed(reason("number-too-large", f"a number of {len(digits)} digits"))
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed(reason("number-too-large", "a number beyond all bounds"))
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_no_constant, parse_int=_whole, parse_float=_fraction
)


def _sound(value: object, depth: int) -> None:
    """Refuse what no database, no screen and no paper can take."""
    if isinstance(value, str):
        sound_text(value)
    elif isinstance(value, dict | list):
        if depth > DEEPEST:
            raise Malformed(_TOO_DEEP)
        for each in value:
            _sound(each, depth + 1)
        if isinstance(value, dict):
            for each in value.values():
                _sound(each, depth + 1)


def sound_text(text: str) -> str:
    """The text, if it holds neither NUL nor half a character."""
    if "\0" in text or not (text.isascii() or _encodes(text)):
        raise Malformed(reason("bad-text", "a text holds NUL, or half of a character (a lone surrogate)"))
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def parameters(request: Request, schema: Schema | None) -> dict[str, str]:
    """The query: each parameter once, none unknown."""
    known = {each.data_key or name for name, each in schema.fields.items()} if schema is not None else set()
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in known:
            raise Malformed(
                reason(
                    "unknown-parameter", f"there is no parameter {name[:100]!r}", field=sound_text(name[:100])
                )
            )
        if len(values) > 1:
            raise Malformed(reason("repeated-parameter", f"{name} may be given once", field=name))
        found[name] = sound_text(values[0])
    return found


def if_match(request: Request) -> int:
    """The step of the ticket that the writer saw. Weak tags, lists and `*` would weaken the rule: refused."""
    said = request.headers.get("If-Match")
    if said is None:
        raise PreconditionRequired(
            reason("if-match-needed", "a write to a ticket needs If-Match with the ETag you saw")
        )
    found = _ETAG.fullmatch(said.strip())
    if found is None:
        raise Malformed(reason("bad-if-match", 'If-Match must be one strong ETag of the ticket, such as "3"'))
    return int(found[1])


def idempotency_key(request: Request) -> str | None:
    """The key under which the answer is to be remembered, if one was given."""
    said = request.headers.get("Idempotency-Key")
    if said is None:
        return None
    if not _KEY.fullmatch(said):
        raise Malformed(reason("bad-key", "Idempotency-Key must be 1 to 200 visible ASCII characters"))
    return said
