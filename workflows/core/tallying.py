"""Counting: what a report's measures come to over the things that a period holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflows.core.figures import Column, Fact, Figures, Label, Span
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.values import Values
from workflows.language.report import Group, Measure, ReportSpec
from workflows.language.reports.scope import values_of
from workflows.timing.instants import to_datetime

MOST_ROWS = 1_000
MOST_NUMBERS = 200

Key = tuple[str | None, ...]


def tally(
    spec: ReportSpec, facts: Iterable[Fact], sites: tuple[str, ...], span: Span, label: Label
) -> Figures:
    """The figures of the report over these facts."""
    counts = _Counts(spec, span)
    for fact in facts:
        counts.take(fact)
    if [group.name for group in spec.groups] == ["day"]:
        counts.fill(_days(span))
    groups = [_column(g, i, counts.keys, label) for i, g in enumerate(spec.groups)]
    keys = sorted(counts.keys, key=_order(groups))
    rows = [(*key, *counts.row(key)) for key in keys[:MOST_ROWS]]
    return Figures(
        report=spec.name,
        title=spec.title,
        sites=sites,
        since=span.since,
        until=span.until,
        made_at=span.now,
        chart=spec.chart,
        columns=(*groups, *(Column(name=m.name, title=m.title, kind=m.kind) for m in spec.measures)),
        rows=tuple(rows),
        total=(*(None for _ in groups), *counts.row(None)),
        cut=max(0, len(keys) - MOST_ROWS),
    )


class _Sum:
    """What one cell has counted: how many of how many, the sum of what, the numbers of which."""

    __slots__ = ("amount", "held", "numbers", "seen")

    def __init__(self) -> None:
        self.seen = self.held = 0
        self.amount = 0.0
        self.numbers: set[str] = set()

    def shown(self, kind: str) -> Any:
        match kind:
            case "count":
                return self.held
            case "share":
                return round(100 * self.held / self.seen, 1) if self.seen else None
            case "sum":
                return _rounded(self.amount)
            case "average":
                return _rounded(self.amount / self.held) if self.held else None
        return sorted(self.numbers)[:MOST_NUMBERS]


def _rounded(amount: float) -> int | float:
    found = round(amount, 2)
    return int(found) if found == int(found) else found


class _Counts:
    """The cells by the values of the groups; under None those of everything."""

    def __init__(self, spec: ReportSpec, span: Span) -> None:
        self._spec, self._span = spec, span
        self._cells: dict[Key | None, tuple[_Sum, ...]] = {None: self._blank()}

    @property
    def keys(self) -> list[Key]:
        """The values of the groups that were met; none where nothing is grouped."""
        return [key for key in self._cells if key]

    def row(self, key: Key | None) -> Iterator[Any]:
        """The figures of one row."""
        return (cell.shown(m.kind) for cell, m in zip(self._cells[key], self._spec.measures, strict=True))

    def fill(self, values: Iterable[str]) -> None:
        """A row for each of these values of the only group, also where there was nothing."""
        for value in values:
            self._cells.setdefault((value,), self._blank())

    def _blank(self) -> tuple[_Sum, ...]:
        return tuple(_Sum() for _ in self._spec.measures)

    def take(self, fact: Fact) -> None:
        """Count one thing, if it is one of those that are counted."""
        spec, span = self._spec, self._span
        parts = {"ticket": fact.ticket, "data": fact.data, **fact.more}
        values = values_of(parts, site=fact.site, since=span.since, until=span.until, now=span.now)
        if spec.where is not None and not spec.where.holds(values).holds:
            return
        key = tuple(_value(group, fact, span.zone) for group in spec.groups)
        rows = [self._cells[None]]
        if key:
            rows.append(self._cells.get(key) or self._cells.setdefault(key, self._blank()))
        for index, measure in enumerate(spec.measures):
            if measure.among is None or measure.among.holds(values).holds:
                _count([row[index] for row in rows], measure, values, str(fact.ticket["number"]))


def _count(cells: list[_Sum], measure: Measure, values: Values, number: str) -> None:
    """Put one thing into the cells of its row and of the total."""
    if measure.kind in ("sum", "average"):
        amount = _amount(measure, values)
        holds = amount is not None
    else:
        amount, holds = None, measure.value is None or measure.value.holds(values).holds
    for cell in cells:
        cell.seen += 1
        cell.held += holds
        cell.amount += amount or 0
        if holds and measure.kind == "numbers":
            cell.numbers.add(number)


def _amount(measure: Measure, values: Values) -> float | None:
    """What is added up; None where a part of it is empty."""
    assert measure.value is not None, "sums and averages are of something"
    try:
        found = measure.value.value(values)
    except ExpressionError:
        return None
    return float(found) if isinstance(found, int | float) and abs(found) < 1e15 else None


_READ: Mapping[str, Callable[[Fact], Any]] = {
    "trigger": lambda fact: fact.more["step"].get("trigger"),
    "clock": lambda fact: fact.more["clock"].get("name"),
    "level": lambda fact: fact.more["clock"].get("level"),
    "verdict": lambda fact: fact.more["clock"].get("verdict"),
}


def _value(group: Group, fact: Fact, zone: ZoneInfo) -> str | None:
    """The value of a group: a text, so that all sorts of them can be put in order and kept."""
    if group.of_form:
        found = fact.data.get(group.name)
    elif group.name in ("day", "month"):
        return to_datetime(fact.at, zone).strftime("%Y-%m-%d" if group.name == "day" else "%Y-%m")
    else:
        found = _READ[group.name](fact) if group.name in _READ else fact.ticket.get(group.name)
    if isinstance(found, bool):
        return "true" if found else "false"
    return None if found is None else str(found)


def _column(group: Group, index: int, keys: Iterable[Key], label: Label) -> Column:
    values = dict.fromkeys(value for key in keys if (value := key[index]) is not None)
    return Column(name=group.name, title=group.title, kind="group", labels=label(group, values))


def _order(groups: list[Column]) -> Callable[[Key], Any]:
    """As the options stand in their file, other values by their spelling, what is empty last."""
    ranks = [{value: rank for rank, value in enumerate(column.labels)} for column in groups]

    def order(key: Key) -> Any:
        return [
            (value is None, rank.get(value or "", len(rank)), value or "")
            for value, rank in zip(key, ranks, strict=True)
        ]

    return order


def _days(span: Span) -> Iterator[str]:
    """The days of the span; of a very long one only those on which something was."""
    day, end = (to_datetime(each, span.zone).date() for each in (span.since, span.until - 1))
    if (end - day).days > MOST_ROWS // 2:
        return
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)
