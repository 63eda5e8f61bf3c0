"""What is wrong with a row of a table, named so that whoever has the sheet before them finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.errors import Reason

MAX_VALUE = 60  # characters of a refused cell that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """One fault of the row in this `line`. `column` is headed as in the sheet, or empty if the fault is of
    the whole row; `place` is the address of a workbook's cell, `B2`."""

    line: int
    reason: Reason
    column: str = ""
    value: str = ""
    place: str = ""

    @property
    def message(self) -> str:
        """The fault in English: `姓名: needed`."""
        return f"{self.column}: {self.reason.message}" if self.column else self.reason.message


def name_column(header: Sequence[str], place: int) -> str:
    """What the sheet calls the column at this place, from 0; one without a heading by its number."""
    return header[place].strip() or f"#{place + 1}"
