"""A file is sealed chunk by chunk: whatever was done to the chunks is found out, and any part can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflows.storage.attachments.sealed_stream import (
    CHUNK,
    SEALED_CHUNK,
    new_stream_key,
    open_stream,
    seal_stream,
    sealed_size,
)
from workflows.storage.cipher import CipherError

KEY = new_stream_key()
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 20 * CHUNK + 7)


def content(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


def sealed(plain: bytes, owner: str = "lake/1") -> bytes:
    pieces = [plain[at : at + 10_007] for at in range(0, len(plain), 10_007)]
    return b"".join(seal_stream(KEY, owner, pieces))


def reading(stored: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: stored[start : start + length]


def opened(stored: bytes, size: int, *bounds: int, owner: str = "lake/1") -> bytes:
    return b"".join(open_stream(KEY, owner, size, reading(stored), *bounds))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened_as_it_was(size: int) -> None:
    stored = sealed(content(size))
    assert len(stored) == sealed_size(size)
    assert opened(stored, size) == content(size)


@pytest.mark.parametrize("size", SIZES[1:])
def test_any_part_of_it_can_be_read(size: int) -> None:
    stored, plain = sealed(content(size)), content(size)
    edges = {0, 1, size // 2, CHUNK - 1, CHUNK, CHUNK + 1, size - 1, size}
    for start in sorted(edge for edge in edges if edge < size):
        for stop in sorted(edge for edge in edges if start < edge <= size):
            assert opened(stored, size, start, stop) == plain[start:stop], (start, stop)


def swapped(stored: bytes) -> bytes:
    return stored[SEALED_CHUNK : 2 * SEALED_CHUNK] + stored[:SEALED_CHUNK] + stored[2 * SEALED_CHUNK :]


@pytest.mark.parametrize(
    "tamper",
    [
        swapped,
        lambda stored: stored[:SEALED_CHUNK] * 2 + stored[2 * SEALED_CHUNK :],
        lambda stored: stored[: 2 * SEALED_CHUNK],
        lambda stored: stored[:-1],
        lambda stored: bytes([stored[0] ^ 1]) + stored[1:],
        lambda stored: b"",
    ],
)
def test_chunks_that_were_swapped_repeated_cut_off_or_changed_are_not_opened(
    tamper: Callable[[bytes], bytes],
) -> None:
    size = 2 * CHUNK + 5
    with pytest.raises(CipherError, match="not as it was written"):
        opened(tamper(sealed(content(size))), size)


def test_a_file_that_was_shortened_at_a_chunk_is_not_opened_as_a_shorter_one() -> None:
    """The last chunk says that it is the last, so whoever lies about the size is found out."""
    stored = sealed(content(2 * CHUNK + 5))
    with pytest.raises(CipherError):
        opened(stored[: 2 * SEALED_CHUNK], 2 * CHUNK)


def test_the_chunks_of_one_file_are_not_those_of_another() -> None:
    with pytest.raises(CipherError):
        opened(sealed(b"a photo", owner="lake/1"), 7, owner="lake/2")
