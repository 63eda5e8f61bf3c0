"""A cell of a table: its text, and in a workbook also the kind and the address."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from service.refusals import reason
from workflows.folding import canonical

_FULL_DIGITS = 15  # a number cell of a spreadsheet keeps so many (IEEE 754 double); what follows is made 0
_ROUNDED = re.compile(r"[-+]?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{2,3}")
# Error values as spreadsheets write them in English, German, Spanish, French and Swedish, and what is
# saved of # a column that was too narrow for its numbers.
_ERROR = re.compile(r"#[¡¿]?[A-ZÀ-Þ][A-ZÀ-Þ0/_.]*[!?]|#N/[AD]|#NV|#GETTING_DATA|Err:[0-9]{3}|#{3,}")
# Words that name a total where a list has the name of a thing.
_TOTALS = frozenset({
    "合计", "合計", "总计", "總計", "小计", "小計", "共计", "共計",
    "汇总", "彙總", "total", "totals", "grand total",
    "subtotal", "sub-total", "sub total", "sum", "summe", "gesamt", "gesamtsumme", "zwischensumme",
    "suma", "suma total", "total general", "total général", "totaux", "somme", "summa", "totalt",
})  # fmt: skip
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic"
_DATE_PATTERN = re.compile(
    rf"[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?:[ T][0-9:]+)?|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}"
    rf"|[0-9]{{1,2}}-(?:{_MONTHS})|(?:{_MONTHS})-[0-9]{{2}}|[0-9]{{1,2}}月[0-9]{{1,2}}日",
    re.IGNORECASE,
)


class UnreadableCell(ValueError):  # noqa: N818 - what the cell is
    """The text of the cell is no value of its field. `reason` says so in other languages too."""

    def __init__(self, message: str, code: str = "cell", **facts: object) -> None:
        super().__init__(message)
        self.reason = reason(code, message, **facts)


class CellKind(StrEnum):
    """The kind of a cell of a workbook. Cells of a text file are all `TEXT`."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    ERROR = "error"  # the text is the error, `#N/A`


class WorkbookCell(str):
    """The text of a workbook's cell. A cell of a text file is a plain `str`."""

    kind: CellKind
    address: str  # "B2"

    def __new__(cls, text: str, kind: CellKind, address: str) -> WorkbookCell:
        """`address` is column letters and row number, such as `B2`."""
        cell = super().__new__(cls, text)
        cell.kind, cell.address = kind, address
        return cell


def kind_of(cell: str) -> CellKind:
    """The kind of the cell."""
    return cell.kind if isinstance(cell, WorkbookCell) else CellKind.TEXT


def require_value(cell: str) -> str:
    """The cell unchanged. Raises UnreadableCell for an error value of a spreadsheet (`#N/A`)."""
    if kind_of(cell) is CellKind.ERROR or (("#" in cell or "E" in cell) and _ERROR.fullmatch(cell.strip())):
        error = cell.strip()
        raise UnreadableCell(f"{describe_place(cell)} holds the error {error}", "cell-error", error=error)
    return cell


def require_text(cell: str, *, name: bool = False) -> str:
    """The text for a text field. Raises UnreadableCell if the spreadsheet has changed what was typed.

    With `name` it names something (a unit, an entry): then a day written in words is refused too.
    """
    text, kind = cell.strip(), kind_of(cell)
    if kind is CellKind.DATE:
        raise UnreadableCell(
            f"{describe_place(cell)} holds the date {text} where a text belongs; was it typed otherwise?",
            "cell-date",
            text=text,
        )
    if (
        kind is CellKind.NUMBER and len(text.lstrip("-").partition(".")[0]) > _FULL_DIGITS
    ) or _ROUNDED.fullmatch(text):
        raise UnreadableCell(
            f"{text!r} was rounded by the spreadsheet, which keeps {_FULL_DIGITS} digits; write it as text",
            "cell-rounded",
            text=text,
        )
    if name and _DATE_PATTERN.fullmatch(canonical(text)):
        message = f"{text!r} is a date where a name belongs; did the spreadsheet make it one?"
        raise UnreadableCell(message, "cell-date", text=text)
    return text


def is_total(cell: str) -> bool:
    """Whether the cell is the heading of a total: `合计`, `Total:`."""
    return canonical(cell).rstrip(": ").casefold() in _TOTALS


def describe_place(cell: str) -> str:
    """`cell B2`, or `the cell` in a text file, for which the line is named elsewhere."""
    return f"cell {cell.address}" if isinstance(cell, WorkbookCell) else "the cell"


def describe_unknown_character(text: str, known: re.Pattern[str]) -> str:
    """The first character of `text` that `known` does not match, and where it is: `: '_' at character 2`."""
    for place, letter in enumerate(text, start=1):
        if not known.fullmatch(canonical(letter)):
            return f": {format_character(letter)} at character {place}"
    return ""


def format_character(letter: str) -> str:
    """The character in quotes; an invisible one by its code point and name."""
    if letter.isprintable():
        return repr(letter)
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
