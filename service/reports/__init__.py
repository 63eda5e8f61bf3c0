"""Formats of report figures: a table in one language, CSV, workbook, chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from service.reports.csv_writer import render_csv
from service.reports.table import ReportTable
from workflows.core.reports.report_data import Figures
from workflows.timing.instants import to_datetime

CSV, XLSX, SVG = (
    "text/csv; charset=utf-8",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/svg+xml",
)
FORMATS: Mapping[str, str] = {"csv": CSV, "xlsx": XLSX, "svg": SVG}
"""Ending -> media type; what ends otherwise is JSON."""


def file_name(figures: Figures, zone: ZoneInfo, ending: str) -> str:
    """The file name of the figures: the report and the first day of its period."""
    return f"{figures.report}-{to_datetime(figures.since, zone).date()}.{ending}"


def render_table(table: ReportTable, ending: str) -> bytes:
    """The table as a file in the format of this ending."""
    return _RENDERERS[ending](table)


def _workbook(table: ReportTable) -> bytes:
    from service.reports.workbook import render_xlsx  # the libraries are loaded when somebody first wants one

    return render_xlsx(table)


def _chart(table: ReportTable) -> bytes:
    from service.reports.chart import render_svg

    return render_svg(table)


_RENDERERS: Mapping[str, Callable[[ReportTable], bytes]] = {
    "csv": render_csv,
    "xlsx": _workbook,
    "svg": _chart,
}
