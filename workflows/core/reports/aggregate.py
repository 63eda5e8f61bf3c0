"""Aggregation of the facts of a period into the figures of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workflows.core.ranking import RankedTexts
from workflows.core.reports.report_data import Column, Fact, Figures, GroupLabels, ReportWindow
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.values import Values
from workflows.language.report_spec import MEASURES, Measure, ReportGroup, ReportSpec
from workflows.language.reports.scope import build_report_values
from workflows.registry import complete
from workflows.timing.instants import to_datetime

MAX_ROWS = 1_000
MAX_NUMBERS = 200
_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")

GroupKey = tuple[str | None, ...]


def aggregate(
    spec: ReportSpec, facts: Iterable[Fact], sites: tuple[str, ...], span: ReportWindow, label: GroupLabels
) -> Figures:
    """The figures of the report over these facts. At most `MAX_ROWS` rows; the rest is counted in `cut`."""
    table = _CellTable(spec, span)
    for fact in facts:
        table.add(fact)
    if [group.name for group in spec.groups] == ["day"]:
        table.fill(_days(span))
    ranks = table.rank()
    groups = [_build_column(g, i, table.keys, label) for i, g in enumerate(spec.groups)]
    keys = sorted(
        table.keys, key=_build_sort_key([ranks.get(i) or list(g.labels) for i, g in enumerate(groups)])
    )
    rows = [(*key, *table.row(key)) for key in keys[:MAX_ROWS]]
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
        total=(*(None for _ in groups), *table.row(None)),
        cut=max(0, len(keys) - MAX_ROWS),
    )


class _Cell:
    """The counters of one cell: facts seen, facts that match, their amount, their ticket numbers."""

    __slots__ = ("amount", "held", "numbers", "seen")

    def __init__(self) -> None:
        self.seen = self.held = 0
        self.amount = Decimal(0)
        self.numbers: set[str] = set()

    def add(self, other: _Cell) -> None:
        """Add the counters of another cell."""
        self.seen += other.seen
        self.held += other.held
        self.amount += other.amount
        self.numbers |= other.numbers

    def compute(self, kind: str) -> Any:
        return _MEASURES[kind](self)

    def count(self) -> int:
        return self.held

    def share(self) -> float | None:
        return float(_divide(100 * self.held, self.seen, _TENTH)) if self.seen else None

    def sum(self) -> int | float:
        return _to_number(self.amount.quantize(_CENT, ROUND_HALF_UP))

    def average(self) -> int | float | None:
        return _to_number(_divide(self.amount, self.held, _CENT)) if self.held else None

    def first_numbers(self) -> list[str]:
        return sorted(self.numbers)[:MAX_NUMBERS]


_MEASURES: Mapping[str, Callable[[_Cell], object]] = complete(
    MEASURES,
    {
        "count": _Cell.count,
        "share": _Cell.share,
        "sum": _Cell.sum,
        "average": _Cell.average,
        "numbers": _Cell.first_numbers,
    },
    "core.reports.aggregate._MEASURES",
)


def _divide(amount: Decimal | int, by: int, to: Decimal) -> Decimal:
    return (Decimal(amount) / by).quantize(to, ROUND_HALF_UP)


def _to_number(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)


class _CellTable:
    """Rows of cells by group values; the row under None counts everything."""

    def __init__(self, spec: ReportSpec, span: ReportWindow) -> None:
        self._spec, self._span = spec, span
        self._cells: dict[GroupKey | None, tuple[_Cell, ...]] = {None: self._build_cells()}
        self._texts = {i: RankedTexts(spec.most) for i, group in enumerate(spec.groups) if group.written}

    @property
    def keys(self) -> list[GroupKey]:
        """The group values that occur; empty for a report without groups."""
        return [key for key in self._cells if key]

    def row(self, key: GroupKey | None) -> Iterator[Any]:
        """The measures of one row."""
        return (cell.compute(m.kind) for cell, m in zip(self._cells[key], self._spec.measures, strict=True))

    def fill(self, values: Iterable[str]) -> None:
        """Add an empty row for each of these values of the only group that has none."""
        for value in values:
            self._cells.setdefault((value,), self._build_cells())

    def rank(self) -> dict[int, list[str]]:
        """Merge the rows of all free texts that are not among the most frequent.

        Returns group index → the texts that have rows, in their order.
        """
        if not self._texts:
            return {}
        ranked = {place: texts.shown() for place, texts in self._texts.items()}
        cells, self._cells = self._cells, {}
        for key, row in cells.items():
            merged_key = key and tuple(_text(ranked.get(place), value) for place, value in enumerate(key))
            for cell, more in zip(self._cells.setdefault(merged_key, self._build_cells()), row, strict=True):
                cell.add(more)
        return {place: list(dict.fromkeys(spellings.values())) for place, spellings in ranked.items()}

    def _build_cells(self) -> tuple[_Cell, ...]:
        return tuple(_Cell() for _ in self._spec.measures)

    def add(self, fact: Fact) -> None:
        """Count one fact, if the report's `where` holds for it."""
        spec, span = self._spec, self._span
        parts = {"ticket": fact.ticket, "data": fact.data, **fact.more}
        values = build_report_values(
            parts, site=fact.site, since=span.since, until=span.until, now=span.now, zone=span.zone.key
        )
        if spec.where is not None and not spec.where.holds(values).holds:
            return
        group_values = [_read_group(group, fact, span.zone) for group in spec.groups]
        key = tuple(self._met(place, value) for place, value in enumerate(group_values))
        rows = [self._cells[None]]
        if key:
            rows.append(self._cells.get(key) or self._cells.setdefault(key, self._build_cells()))
        for index, measure in enumerate(spec.measures):
            if measure.among is None or measure.among.holds(values).holds:
                _add_to_cells([row[index] for row in rows], measure, values, str(fact.ticket["number"]))

    def _met(self, place: int, value: str | None) -> str | None:
        return value if value is None or place not in self._texts else self._texts[place].met(value)


def _text(shown: Mapping[str, str] | None, value: str | None) -> str | None:
    """The group value in the report; the value itself if the group is not ranked."""
    return value if shown is None or value is None else shown[value]


def _add_to_cells(cells: list[_Cell], measure: Measure, values: Values, number: str) -> None:
    """Count one fact in the cells of its row and of the total."""
    if measure.kind in ("sum", "average"):
        amount = _amount(measure, values)
        holds = amount is not None
    else:
        amount, holds = None, measure.value is None or measure.value.holds(values).holds
    for cell in cells:
        cell.seen += 1
        cell.held += holds
        cell.amount += amount or Decimal(0)
        if holds and measure.kind == "numbers":
            cell.numbers.add(number)


def _amount(measure: Measure, values: Values) -> Decimal | None:
    """The amount to add up; None if it cannot be computed or exceeds 15 digits."""
    assert measure.value is not None, "sums and averages are of something"
    try:
        result = measure.value.value(values)
    except ExpressionError:
        return None
    amount = Decimal(result) if isinstance(result, int | Decimal) and not isinstance(result, bool) else None
    return amount if amount is not None and abs(amount) < 10**15 else None


_GROUP_READERS: Mapping[str, Callable[[Fact], Any]] = {
    "trigger": lambda fact: fact.more["step"].get("trigger"),
    "clock": lambda fact: fact.more["clock"].get("name"),
    "level": lambda fact: fact.more["clock"].get("level"),
    "verdict": lambda fact: fact.more["clock"].get("verdict"),
}


def _read_group(group: ReportGroup, fact: Fact, zone: ZoneInfo) -> str | None:
    """The group value of a fact, as text so that any values can be sorted and stored together."""
    if group.is_field:
        value = fact.data.get(group.name)
    elif group.name in ("day", "month"):
        return to_datetime(fact.at, zone).strftime("%Y-%m-%d" if group.name == "day" else "%Y-%m")
    else:
        value = (
            _GROUP_READERS[group.name](fact) if group.name in _GROUP_READERS else fact.ticket.get(group.name)
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _build_column(group: ReportGroup, index: int, keys: Iterable[GroupKey], label: GroupLabels) -> Column:
    values = dict.fromkeys(value for key in keys if (value := key[index]) is not None)
    return Column(name=group.name, title=group.title, kind="group", labels=label(group, values))


def _build_sort_key(values: list[list[str]]) -> Callable[[GroupKey], Any]:
    """Sort by the rank in `values` (options as in the file, texts by frequency), then by spelling; None
    last."""
    ranks = [{value: rank for rank, value in enumerate(found)} for found in values]

    def order(key: GroupKey) -> Any:
        return [
            (value is None, rank.get(value or "", len(rank)), value or "")
            for value, rank in zip(key, ranks, strict=True)
        ]

    return order


def _days(span: ReportWindow) -> Iterator[str]:
    """The local days of the period, as YYYY-MM-DD; none for a period longer than `MAX_ROWS` / 2 days."""
    day, end = (to_datetime(each, span.zone).date() for each in (span.since, span.until - 1))
    if (end - day).days > MAX_ROWS // 2:
        return
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)
