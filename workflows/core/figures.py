"""Reports worked out: the facts that are counted, and the figures that they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from workflows.language.forms.field import Titles
from workflows.language.forms.values import Row
from workflows.language.report import Group
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

FORMAT = "figures/1"
"""Marks figures that are kept on a ticket, so that they can be told from what people wrote."""


class Fact(NamedTuple):
    """One of the things that are counted: a ticket with its open fields, and a step or a promise of it.

    `at` is the moment by which it is counted: the opening or end of a ticket, the time of a step, the
    beginning or end of a promise.
    """

    site: str
    at: Instant
    ticket: Row
    data: Row
    more: Mapping[str, Row]  # `step` and `sent`, or `clock`


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time that is covered, [since, until), and the moment at which it was looked at."""

    since: Instant
    until: Instant
    now: Instant
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of figures; `kind` is `group` or that of its measure. `labels` name a group's values."""

    name: str
    title: Titles
    kind: str
    labels: Mapping[str, Titles] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A report of a time, as it stood at one moment.

    A row has a value for each column: those of the groups, then numbers (shares in hundredths; None where
    there is nothing to divide by) and lists of ticket numbers. `total` is of everything. `cut` rows were left
    out, being too many.
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


class Figuring(Protocol):
    """Works out a report of one site for everybody there; None if there is no such report any more."""

    def __call__(self, report: str, site: str, span: Span) -> Figures | None: ...


class Label(Protocol):
    """What the values of a group are called."""

    def __call__(self, group: Group, values: Iterable[str]) -> Mapping[str, Titles]: ...


def packed(figures: Figures) -> dict[str, Any]:
    """The figures as plain data, as they are kept and sent."""
    return {
        "format": FORMAT,
        "report": figures.report,
        "title": dict(figures.title),
        "sites": list(figures.sites),
        "since": rfc3339(figures.since),
        "until": rfc3339(figures.until),
        "made_at": rfc3339(figures.made_at),
        "chart": figures.chart,
        "columns": [_packed(each) for each in figures.columns],
        "rows": [list(row) for row in figures.rows],
        "total": list(figures.total),
        "cut": figures.cut,
    }


def _packed(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "title": dict(column.title), "kind": column.kind}
    return found | ({"labels": {k: dict(v) for k, v in column.labels.items()}} if column.labels else {})


def unpacked(kept: Mapping[str, Any]) -> Figures:
    """The figures that were kept."""
    return Figures(
        report=kept["report"],
        title=kept["title"],
        sites=tuple(kept["sites"]),
        since=parse_rfc3339(kept["since"]),
        until=parse_rfc3339(kept["until"]),
        made_at=parse_rfc3339(kept["made_at"]),
        chart=kept["chart"],
        columns=tuple(Column(**column) for column in kept["columns"]),
        rows=tuple(tuple(row) for row in kept["rows"]),
        total=tuple(kept["total"]),
        cut=kept["cut"],
    )


def kept(value: object) -> Figures | None:
    """The figures that a field of a ticket holds, if it holds any."""
    return unpacked(value) if isinstance(value, dict) and value.get("format") == FORMAT else None


def kept_in(fields: Iterable[str], data: Mapping[str, object]) -> tuple[Figures, ...]:
    """All figures among the data of a ticket, in the order of its fields."""
    found = (kept(data.get(name)) for name in fields)
    return tuple(each for each in found if each is not None)
