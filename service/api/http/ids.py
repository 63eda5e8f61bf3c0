"""Ids of new tickets."""

from __future__ import annotations

import secrets

from workflows.identifiers import uuid7
from workflows.timing.instants import Instant


def new_id(now: Instant) -> str:
    """A random UUIDv7 (RFC 9562) with the time `now`."""
    return uuid7(now, secrets.randbits(12), secrets.token_bytes(8))
