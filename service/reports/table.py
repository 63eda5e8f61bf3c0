"""Figures as a table in one language: headings, rows, a total and a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from service.texts import localize, say
from workflows.core.reports.report_data import Column, Figures
from workflows.timing.instants import Instant, to_datetime

Cell = str | int | float | None
MAX_CHART_ROWS = 40  # rows of a chart; more cannot be read there, and are in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """`keys` are how many columns name a row; the others hold numbers, or lists of ticket numbers.

    `total` is empty for a list, which is not added up. `about` says site, time and moment; `part` is said of
    a chart that leaves rows out.
    """

    title: str
    about: Mapping[str, str]
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]
    keys: int
    chart: str
    kinds: tuple[str, ...]
    empty: str  # what is said where there is nothing
    part: str = ""


def build_table(figures: Figures, language: str, zone: ZoneInfo, names: Mapping[str, str]) -> ReportTable:
    """The figures in `language`. `names` maps site ids to names."""
    keys = sum(column.kind == "group" for column in figures.columns)
    rows = tuple(_build_row(figures.columns, row, language) for row in figures.rows)
    total = _build_row(figures.columns, figures.total, language)
    if keys:
        total = (_fixed_text(language, "total"), *("" for _ in range(keys - 1)), *total[keys:])
    return ReportTable(
        title=localize(figures.title, language),
        about=_describe(figures, language, zone, names),
        heads=tuple(localize(column.title, language) for column in figures.columns),
        rows=rows,
        total=total,
        keys=keys,
        chart=figures.chart,
        kinds=tuple(column.kind for column in figures.columns),
        empty=_fixed_text(language, "empty"),
        part=_fixed_text(language, "part", shown=MAX_CHART_ROWS, all=len(rows))
        if len(rows) > MAX_CHART_ROWS
        else "",
    )


def _fixed_text(language: str, key: str, **facts: object) -> str:
    return say(language, "reports", key, facts) or key


def _describe(figures: Figures, language: str, zone: ZoneInfo, names: Mapping[str, str]) -> dict[str, str]:
    days = f"{_format_minute(figures.since, zone)} – {_format_minute(figures.until, zone)}"
    found = {
        _fixed_text(language, "site"): ", ".join(names.get(site, site) for site in figures.sites),
        _fixed_text(language, "period"): days,
        _fixed_text(language, "made"): _format_minute(figures.made_at, zone),
    }
    if figures.cut:
        found[_fixed_text(language, "cut")] = str(figures.cut)
    return found


def _format_minute(instant: Instant, zone: ZoneInfo) -> str:
    return to_datetime(instant, zone).strftime("%Y-%m-%d %H:%M")


def _build_row(columns: Sequence[Column], row: Sequence[Any], language: str) -> tuple[Cell, ...]:
    return tuple(_build_cell(column, value, language) for column, value in zip(columns, row, strict=True))


def _build_cell(column: Column, value: Any, language: str) -> Cell:
    if column.kind == "group":
        if value is None:
            return _fixed_text(language, "nothing")
        return localize(column.labels.get(value, {}), language) or str(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, int | float) else None
