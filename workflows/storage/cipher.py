"""Encrypts personal values. Every ticket has a data key of its own, which is wrapped by the master key.

To erase a person is to destroy the ticket's data key: the rows stay, the hash chain still verifies, and
nobody can read them again. A wrapped key begins with the number of its master key, and sealed bytes begin
with a mark of their data key: so what was sealed before an erasure differs from what was tampered with.
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_LENGTH = 12
KEY_LENGTH = 32
MARK_LENGTH = 6
BLIND_LENGTH = 8  # of a hash to find by: among ten million values, two are alike once in a thousand desks


class CipherError(Exception):
    """Sealed bytes cannot be opened: the master key is missing, or they are not what was written."""


class Cipher:
    """Seals and opens personal values. `ring` maps key numbers (1 to 255) to 32 bytes; new keys are wrapped
    by `current`.

    `proofs` maps the number of each key to a value that identifies the key and does not reveal it.
    """

    def __init__(self, ring: Mapping[int, bytes], current: int) -> None:
        if current not in ring:
            raise CipherError(f"there is no master key {current}")
        for number, key in ring.items():
            if not 0 < number < 256 or len(key) != KEY_LENGTH:
                raise CipherError(
                    f"master key {number} must be numbered 1 to 255 and {KEY_LENGTH} bytes long"
                )
        self._ring = {number: AESGCM(key) for number, key in ring.items()}
        self._current = current
        self.proofs = {number: _derive(key, "proof of a master key").hex() for number, key in ring.items()}
        self._blind = {number: _derive(key, "blind index") for number, key in ring.items()}

    @property
    def current(self) -> int:
        """The number of the master key that new keys are wrapped by."""
        return self._current

    @classmethod
    def from_text(cls, text: str) -> Cipher:
        """Read `1:base64,2:base64`; the last key is the current one. CipherError if it cannot be read."""
        try:
            pairs = [part.strip().split(":", 1) for part in text.split(",")]
            ring = {int(number): b64decode(key, validate=True) for number, key in pairs}
        except ValueError as error:
            raise CipherError("master keys are written as 1:base64,2:base64") from error
        return cls(ring, int(pairs[-1][0]))

    def new_key(self, owner: str) -> bytes:
        """A new random data key for `owner` (for a ticket: site/id), wrapped."""
        return self._wrap(AESGCM.generate_key(256), owner)

    def rewrap(self, wrapped: bytes, owner: str) -> bytes:
        """The same data key, wrapped by the current master key. CipherError as for `unwrap`."""
        return self._wrap(self._unwrap(wrapped, owner), owner)

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """The data key itself. CipherError if its master key is missing or wrong, or the bytes were
        changed."""
        return self._unwrap(wrapped, owner)

    def seal_with_master_key(self, owner: str, values: Mapping[str, object]) -> bytes:
        """Encrypt values that belong to no ticket with the master key itself."""
        return self._wrap(orjson.dumps(values), owner)

    def open_with_master_key(self, owner: str, sealed: bytes | None) -> dict[str, object]:
        """The values that `seal_with_master_key` encrypted; empty if `sealed` is None."""
        values: dict[str, object] = {} if sealed is None else orjson.loads(self._unwrap(sealed, owner))
        return values

    def seal(self, wrapped: bytes, owner: str, location: str, values: Mapping[str, object]) -> bytes:
        """Encrypt values with a data key. `location` binds the bytes to the place where they are stored."""
        key, nonce = self._unwrap(wrapped, owner), os.urandom(NONCE_LENGTH)
        sealed = AESGCM(key).encrypt(nonce, orjson.dumps(values), f"{owner}/{location}".encode())
        return _compute_mark(key) + nonce + sealed

    def open(
        self, wrapped: bytes | None, owner: str, location: str, sealed: bytes | None
    ) -> dict[str, object]:
        """The sealed values; empty if there are none, or the key that they were sealed with was destroyed.

        CipherError if the bytes were changed, or belong to another location.
        """
        if wrapped is None or sealed is None:
            return {}
        key = self._unwrap(wrapped, owner)
        mark, nonce, rest = (
            sealed[:MARK_LENGTH],
            sealed[MARK_LENGTH : MARK_LENGTH + NONCE_LENGTH],
            sealed[MARK_LENGTH + NONCE_LENGTH :],
        )
        if mark != _compute_mark(key):
            return {}
        try:
            plain = AESGCM(key).decrypt(nonce, rest, f"{owner}/{location}".encode())
        except InvalidTag as error:
            raise CipherError(f"the personal values of {owner} ({location}) were tampered with") from error
        values: dict[str, object] = orjson.loads(plain)
        return values

    def blind_hash(self, text: str, number: int | None = None) -> str:
        """A keyed hash (HMAC-SHA256, 64 bits as hex) by which a text is found, and from which it cannot be
        learnt; under the current master key, or the one of this number."""
        key = self._blind[self._current if number is None else number]
        return digest(key, text.encode(), "sha256")[:BLIND_LENGTH].hex()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all master keys that are given, the current one first."""
        return (self._current, *(number for number in self._ring if number != self._current))

    def _wrap(self, plain: bytes, owner: str) -> bytes:
        nonce = os.urandom(NONCE_LENGTH)
        return (
            bytes([self._current]) + nonce + self._ring[self._current].encrypt(nonce, plain, owner.encode())
        )

    def _unwrap(self, wrapped: bytes, owner: str) -> bytes:
        master = self._ring.get(wrapped[0])
        if master is None:
            raise CipherError(f"master key {wrapped[0]} is missing; it still wraps the key of {owner}")
        try:
            return master.decrypt(wrapped[1 : 1 + NONCE_LENGTH], wrapped[1 + NONCE_LENGTH :], owner.encode())
        except InvalidTag as error:
            raise CipherError(
                f"the data key of {owner} was tampered with, or its master key is wrong"
            ) from error


def _derive(key: bytes, purpose: str) -> bytes:
    """32 bytes that are derived from a master key and do not reveal it (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=f"huifang: {purpose}".encode()).derive(
        key
    )


def _compute_mark(key: bytes) -> bytes:
    return sha256(key).digest()[:MARK_LENGTH]
