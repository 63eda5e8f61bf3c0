"""What a channel did with a letter that it did not refuse."""

from __future__ import annotations

from typing import NamedTuple

from workflows.storage.deliveries import SENT


class Receipt(NamedTuple):
    """Which channel had the letter, and whether that means that it was sent; if not, why."""

    channel: str
    status: str = SENT  # SENT, LOGGED or NO_ADDRESS
    reason: str | None = None
