"""Reads cells into values of fields, for registers and for tickets. An ambiguous cell is refused, never
guessed."""

from __future__ import annotations

from service.imports.cells.cell import CellKind, UnreadableCell, WorkbookCell, require_value
from service.imports.cells.numbers import NumberReader
from service.imports.cells.reader import CellReader
from service.imports.cells.times import TimeReader

__all__ = [
    "CellKind",
    "CellReader",
    "NumberReader",
    "TimeReader",
    "UnreadableCell",
    "WorkbookCell",
    "require_value",
]
