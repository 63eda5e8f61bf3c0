"""What the store says when a step cannot be written."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used as it is."""


class Dropped(StorageError):  # noqa: N818 - reads as what happened
    """The connection to the database was cut."""


class Conflict(Exception):  # noqa: N818 - a refusal by name, as in workflows.errors
    """Somebody else was quicker: nothing was written. Load again and decide again."""


class Replayed(Exception):  # noqa: N818 - no error: it was answered before
    """The idempotency key was used before for the same request; `answer` is what was said then."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("the request was answered before")
        self.answer = answer
