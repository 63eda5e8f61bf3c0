"""Cursors of lists: where the next page begins, as text that is opaque to the client."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from workflows.timing.instants import Instant

MAX_INSTANT = 2**53  # later than any instant, and within the integers of every database


@dataclass(frozen=True, slots=True)
class Cursor:
    """The next page begins after the row with this instant and id, whatever rows come or go meanwhile."""

    at: Instant
    id: str
    ascending: bool

    @property
    def text(self) -> str:
        """The cursor as opaque text for a URL."""
        return encode_opaque(orjson.dumps([self.at, self.id, self.ascending]))

    @classmethod
    def parse(cls, text: str, ascending: bool) -> Cursor:
        """The cursor of a text. ValueError if it is not a cursor, or belongs to a list in the other order."""
        try:
            at, id, order = orjson.loads(decode_opaque(text))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{text[:80]!r} is no cursor") from error
        if type(at) is not int or not -MAX_INSTANT < at < MAX_INSTANT or order is not ascending:
            raise ValueError(f"{text[:80]!r} is no cursor of this list")
        if not isinstance(id, str) or "\0" in id:
            raise ValueError(f"{text[:80]!r} is no cursor of this list")
        return cls(at, id, ascending)


def encode_opaque(content: bytes) -> str:
    """Bytes as text that can stand in a URL as it is (base64url without padding, RFC 4648)."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def decode_opaque(word: str) -> str:
    """The text behind an opaque word. ValueError if it cannot be decoded or contains NUL, which databases
    refuse."""
    text = urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4)).decode()
    if "\0" in text:
        raise ValueError(f"{word[:80]!r} is no cursor")
    return text
