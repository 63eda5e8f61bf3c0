"""New ids: UUIDv7 (RFC 9562), the moment first, so that they sort as they were made."""

from __future__ import annotations

import secrets

from workflows.timing.instants import Instant


def new_id(now: Instant) -> str:
    """A fresh id."""
    raw = bytearray((now * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
