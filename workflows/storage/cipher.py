"""Personal words at rest. Every ticket has a key of its own, wrapped by the master key.

To erase a person is to destroy the ticket's key: the rows stay, the hash chain still verifies, and nobody can
read them again. A wrapped key has the number of its master key in front, sealed
bytes a mark of their data key: what was sealed before an erasure is told from what was tampered with.
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY = 32
MARK = 6


class CipherError(Exception):
    """Something sealed cannot be opened: the master key is missing, or the bytes are not what was written."""


class Cipher:
    """Seals and opens personal values. `ring`: key number (1 to 255) -> 32 bytes; `current` wraps anew."""

    def __init__(self, ring: Mapping[int, bytes], current: int) -> None:
        if current not in ring:
            raise CipherError(f"there is no master key {current}")
        for number, key in ring.items():
            if not 0 < number < 256 or len(key) != KEY:
                raise CipherError(f"master key {number} must be numbered 1 to 255 and {KEY} bytes long")
        self._ring = {number: AESGCM(key) for number, key in ring.items()}
        self._current = current

    @classmethod
    def from_text(cls, text: str) -> Cipher:
        """Read `1:base64,2:base64`; the last one is current. CipherError if it cannot be read."""
        try:
            pairs = [part.strip().split(":", 1) for part in text.split(",")]
            ring = {int(number): b64decode(key, validate=True) for number, key in pairs}
        except ValueError as error:
            raise CipherError("master keys are written as 1:base64,2:base64") from error
        return cls(ring, int(pairs[-1][0]))

    def new_key(self, whose: str) -> bytes:
        """A fresh data key for `whose` (site/ticket), wrapped."""
        return self._wrap(AESGCM.generate_key(256), whose)

    def rewrap(self, wrapped: bytes, whose: str) -> bytes:
        """The same data key, wrapped by the current master key."""
        return self._wrap(self._unwrap(wrapped, whose), whose)

    def seal_alone(self, whose: str, values: Mapping[str, object]) -> bytes:
        """`values` that belong to no ticket, under the master key itself."""
        return self._wrap(orjson.dumps(values), whose)

    def open_alone(self, whose: str, sealed: bytes | None) -> dict[str, object]:
        """What `seal_alone` sealed; nothing, if there is nothing."""
        values: dict[str, object] = {} if sealed is None else orjson.loads(self._unwrap(sealed, whose))
        return values

    def seal(self, wrapped: bytes, whose: str, place: str, values: Mapping[str, object]) -> bytes:
        """`values` under the data key. `place` ties the bytes to where they are kept."""
        key, nonce = self._unwrap(wrapped, whose), os.urandom(NONCE)
        sealed = AESGCM(key).encrypt(nonce, orjson.dumps(values), f"{whose}/{place}".encode())
        return _mark(key) + nonce + sealed

    def open(self, wrapped: bytes | None, whose: str, place: str, sealed: bytes | None) -> dict[str, object]:
        """What was sealed; nothing, if there is nothing or the key it was sealed with was destroyed."""
        if wrapped is None or sealed is None:
            return {}
        key = self._unwrap(wrapped, whose)
        mark, nonce, rest = sealed[:MARK], sealed[MARK : MARK + NONCE], sealed[MARK + NONCE :]
        if mark != _mark(key):
            return {}
        try:
            plain = AESGCM(key).decrypt(nonce, rest, f"{whose}/{place}".encode())
        except InvalidTag as error:
            raise CipherError(f"the personal values of {whose} ({place}) were tampered with") from error
        values: dict[str, object] = orjson.loads(plain)
        return values

    def _wrap(self, plain: bytes, whose: str) -> bytes:
        nonce = os.urandom(NONCE)
        return (
            bytes([self._current]) + nonce + self._ring[self._current].encrypt(nonce, plain, whose.encode())
        )

    def _unwrap(self, wrapped: bytes, whose: str) -> bytes:
        master = self._ring.get(wrapped[0])
        if master is None:
            raise CipherError(f"master key {wrapped[0]} is missing; it still wraps the key of {whose}")
        try:
            return master.decrypt(wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :], whose.encode())
        except InvalidTag as error:
            raise CipherError(
                f"the data key of {whose} was tampered with, or its master key is wrong"
            ) from error


def _mark(key: bytes) -> bytes:
    return sha256(key).digest()[:MARK]
