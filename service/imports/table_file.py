"""The file that a table is read from: on the disk, or an upload that is held in memory, since it must not lie
on the disk in clear."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Literal, Protocol

MAX_BYTES = 600_000_000  # of all parts of a workbook, unpacked
MAX_CELLS = 20_000_000  # between the first and the last of a sheet


class TableFile(Protocol):
    """What is asked of a file; a `Path` has it."""

    @property
    def name(self) -> str:
        """Without its folders."""

    @property
    def suffix(self) -> str:
        """Its ending with the dot, or nothing."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """Its bytes, from the beginning."""


@dataclass(frozen=True, slots=True)
class UploadedTable:
    """A file as somebody has sent it; `name` has been cleaned."""

    name: str
    content: bytes

    @property
    def suffix(self) -> str:
        """Its ending with the dot, or nothing."""
        return PurePath(self.name).suffix

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """Its bytes, from the beginning."""
        assert mode == "rb"
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How large a workbook may be: bytes of all its parts unpacked, and cells of a sheet."""

    most_bytes: int = MAX_BYTES
    most_cells: int = MAX_CELLS


LIMITS = TableLimits()
