"""The file that a table is read from: on the disk, or an upload that is held in memory, since it must not lie
on the disk in clear."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Literal, Protocol

MAX_BYTES = 600_000_000  # of all parts of a workbook, unpacked
MAX_CELLS = 20_000_000  # between the first and the last of a sheet
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods", ".xls")
UNSUPPORTED_SUFFIXES = (".xlsb", ".numbers")
WORKBOOK_MARKS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}
"""The suffix that a workbook has by its first four bytes."""


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


def is_workbook(file: TableFile) -> bool:
    """Whether the file is a workbook, by its name or its first bytes."""
    if file.suffix.lower() in (*WORKBOOK_SUFFIXES, *UNSUPPORTED_SUFFIXES):
        return True
    with file.open("rb") as stream:
        return stream.read(4) in WORKBOOK_MARKS
