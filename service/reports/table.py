"""Figures as a table in one language: headings, rows, a total, and what it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from service.texts import say, titled
from workflows.core.figures import Column, Figures
from workflows.timing.instants import Instant, to_datetime

Cell = str | int | float | None
DRAWN = 40  # rows of a chart; more cannot be read there, and are in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`keys` are how many columns name a row; the others hold numbers, or lists of ticket numbers.

    `about` says site, time and moment; `part` is said of a chart that leaves rows out.
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


def table_of(figures: Figures, language: str, zone: ZoneInfo, names: Mapping[str, str]) -> Table:
    """The figures in `language`. `names` are what the sites are called."""
    keys = sum(column.kind == "group" for column in figures.columns)
    rows = tuple(_row(figures.columns, row, language) for row in figures.rows)
    total = _row(figures.columns, figures.total, language)
    if keys:
        total = (_words(language, "total"), *("" for _ in range(keys - 1)), *total[keys:])
    return Table(
        title=titled(figures.title, language),
        about=_about(figures, language, zone, names),
        heads=tuple(titled(column.title, language) for column in figures.columns),
        rows=rows,
        total=total,
        keys=keys,
        chart=figures.chart,
        kinds=tuple(column.kind for column in figures.columns),
        empty=_words(language, "empty"),
        part=_words(language, "part", shown=DRAWN, all=len(rows)) if len(rows) > DRAWN else "",
    )


def _words(language: str, key: str, **facts: object) -> str:
    return say(language, "reports", key, facts) or key


def _about(figures: Figures, language: str, zone: ZoneInfo, names: Mapping[str, str]) -> dict[str, str]:
    days = f"{_minute(figures.since, zone)} – {_minute(figures.until, zone)}"
    found = {
        _words(language, "site"): ", ".join(names.get(site, site) for site in figures.sites),
        _words(language, "period"): days,
        _words(language, "made"): _minute(figures.made_at, zone),
    }
    if figures.cut:
        found[_words(language, "cut")] = str(figures.cut)
    return found


def _minute(instant: Instant, zone: ZoneInfo) -> str:
    return to_datetime(instant, zone).strftime("%Y-%m-%d %H:%M")


def _row(columns: Sequence[Column], row: Sequence[Any], language: str) -> tuple[Cell, ...]:
    return tuple(_cell(column, value, language) for column, value in zip(columns, row, strict=True))


def _cell(column: Column, value: Any, language: str) -> Cell:
    if column.kind == "group":
        if value is None:
            return _words(language, "nothing")
        return titled(column.labels.get(value, {}), language) or str(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, int | float) else None
