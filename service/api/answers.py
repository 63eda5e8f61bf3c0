"""Answers: bytes with a status and the headers that belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

JSON = "application/json"


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def packed(self) -> bytes:
        """The answer as it is remembered under an idempotency key: its head in one line, then the body."""
        head = {"status": self.status, "headers": self.headers, "media_type": self.media_type}
        return orjson.dumps(head) + b"\n" + self.body


def unpacked(kept: bytes) -> Answer:
    """The answer that was remembered, marked as a repetition."""
    head, _, body = kept.partition(b"\n")
    said = orjson.loads(head)
    headers = {**said["headers"], "Idempotency-Replayed": "true"}
    return Answer(said["status"], body, headers, said["media_type"])


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return Answer(status, orjson.dumps(value), dict(headers or {}))


def nothing() -> Answer:
    """Done, and there is nothing to say."""
    return Answer(204)


def etag(seq: int) -> str:
    """The ETag of a ticket at this step."""
    return f'"{seq}"'
