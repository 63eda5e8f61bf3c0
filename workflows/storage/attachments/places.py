"""Where the sealed files lie: a folder, or any place that fsspec knows (S3, SFTP, a share …).

A file is named after the day on which it came and its id, and is never changed. A file that was not written
whole belongs to no row, and is removed later.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol


class FilePlace(Protocol):
    """Keeps sealed files by name, such as `2026-11-29/0199…`. An OSError says that the place is away or
    full."""

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        """Store a new file; how many bytes it has. If anything is raised, nothing of it is kept."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes of a file, fewer at its end. FileNotFoundError if there is none."""

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""

    def names(self, day: str = "") -> Iterator[str]:
        """The names of the files of a day (2026-11-29), or of all."""


class FolderPlace:
    """A folder of this machine, or one that all its machines share. Made when it is first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        """Store a new file, on the disk when this returns."""
        path, size = self._root / name, 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                for piece in pieces:
                    size += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            self._sync_folder(path.parent)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return size

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        if os.name != "posix":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes of a file."""
        with (self._root / name).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self._root / name).unlink(missing_ok=True)

    def names(self, day: str = "") -> Iterator[str]:
        """The names of the files of a day, or of all."""
        for path in sorted((self._root / day).glob("*" if day else "*/*")):
            yield path.relative_to(self._root).as_posix()


class RemotePlace:
    """A place that fsspec reaches, by its URL: `s3://bucket/folder`."""

    def __init__(self, url: str, **options: Any) -> None:
        from fsspec.core import url_to_fs  # nobody needs it whose files lie in a folder

        self._files, self._root = url_to_fs(url, **options)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        """Store a new file."""
        path, size = self._path(name), 0
        self._files.makedirs(self._path(name.partition("/")[0]), exist_ok=True)
        try:
            with self._files.open(path, "wb") as file:
                for piece in pieces:
                    size += len(piece)
                    file.write(piece)
        except BaseException:
            self.delete(name)  # closing it has stored what there was
            raise
        return size

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes of a file."""
        try:
            return bytes(self._files.cat_file(self._path(name), start=start, end=start + length))
        except OSError as error:
            if error.errno == errno.EINVAL:  # S3's word for a range behind the end
                return b""
            raise

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def names(self, day: str = "") -> Iterator[str]:
        """The names of the files of a day, or of all."""
        root = self._root.rstrip("/")
        with suppress(FileNotFoundError):
            self._files.invalidate_cache()
            found = self._files.find(f"{root}/{day}" if day else root)
            yield from sorted(str(path).removeprefix(root).lstrip("/") for path in found)


def open_place(url: str, folder: Path) -> FilePlace:
    """The place of `url`; without one, `folder`."""
    return RemotePlace(url) if url else FolderPlace(folder)
