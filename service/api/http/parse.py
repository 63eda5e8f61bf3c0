"""Parsing of request bodies, queries and headers. The input is untrusted: parsing is strict and has
limits."""

from __future__ import annotations

import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Request
from marshmallow import Schema
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from service.api.http.route import MULTIPART
from service.refusals import Malformed, PreconditionRequired, TooLarge, TooSlow, Unsupported, reason
from workflows.errors import Invalid, NotFound, Reason, Refusal

MAX_DEPTH = 20
MAX_DIGITS = 40  # digits
MAX_KEYS = 1_000  # of one object; a site's settings and the form of a process have far fewer
MAX_VALUES = 100_000  # of a body, each in its place: five tables of 500 rows with 20 columns have half
MAX_KEY_LENGTH = 200
_ETAG = re.compile(r'"(0|[1-9][0-9]{0,8})"')
_BASE = re.compile(r'"([0-9a-zA-Z-]{1,100})"')
_BOUNDARY = re.compile(
    r"[0-9A-Za-z'()+_,./:=? -]{0,199}[0-9A-Za-z'()+_,./:=?-]"
)  # RFC 2046 has 70; some send more
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def read_body(request: Request, largest: int) -> bytes:
    """The bytes of the body. Raises TooLarge without reading if Content-Length exceeds `largest`."""
    if (request.content_length or 0) > largest:
        raise too_large_body(largest)
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        body = None
    except ClientDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise _too_slow() from None
        raise
    if body is None or len(body) > largest:
        raise too_large_body(largest) from None
    return body


def unread_body_error(error: ClientDisconnected, largest: int) -> Refusal:
    """Why the server did not read a body: it came too slowly, or is larger than it takes from strangers."""
    return _too_slow() if isinstance(error.__context__, TimeoutError) else too_large_body(largest)


def _too_slow() -> TooSlow:
    return TooSlow(reason("too-slow", "the body did not arrive in time"))


def too_large_body(largest: int) -> TooLarge:
    """The refusal of a body of more than `largest` bytes."""
    return TooLarge(reason("body-too-large", f"the body may have at most {largest} bytes", largest=largest))


class UploadBody(io.RawIOBase):
    """The body of an upload, read as it is asked for, from its beginning. Raises TooLarge beyond `largest`
    bytes."""

    def __init__(self, request: Request, largest: int) -> None:
        super().__init__()
        self._largest, self._left = largest, largest
        if (request.content_length or 0) > largest:
            raise too_large_body(largest)
        self._body: io.BufferedIOBase = request.environ["wsgi.input"]
        self._body.seek(0)  # it is here whole: see `wsgi_bridge`

    def readable(self) -> bool:
        """Always, as a raw stream of Python's `io` must say."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on. TooSlow if the rest did not arrive in time."""
        try:
            piece = self._body.read(len(buffer))
        except TimeoutError:
            raise _too_slow() from None
        self._left -= len(piece)
        if self._left < 0:
            raise too_large_body(self._largest)
        buffer[: len(piece)] = piece
        return len(piece)


def parse_boundary(request: Request) -> str:
    """What stands between the parts of a multipart body. Raises Unsupported if it is no such body."""
    check_content_type(request, (MULTIPART,))
    boundary = request.mimetype_params.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise Malformed(reason("broken-upload", "the body is no multipart/form-data, or was broken off"))
    return boundary


def check_content_type(request: Request, wanted: Sequence[str]) -> None:
    """Raise Unsupported unless the Content-Type is one of `wanted`."""
    if request.mimetype not in wanted:
        raise Unsupported(
            Reason(
                "bad-content-type",
                f"send it as {' or '.join(wanted)}",
                saw=request.mimetype,
                facts={"wanted": " / ".join(wanted)},
            )
        )


def parse_json_object(body: bytes) -> dict[str, Any]:
    """The body as one JSON object. Raises Malformed if it is not JSON, Invalid if it is no object or holds
    values that cannot be stored."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Malformed(reason("not-json", f"the body is no JSON: {error}")) from None
    except RecursionError:
        raise Malformed(_TOO_DEEP) from None
    if not isinstance(value, dict):
        raise Invalid(reason("bad-value", "an object belongs here", field="body"))
    _check_values(value)
    return value


_TOO_DEEP = reason("too-deep", f"values may be nested {MAX_DEPTH} deep at most")


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise Malformed(reason("too-many-keys", f"an object has at most {MAX_KEYS} keys", most=MAX_KEYS))
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name in times if times[name] > 1)
        raise Malformed(
            reason("duplicate-key", f"the key {twice[:100]!r} stands there twice", field=_printable(twice))
        )
    return found


def _refuse_constant(name: str) -> Any:
    raise Malformed(reason("not-json", f"{name} is no JSON"))


def _parse_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Malformed(reason("number-too-large", f"a number of {len(digits)} digits"))
    return int(digits)


def _parse_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed(reason("number-too-large", "a number beyond all bounds"))
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_constant=_refuse_constant,
    parse_int=_parse_integer,
    parse_float=_parse_float,
)


def _check_values(whole: object) -> None:
    """Refuse values that a database, a screen or a print cannot hold, and more values than anybody needs."""
    left, depth = [whole], 0
    count = 0
    while left:
        if depth > MAX_DEPTH:
            raise Malformed(_TOO_DEEP)
        count += len(left)
        if count > MAX_VALUES:
            raise Malformed(
                reason("too-many-values", f"a body has at most {MAX_VALUES} values", most=MAX_VALUES)
            )
        below: list[object] = []
        for value in left:
            if isinstance(value, str):
                check_text(value)
            elif isinstance(value, list):
                below += value
            elif isinstance(value, dict):
                for key in value:
                    _check_key(key)
                below += value.values()
        left, depth = below, depth + 1


def _check_key(key: str) -> None:
    """Refuse a key that cannot be a name: names begin with a letter. Some libraries reserve others for
    themselves (`_schema`, `__class__`, `$ref`)."""
    check_text(key)
    if not key or len(key) > MAX_KEY_LENGTH or key[0] in "_$":
        name = _printable(key)
        raise Invalid(reason("unknown-field", f"{name or 'a key without a name'}: no such field", field=name))


def _printable(key: str) -> str:
    return key[:100].encode("utf-8", "replace").decode()


def check_text(text: str) -> str:
    """The text; Malformed if it contains NUL or an unpaired surrogate."""
    if "\0" in text or not (text.isascii() or _is_encodable(text)):
        raise Malformed(reason("bad-text", "a text holds NUL, or half of a character (a lone surrogate)"))
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_path(parts: Iterable[str]) -> None:
    """Raise NotFound for a path with characters that no name, number or key has: a database could not
    search for it."""
    if any("\0" in part or not (part.isascii() or _is_encodable(part)) for part in parts):
        raise NotFound(reason("no-such-page", "there is no such address"))


def parse_query(request: Request, schema: Schema | None) -> dict[str, str]:
    """The query parameters, as text. Each may occur once; unknown ones are refused."""
    known = {each.data_key or name for name, each in schema.fields.items()} if schema is not None else set()
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in known:
            raise Malformed(
                reason(
                    "unknown-parameter", f"there is no parameter {name[:100]!r}", field=check_text(name[:100])
                )
            )
        if len(values) > 1:
            raise Malformed(reason("repeated-parameter", f"{name} may be given once", field=name))
        found[name] = check_text(values[0])
    return found


def parse_if_match(request: Request) -> int:
    """The step number of the ticket in If-Match. Weak tags, lists and `*` are refused: they would weaken
    the check."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired(
            reason("if-match-needed", "a write to a ticket needs If-Match with the ETag you saw")
        )
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise Malformed(reason("bad-if-match", 'If-Match must be one strong ETag of the ticket, such as "3"'))
    return int(found[1])


def parse_base(request: Request) -> str | None:
    """The digest or the number of a version in If-Match; None without the header."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    found = _BASE.fullmatch(header.strip())
    if found is None:
        raise Malformed(reason("bad-base", "If-Match must be the one strong ETag of a text, or its version"))
    return found[1]


def parse_idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key, or None. Malformed if it is not a valid key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Malformed(reason("bad-key", "Idempotency-Key must be 1 to 200 visible ASCII characters"))
    return key
