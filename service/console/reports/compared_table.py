"""The figures of a report as a table in which each number stands beside that of an earlier period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from service.console.http.console_request import ConsoleRequest
from service.reports.table import build_table
from workflows.core.reports.report_data import Figures
from workflows.value_texts import read_locale

MOST_ROWS = 200  # on the page; the files have all
_OF_TIME = ("day", "month")  # a group of one period has no counterpart in another
_ADDED = ("count", "sum")  # nothing of these is zero
_DRAWN = ("count", "share", "sum", "average")  # what bars may show, the first that there is


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCell:
    """A number as it is read, the earlier one and the difference; or the numbers of tickets."""

    text: str = ""
    before: str = ""
    difference: str = ""
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """The names of the row, its cells, and how long its bars are, in hundredths of the longest."""

    names: tuple[str, ...]
    cells: tuple[ComparedCell, ...]
    percent: int = 0
    percent_before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedTable:
    """A report: headings with the kinds of the columns, rows, the total.

    drawn     the heading of what the bars show; empty without bars
    compared  whether the rows have earlier numbers
    more      how many rows are left out
    """

    title: str
    heads: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    total: ComparedRow
    keys: int
    drawn: str
    compared: bool
    more: int


def build_compared_table(
    call: ConsoleRequest, figures: Figures, earlier: Figures | None, zone: ZoneInfo
) -> ComparedTable:
    """The table of the figures beside the earlier ones."""
    table = build_table(figures, call.language, zone, {})
    kinds = table.kinds[table.keys :]
    rows = _pair_rows(call, figures, earlier, zone)
    drawn = _find_drawn(kinds) if table.keys else None
    longest = max((_size(each, drawn) for pair in rows for each in pair[1:]), default=0.0)
    shown = [
        _build_row(call, names, kinds, now, before, drawn, longest) for names, now, before in rows[:MOST_ROWS]
    ]
    before = earlier.total[table.keys :] if earlier else ()
    names = tuple(str(each) for each in table.total[:1]) if table.keys else ()
    return ComparedTable(
        title=table.title,
        heads=table.heads,
        kinds=table.kinds,
        rows=tuple(shown),
        total=_build_row(call, names, kinds, _sum_up(figures, table.keys), before, None, 0),
        keys=table.keys,
        drawn="" if drawn is None else table.heads[table.keys + drawn],
        compared=earlier is not None and not _is_of_time(figures),
        more=len(rows) - len(shown) + figures.cut,
    )


Numbers = Sequence[object]
PairedRow = tuple[tuple[str, ...], Numbers, Numbers]


def _sum_up(figures: Figures, keys: int) -> Numbers:
    """The total; without the numbers of tickets, which stand in the rows, if there are any."""
    return [None if keys and isinstance(each, list | tuple) else each for each in figures.total[keys:]]


def _pair_rows(
    call: ConsoleRequest, figures: Figures, earlier: Figures | None, zone: ZoneInfo
) -> list[PairedRow]:
    """(names, numbers, earlier numbers) of each row; also of those that there were only before."""
    now = _rows_by_key(call, figures, zone)
    if earlier is None or _is_of_time(figures):
        return [(names, numbers, ()) for names, numbers in now.values()]
    before = _rows_by_key(call, earlier, zone)
    kinds = [column.kind for column in figures.columns if column.kind != "group"]
    nothing = [0 if kind in _ADDED else None for kind in kinds]
    found = [(names, numbers, before.get(key, ((), nothing))[1]) for key, (names, numbers) in now.items()]
    gone = [(names, nothing, numbers) for key, (names, numbers) in before.items() if key not in now]
    return [*found, *gone]


def _rows_by_key(
    call: ConsoleRequest, figures: Figures, zone: ZoneInfo
) -> Mapping[tuple[object, ...], tuple[tuple[str, ...], Numbers]]:
    table = build_table(figures, call.language, zone, {})
    return {
        tuple(raw[: table.keys]): (tuple(map(str, row[: table.keys])), raw[table.keys :])
        for raw, row in zip(figures.rows, table.rows, strict=True)
    }


def _is_of_time(figures: Figures) -> bool:
    return any(column.kind == "group" and column.name in _OF_TIME for column in figures.columns)


def _find_drawn(kinds: Sequence[str]) -> int | None:
    return next((kinds.index(kind) for kind in _DRAWN if kind in kinds), None)


def _size(numbers: Numbers, drawn: int | None) -> float:
    value = numbers[drawn] if drawn is not None and numbers else None
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def _build_row(
    call: ConsoleRequest,
    names: tuple[str, ...],
    kinds: Sequence[str],
    now: Numbers,
    before: Numbers,
    drawn: int | None,
    longest: float,
) -> ComparedRow:
    earlier = before or [None] * len(kinds)
    return ComparedRow(
        names=names,
        cells=tuple(
            _build_cell(call, *each, compared=bool(before)) for each in zip(kinds, now, earlier, strict=True)
        ),
        percent=round(100 * _size(now, drawn) / longest) if longest else 0,
        percent_before=round(100 * _size(before, drawn) / longest) if longest else 0,
    )


def _build_cell(
    call: ConsoleRequest, kind: str, now: object, before: object, *, compared: bool
) -> ComparedCell:
    if isinstance(now, list | tuple):
        return ComparedCell(tickets=tuple(map(str, now)))
    text, earlier = _write(call, kind, now), _write(call, kind, before)
    if not compared or not isinstance(now, int | float) or not isinstance(before, int | float):
        return ComparedCell(text=text, before=earlier if compared and kind != "numbers" else "")
    if not now and not before:
        return ComparedCell(text=text, before=earlier)
    change = round(now - before, 2)
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    difference = f"{sign}{format_decimal(abs(change), locale=read_locale(call.language))}"
    return ComparedCell(text=text, before=earlier, difference=difference)


def _write(call: ConsoleRequest, kind: str, value: object) -> str:
    if not isinstance(value, int | float):
        return "" if kind == "numbers" else "–"
    number = format_decimal(value, locale=read_locale(call.language))
    return f"{number} %" if kind == "share" else number
