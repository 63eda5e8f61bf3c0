"""Seals a file in chunks, so that neither writing nor reading needs it whole (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár, 2015).

Each chunk is AES-256-GCM under a key that no other file has. Its nonce is the chunk's number and whether it
is the last one: so chunks that were swapped, repeated, left out or cut off at the end are not opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workflows.storage.cipher import KEY_LENGTH, CipherError

CHUNK = 65_536  # bytes of a file in one chunk; the last one may be shorter
SEALED_CHUNK = CHUNK + 16  # the same, with its tag
_CHUNKS_READ = 16  # chunks that are read from the place at a time: a request to S3 costs more than its bytes

ReadRange = Callable[[int, int], bytes]
"""The stored bytes from a position, and how many."""


def new_stream_key() -> bytes:
    """A random key for one file."""
    return os.urandom(KEY_LENGTH)


def sealed_size(size: int) -> int:
    """The stored bytes of a file of `size` bytes."""
    return size + _count_chunks(size) * (SEALED_CHUNK - CHUNK)


def seal_stream(key: bytes, owner: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed chunks of a file that comes in pieces of any length. `owner` binds them to the file."""
    cipher, context, number, held = AESGCM(key), owner.encode(), 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:  # one byte more than a chunk: so this one is not the last
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:CHUNK]), context)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), context)


def open_stream(
    key: bytes, owner: str, size: int, read: ReadRange, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes of a file of `size` bytes from `start` up to `stop`, in pieces. CipherError if what is stored
    is not what was written."""
    stop = size if stop is None else min(stop, size)
    last, number = _count_chunks(size) - 1, start // CHUNK
    cipher, context = AESGCM(key), owner.encode()
    while number * CHUNK < stop or number == last == 0:
        many = min(_CHUNKS_READ, last - number + 1)
        stored = read(number * SEALED_CHUNK, many * SEALED_CHUNK)
        for place in range(many):
            chunk = stored[place * SEALED_CHUNK : (place + 1) * SEALED_CHUNK]
            begin = number * CHUNK
            if begin >= stop and number:
                return
            try:
                plain = cipher.decrypt(_nonce(number, last=number == last), chunk, context)
            except (InvalidTag, ValueError) as error:
                raise CipherError(f"chunk {number} of {owner} is not as it was written") from error
            yield plain[max(0, start - begin) : stop - begin]
            number += 1
        if number > last:
            return


def _count_chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
