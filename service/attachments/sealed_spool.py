"""A temporary file for what is on its way, sealed with a key that only the memory of this process has.

So an upload is neither held in memory nor ever lies on the disk in clear; what a killed process leaves there
can be opened by nobody.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_CHUNK = 65_536
_SEALED = _CHUNK + 16


class SealedSpool(io.RawIOBase):
    """Written once from the beginning to the end; then read, from any position. Its file has no name."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the spool
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._held = bytearray()  # what does not fill a chunk yet
        self._position = self._size = 0
        self._open_chunk: tuple[int, bytes] = (-1, b"")  # the chunk that was opened last

    def readable(self) -> bool:
        """Always, as a raw stream of Python's `io` must say."""
        return True

    def writable(self) -> bool:
        """True, until it is read."""
        return True

    def seekable(self) -> bool:
        """Always, as a raw stream of Python's `io` must say."""
        return True

    def write(self, data: Any) -> int:
        """Append. OSError if the disk is full."""
        self._held += data
        self._size += len(data)
        while len(self._held) >= _CHUNK:
            self._store(bytes(self._held[:_CHUNK]))
            del self._held[:_CHUNK]
        return len(data)

    def _store(self, chunk: bytes) -> None:
        number = self._file.seek(0, io.SEEK_END) // _SEALED
        self._file.write(self._cipher.encrypt(number.to_bytes(12, "big"), chunk, None))
        self._file.flush()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position from which is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        """The position from which is read."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read on, up to the end of a chunk."""
        number, begin = divmod(self._position, _CHUNK)
        piece = self._chunk(number)[begin : begin + len(buffer)] if self._position < self._size else b""
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _chunk(self, number: int) -> bytes:
        stored = (self._size - len(self._held)) // _CHUNK
        if number == stored:
            return bytes(self._held)
        if self._open_chunk[0] != number:
            self._file.seek(number * _SEALED)
            sealed = self._file.read(_SEALED)
            self._open_chunk = number, self._cipher.decrypt(number.to_bytes(12, "big"), sealed, None)
        return self._open_chunk[1]

    def close(self) -> None:
        """Close it; its file is gone with that."""
        if not self.closed:
            self._file.close()
        super().close()
