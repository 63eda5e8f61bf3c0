"""Lists as files: the same rows as CSV or as a workbook, as many pages as fit one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from service.api.http.paging import page_links
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.reports import FORMATS, render_table
from service.reports.table import Cell, ReportTable
from service.texts import say
from workflows.timing.instants import Instant, to_datetime

FILE_FORMATS = {ending: media for ending, media in FORMATS.items() if ending in ("csv", "xlsx")}
"""Ending -> media type."""
MAX_ROWS = 5_000
"""The most rows of a file; the rest follows by the link to the next one."""
Item = TypeVar("Item")
ReadPage = Callable[[str | None, int], tuple[Sequence[Item], str | None]]
"""Reads a page from a cursor on: its items, and the cursor of the next one."""


class FileColumn(NamedTuple):
    """A column of a file: its heading, and its cells."""

    head: str
    cells: Sequence[Cell]


def choose_file_format(request: ApiRequest) -> str | None:
    """`csv` or `xlsx` if the query or the Accept header asks for it; None for JSON."""
    asked: str | None = request.query.get("format")
    if asked is not None:
        return asked if asked in FILE_FORMATS else None
    media = {each.partition(";")[0]: ending for ending, each in FILE_FORMATS.items()}
    best = request.request.accept_mimetypes.best_match(["application/json", *media], "application/json")
    return media.get(best)


def read_rows(request: ApiRequest, read_page: ReadPage[Item]) -> tuple[list[Item], str | None]:
    """The items of one file from the request's cursor on, page by page, and the cursor of the next file."""
    most = min(request.query.get("limit") or MAX_ROWS, MAX_ROWS)
    rows: list[Item] = []
    cursor: str | None = request.query.get("cursor")
    while True:
        items, cursor = read_page(cursor, min(request.settings.api.largest_page, most - len(rows)))
        rows += items
        if cursor is None or len(rows) >= most:
            return rows, cursor


def file_response(
    request: ApiRequest,
    ending: str,
    name: str,
    title: str,
    columns: Sequence[FileColumn],
    following: str | None,
) -> ApiResponse:
    """The columns as a file. Texts that a spreadsheet would run as formulas are texts there."""
    table = ReportTable(
        title=title,
        about={},
        heads=tuple(column.head for column in columns),
        rows=tuple(zip(*(column.cells for column in columns), strict=True)),
        total=(),
        keys=1,
        chart="",
        kinds=("group",) * len(columns),
        empty="",
    )
    headers = {
        "Content-Language": request.language,
        "Vary": "Accept, Accept-Language",
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        **page_links(request, following),
    }
    return ApiResponse(200, render_table(table, ending), headers, FILE_FORMATS[ending])


def format_local_minute(instant: Instant | None, zone: ZoneInfo) -> str:
    """The instant as local time of a site, to the minute; empty without one."""
    return "" if instant is None else to_datetime(instant, zone).strftime("%Y-%m-%d %H:%M")


def list_text(language: str, key: str) -> str:
    """A fixed text of list files."""
    return say(language, "lists", key) or key
