"""The errors of the storage."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used as it is."""


class Unavailable(StorageError):  # noqa: N818 - reads as what happened
    """The database is away, full or busy. The request itself may be right, and may succeed later.

    `transient` means that it is worth waiting a moment and trying again.
    """

    def __init__(self, reason: str, *, transient: bool = False) -> None:
        super().__init__(reason)
        self.transient = transient


class ConnectionLost(Unavailable):
    """The connection to the database was cut during a statement or a transaction."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, transient=True)


class Conflict(Exception):  # noqa: N818 - a refusal by name, as in workflows.errors
    """Somebody else has changed the same thing meanwhile; nothing was written. Load again and decide
    again."""


class AnsweredMeanwhile(Exception):  # noqa: N818 - no error: the request has its answer
    """A request with this idempotency key was answered before; `answer` is that answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("the request was answered before")
        self.answer = answer
