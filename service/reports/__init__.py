"""Figures as people want them: a table in their language, as CSV, as a workbook, as a chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.reports.comma import as_csv
from service.reports.table import Table

CSV, XLSX, SVG = (
    "text/csv; charset=utf-8",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/svg+xml",
)
FORMATS: Mapping[str, str] = {"csv": CSV, "xlsx": XLSX, "svg": SVG}
"""Ending -> media type; what ends otherwise is JSON."""


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
