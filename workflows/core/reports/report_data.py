"""The facts that a report counts, and the figures that result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from workflows.language.forms.field import Titles
from workflows.language.forms.values import Row
from workflows.language.report_spec import ReportGroup
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

FORMAT = "figures/1"
"""Marks figures stored in a ticket's field, to distinguish them from submitted values."""


class Fact(NamedTuple):
    """One thing to count: a ticket with its non-personal fields, and perhaps a step or a clock of it.

    `at` decides the day and month it counts for: opening or end of a ticket, time of a step, start or end of
    a clock.
    """

    site: str
    at: Instant
    ticket: Row
    data: Row
    more: Mapping[str, Row]  # `step` and `sent`, or `clock`


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWindow:
    """The period [since, until), the instant at which the report is made, and the time zone of its days."""

    since: Instant
    until: Instant
    now: Instant
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of figures. `kind` is `group` or the measure's kind; `labels` are titles of group values."""

    name: str
    title: Titles
    kind: str
    labels: Mapping[str, Titles] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A report of a period, as of one instant.

    A row has a value for each column: those of the groups, then numbers (shares in percent; None where there
    is nothing to divide by) and lists of ticket numbers. `total` counts everything. `cut` is the number of
    rows left out beyond the limit.
    """

    report: str
    title: Titles
    sites: tuple[str, ...]
    since: Instant
    until: Instant
    made_at: Instant
    chart: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...]
    cut: int = 0


class ReportMaker(Protocol):
    """Computes a report of one site for everybody there; None if the report no longer exists."""

    def __call__(self, report: str, site: str, span: ReportWindow) -> Figures | None: ...


class GroupLabels(Protocol):
    """Finds the titles of a group's values."""

    def __call__(self, group: ReportGroup, values: Iterable[str]) -> Mapping[str, Titles]: ...


def serialize_figures(figures: Figures) -> dict[str, Any]:
    """The figures as plain data, for storage and API."""
    return {
        "format": FORMAT,
        "report": figures.report,
        "title": dict(figures.title),
        "sites": list(figures.sites),
        "since": rfc3339(figures.since),
        "until": rfc3339(figures.until),
        "made_at": rfc3339(figures.made_at),
        "chart": figures.chart,
        "columns": [_serialize_column(each) for each in figures.columns],
        "rows": [list(row) for row in figures.rows],
        "total": list(figures.total),
        "cut": figures.cut,
    }


def _serialize_column(column: Column) -> dict[str, Any]:
    data: dict[str, Any] = {"name": column.name, "title": dict(column.title), "kind": column.kind}
    return data | ({"labels": {k: dict(v) for k, v in column.labels.items()}} if column.labels else {})


def deserialize_figures(data: Mapping[str, Any]) -> Figures:
    """The figures from their plain data."""
    return Figures(
        report=data["report"],
        title=data["title"],
        sites=tuple(data["sites"]),
        since=parse_rfc3339(data["since"]),
        until=parse_rfc3339(data["until"]),
        made_at=parse_rfc3339(data["made_at"]),
        chart=data["chart"],
        columns=tuple(Column(**column) for column in data["columns"]),
        rows=tuple(tuple(row) for row in data["rows"]),
        total=tuple(data["total"]),
        cut=data["cut"],
    )


def read_figures(value: object) -> Figures | None:
    """The figures in a field's value; None if it holds none."""
    return deserialize_figures(value) if isinstance(value, dict) and value.get("format") == FORMAT else None


def find_figures(fields: Iterable[str], data: Mapping[str, object]) -> tuple[Figures, ...]:
    """All figures in a ticket's data, in the order of its fields."""
    figures = (read_figures(data.get(name)) for name in fields)
    return tuple(each for each in figures if each is not None)
