"""What became of a message: its status, and the letter as it was given to a channel.

`sent` is a message that a channel took. All others have a reason: `logged` (only the log took it),
`no-address`, `held` (it waits, and that is no try of it: quiet hours, a channel that is away), `failed` (it
is tried again), `dead` (given up), `withdrawn` (its recipient is not to hear of it any more). `unrecorded` is
a message of before statuses were kept: it may have been sent, or only logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from workflows.storage.cipher import Cipher

PENDING, HELD, FAILED = "pending", "held", "failed"
SENT, LOGGED, NO_ADDRESS, DEAD, UNRECORDED = "sent", "logged", "no-address", "dead", "unrecorded"
WITHDRAWN = "withdrawn"
WAITING = (PENDING, HELD, FAILED)
"""The statuses of messages that are still to be sent."""
UNREACHED = (LOGGED, NO_ADDRESS)
"""Those of messages that are done with, and that nobody received."""
STATUSES = (*WAITING, SENT, *UNREACHED, WITHDRAWN, DEAD, UNRECORDED)
REPEATABLE = (*UNREACHED, DEAD)
"""Those of messages that may be put back into the queue."""


class LetterRecord(NamedTuple):
    """The words of a letter as they were sent, and its address, masked."""

    subject: str
    body: str
    language: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a channel did with a message. `channel` is `mail`, `client`, `log` or the scheme of a URL.

    `parts` are, by message, what a digest says of each: nothing else of it is kept with a ticket, whose
    readers may not see the others.
    """

    status: str = SENT
    channel: str | None = None
    reason: str | None = None
    letter: LetterRecord | None = None
    parts: Mapping[str, LetterRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LetterSeal:
    """Seals the letter of a message with the data key of its ticket: it goes when the ticket is erased.

    Letters of a ticket without personal values have no key, and are stored open.
    """

    cipher: Cipher

    def store(
        self, site: str, ticket: str, message: str, key: bytes | None, letter: LetterRecord | None
    ) -> tuple[str | None, bytes | None]:
        """(letter, sealed_letter): the columns of the letter, of which one is None."""
        if letter is None:
            return None, None
        if key is None:
            return orjson.dumps(letter._asdict()).decode(), None
        return None, self.cipher.seal(key, f"{site}/{ticket}", f"message/{message}", letter._asdict())

    def read(
        self,
        site: str,
        ticket: str,
        message: str,
        key: bytes | None,
        stored: str | None,
        sealed: bytes | None,
    ) -> LetterRecord | None:
        """The letter of these columns; None if there is none, or it was erased."""
        values = orjson.loads(stored) if stored is not None else {}
        if sealed is not None:
            values = self.cipher.open(key, f"{site}/{ticket}", f"message/{message}", sealed)
        return LetterRecord(**values) if values else None


_UNRECORDED = "of before channels were recorded: it may have been sent, or only written to the log"


def correct_former_status(row: Mapping[str, Any]) -> dict[str, Any]:
    """What differs in the row of a message that was written before statuses told the whole truth; as the
    migration 0022 corrects those of a database. Nobody may be shown as told who perhaps was not."""
    if row["status"] == SENT:
        return {
            "status": UNRECORDED,
            "last_error": _UNRECORDED,
            "tried_at": row["sent_at"],
            "sent_at": None,
        }
    if row["status"] == PENDING and row["last_error"] is not None:
        return {"status": FAILED if row["attempts"] else HELD}
    return {}
