"""The place in a list where the next page begins, as a word that means nothing to the reader."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Cursor:
    """After the row with this instant and id. Rows that come or go elsewhere do not move it."""

    at: Instant
    id: str
    ascending: bool

    @property
    def text(self) -> str:
        """The cursor as a word."""
        return urlsafe_b64encode(orjson.dumps([self.at, self.id, self.ascending])).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, ascending: bool) -> Cursor:
        """The cursor a word stands for. ValueError if it is none, or one of a list in the other order."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            at, name, order = orjson.loads(urlsafe_b64decode(padded))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{text[:80]!r} is no cursor") from error
        if type(at) is not int or not isinstance(name, str) or order is not ascending:
            raise ValueError(f"{text[:80]!r} is no cursor of this list")
        return cls(at, name, ascending)
