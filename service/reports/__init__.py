"""Figures as people want them: a table in their language, as CSV, as a workbook, as a chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from service.reports.comma import as_csv
from service.reports.table import Table
from workflows.core.figures import Figures
from workflows.timing.instants import to_datetime

CSV, XLSX, SVG = (
    "text/csv; charset=utf-8",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/svg+xml",
)
FORMATS: Mapping[str, str] = {"csv": CSV, "xlsx": XLSX, "svg": SVG}
"""Ending -> media type; what ends otherwise is JSON."""


def file_name(figures: Figures, zone: ZoneInfo, ending: str) -> str:
    """What a file with these figures is called: the report and the first day of its time."""
    return f"{figures.report}-{to_datetime(figures.since, zone).date()}.{ending}"


def drawn(table: Table, ending: str) -> bytes:
    """The table as a file of this ending."""
    return _DRAWERS[ending](table)


def _workbook(table: Table) -> bytes:
    from service.reports.workbook import as_xlsx  # the libraries are loaded when somebody first wants one

    return as_xlsx(table)


def _chart(table: Table) -> bytes:
    from service.reports.chart import as_svg

    return as_svg(table)


_DRAWERS: Mapping[str, Callable[[Table], bytes]] = {"csv": as_csv, "xlsx": _workbook, "svg": _chart}
