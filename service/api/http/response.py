"""Responses: bytes with a status and headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

JSON = "application/json"
YAML = "text/yaml"


@dataclass(slots=True)
class ApiResponse:
    """A response of the API, independent of Flask. What is too large to be held at once comes as a
    `stream`."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    stream: Iterable[bytes] | None = None

    def serialize(self) -> bytes:
        """The response as stored under an idempotency key: status and headers in one line of JSON, then
        the body."""
        head = {"status": self.status, "headers": self.headers, "media_type": self.media_type}
        return orjson.dumps(head) + b"\n" + self.body


_GONE_MESSAGE = "the answer to this request was erased, with what was personal of its ticket"
_GONE = {
    "type": "urn:huifang:problem:gone",
    "title": "Gone",
    "status": 410,
    "detail": _GONE_MESSAGE,
    "blocked_by": [{"code": "erased", "message": _GONE_MESSAGE}],
}


def deserialize(stored: bytes) -> ApiResponse:
    """The stored response, with the header `Idempotency-Replayed`. An empty text means that it was erased."""
    if not stored:
        return ApiResponse(
            410, orjson.dumps(_GONE), {"Idempotency-Replayed": "true"}, "application/problem+json"
        )
    head, _, body = stored.partition(b"\n")
    fields = orjson.loads(head)
    headers = {**fields["headers"], "Idempotency-Replayed": "true"}
    return ApiResponse(fields["status"], body, headers, fields["media_type"])


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> ApiResponse:
    """A response with `value` as JSON."""
    return ApiResponse(status, orjson.dumps(value), dict(headers or {}))


def empty_response() -> ApiResponse:
    """A response 204 without a body."""
    return ApiResponse(204)


def format_etag(seq: int) -> str:
    """The ETag of a ticket at step `seq`."""
    return f'"{seq}"'
