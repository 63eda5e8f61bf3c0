"""UUIDv7 identifiers (RFC 9562): they start with the time, so they sort by creation."""

from __future__ import annotations

from workflows.timing.instants import Instant


def uuid7(at: Instant, counter: int, tail: bytes) -> str:
    """The UUIDv7 of something created at an instant (whole seconds, UTC).

    `counter` (its last 12 bits) orders those of one second; `tail` is 8 bytes, random or a hash.
    """
    raw = bytearray((at * 1000).to_bytes(6, "big") + (0x7000 | counter & 0xFFF).to_bytes(2, "big") + tail)
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
