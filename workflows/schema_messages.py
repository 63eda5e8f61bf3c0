"""The tree of messages in which marshmallow says what is wrong with data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow.exceptions import SCHEMA

WHOLE = (None, SCHEMA)  # keys of messages about a mapping itself


def walk_messages(messages: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every message, with the keys and indexes that lead to what it is about."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from walk_messages(below, path if key in WHOLE else (*path, key))
    else:
        yield from ((path, each) for each in messages)
