"""Reads an event log from a CSV file or a workbook: a case, an activity, a time and, if there is one, a
resource in each row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from service.imports.cells import TimeReader, UnreadableCell
from service.imports.csv_rows import TableRow
from service.imports.layout import ColumnNames, Layout
from service.imports.table import open_table
from workflows.errors import Invalid, Reason
from workflows.folding import identity
from workflows.mining.event_log import EventLog, LogEvent

CASE = ("case", "case_id", "case id", "case:concept:name", "ticket", "工单", "工單", "caso")
ACTIVITY = ("activity", "concept:name", "event", "步骤", "步驟", "actividad")
TIME = ("timestamp", "time", "time:timestamp", "时间", "時間", "hora")
RESOURCE = ("resource", "org:resource", "user", "人员", "人員", "recurso")
MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumns:
    """The names of the columns that are not called as usual."""

    case: str | None = None
    activity: str | None = None
    time: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log as read; `unread` is the number of rows that could not be read, `examples` the first of them."""

    log: EventLog
    unread: int
    examples: tuple[str, ...]


def read_log(path: Path, columns: LogColumns, zone: ZoneInfo) -> LogFile:
    """The events of a file. A time without a zone is the wall clock's in `zone`. Raises Invalid if a column
    is missing, or no row can be read."""
    spellings = (
        _spellings(columns.case, CASE),
        _spellings(columns.activity, ACTIVITY),
        _spellings(columns.time, TIME),
        _spellings(columns.resource, RESOURCE),
    )
    reader, events, faults = TimeReader(zone), list[LogEvent](), list[str]()
    with open_table(path, Layout(), ColumnNames(name for each in spellings for name in each)) as (rows, _):
        header = [identity(cell) for cell in rows.header]
        places = [_find_column(header, each) for each in spellings]
        for name, place in zip(("case", "activity", "time"), places, strict=False):
            if place is None:
                raise Invalid(Reason("file", f"no column holds the {name}: say --{name} COLUMN"))
        for row in rows:
            try:
                events.append(_event_of(row, places, reader))
            except UnreadableCell as error:
                faults.append(f"line {row.line}: {error}")
    if not events:
        raise Invalid(Reason("file", f"no row can be read{f'; {faults[0]}' if faults else ''}"))
    return LogFile(log=EventLog(events), unread=len(faults), examples=tuple(faults[:MOST_EXAMPLES]))


def _spellings(given: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if given else usual


def _find_column(header: list[str], spellings: tuple[str, ...]) -> int | None:
    return next((header.index(name) for each in spellings if (name := identity(each)) in header), None)


def _event_of(row: TableRow, places: list[int | None], reader: TimeReader) -> LogEvent:
    if row.fault is not None:
        raise UnreadableCell(row.fault)
    case, activity, time, resource = ("" if at is None else row.cells[at].strip() for at in places)
    if not case or not activity:
        raise UnreadableCell("the case or the activity is empty")
    at = reader.read_instant(time)
    return LogEvent(case=case, activity=activity, at=at, resource=resource, line=row.line)
