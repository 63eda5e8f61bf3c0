"""Imports lists into a register: good rows become entries, bad ones go to the rejects with their line.

A second import of the same list changes nothing. Columns have the names of registers.yaml, or their titles in
any language; a column that the list lacks is unchanged, an empty cell clears it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from service import wallclock
from service.bootstrap import Desk
from service.imports.cells import CellReader, NumberReader, TimeReader, UnreadableCell
from service.imports.cells.cell import is_total
from service.imports.csv_rows import TableRow
from service.imports.import_run import ImportProgress, find_site, ignore_progress
from service.imports.layout import ColumnNames, Layout
from service.imports.rejects import Rejects
from service.imports.row_fault import name_column
from service.imports.table import TableRows, open_table
from workflows.core.commands import Actor
from workflows.core.effects.register_writes import parse_entry
from workflows.core.records import EntryWrite
from workflows.errors import Invalid, NotFound, Reason
from workflows.folding import identity
from workflows.language.forms.field import Field
from workflows.language.forms.register import Register
from workflows.storage.errors import Conflict
from workflows.suggestions import did_you_mean

BATCH = 200  # entries in a transaction
IMPORTER = Actor(id="import", name="import", surface="import")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSummary:
    """The counts of an import. `examples` are the first refused rows with their reasons."""

    read: int
    changed: int
    rejected: int
    examples: tuple[str, ...] = ()
    described: str = ""  # how the list was read


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list to import: a workbook, or a CSV file (which may be gzipped), and its layout."""

    path: Path
    layout: Layout = field(default_factory=Layout)
    skip: tuple[str, ...] = ()  # columns that are left out
    decimal: str | None = None  # the decimal mark of its numbers
    day_first: bool | None = None  # how 03/04/2024 is meant


def import_register(
    desk: Desk,
    name: str,
    list_file: ListFile,
    site: str | None = None,
    rejects_path: Path | None = None,
    progress: ImportProgress | None = None,
) -> RegisterSummary:
    """Import a list into the register `name` of a site.

    Raises `Invalid` for a header that does not fit; a bad row is refused by itself and never raises.
    """
    if rejects_path is not None and rejects_path.resolve() == list_file.path.resolve():
        raise Invalid(Reason("file", "the rejects would overwrite what is brought in; name another file"))
    register, where = _find_register(desk, name), find_site(desk, site)
    names = ColumnNames(
        word for field in register.fields.values() for word in (*field.title.values(), field.name)
    )
    with open_table(list_file.path, list_file.layout, names) as (records, layout):
        columns = _match_columns(register, records.header, list_file.skip)
        reader = CellReader(
            times=TimeReader(_site_zone(desk, where), day_first=list_file.day_first),
            numbers=NumberReader(list_file.decimal),
            directory=desk.people.directory(where),
            organisation=desk.definitions.company().organisation,
            names=frozenset([register.key]),
        )
        with Rejects(rejects_path, layout, records.header) as rejects:
            nameless = [not cell.strip() and cell not in list_file.skip for cell in records.header]
            summary = _RegisterImport(desk, where, register, columns, nameless, reader, rejects).import_rows(
                records, progress or ignore_progress
            )
        return replace(summary, described=layout.description)


def _find_register(desk: Desk, name: str) -> Register:
    known = desk.definitions.company().registers
    if name not in known:
        raise NotFound(
            Reason("unknown-register", f"there is no register {name!r}{did_you_mean(name, known)}")
        )
    return known[name]


def _site_zone(desk: Desk, site: str) -> ZoneInfo:
    return ZoneInfo(next(each.zone for each in desk.people.sites() if each.id == site))


def _match_columns(register: Register, header: Sequence[str], skip: Sequence[str]) -> list[Field | None]:
    """The register's column for each column of the list; None for one that is skipped."""
    by_title = {
        identity(word): field
        for field in register.fields.values()
        for word in (*field.title.values(), field.name)
    }
    found = [None if cell in skip or not cell.strip() else by_title.get(identity(cell)) for cell in header]
    reasons = [
        f"{register.name} has no column {cell!r}{did_you_mean(cell, register.fields)} (--skip leaves it out)"
        for cell, field in zip(header, found, strict=True)
        if field is None and cell.strip() and cell not in skip
    ]
    names = [field.name for field in found if field]
    reasons += [f"two columns are both {name}" for name in sorted({n for n in names if names.count(n) > 1})]
    if register.key not in names:
        reasons.append(f"the list has no column {register.key!r}, which names an entry")
    if reasons:
        raise Invalid([Reason("file", each) for each in reasons])
    return found


class _RegisterImport:
    """One import: reads and writes the rows, and counts."""

    def __init__(
        self,
        desk: Desk,
        site: str,
        register: Register,
        columns: Sequence[Field | None],
        nameless: Sequence[bool],
        reader: CellReader,
        rejects: Rejects,
    ) -> None:
        self._desk, self._site, self._register = desk, site, register
        self._columns, self._reader, self._rejects = columns, reader, rejects
        self._nameless = nameless
        self._headings: dict[str, str] = {}  # column of the register -> what the list calls it
        self._now = wallclock.now()
        self._seen: dict[str, int] = {}
        self._read = self._changed = 0

    def import_rows(self, rows: TableRows, progress: ImportProgress) -> RegisterSummary:
        """Import all rows, one batch per transaction."""
        self._headings = {
            column.name: name_column(rows.header, place)
            for place, column in enumerate(self._columns)
            if column is not None
        }
        batch: list[EntryWrite] = []
        for row in rows:
            self._read += 1
            filing = self._read_entry_write(row)
            batch += [filing] if filing else []
            if len(batch) >= BATCH:
                self._write(batch)
                batch = []
            progress(self._read, rows.expected)
        self._write(batch)
        return RegisterSummary(
            read=self._read,
            changed=self._changed,
            rejected=self._rejects.count,
            examples=tuple(self._rejects.examples),
        )

    def _write(self, batch: Sequence[EntryWrite]) -> None:
        for again in (True, True, False) if batch else ():
            try:
                self._changed += self._desk.store.entries.write(self._site, batch, IMPORTER, self._now)
                return
            except Conflict:  # somebody writes one of them at this moment
                if not again:
                    raise

    def _read_entry_write(self, row: TableRow) -> EntryWrite | None:
        """The write of a row; None if it was refused."""
        if row.fault:
            self._rejects.add(row.line, row.cells, [row.fault])
            return None
        values, reasons = self._read_values(row)
        if self._is_total_row(row):
            reasons = ["a row of totals is no entry"]
        if not reasons:
            try:
                filing = parse_entry(self._register, values, self._reader.organisation)
                reasons = self._find_duplicate(filing, row.line)
            except Invalid as invalid:
                reasons = [self._describe(each) for each in invalid.reasons]
        if reasons:
            self._rejects.add(row.line, row.cells, reasons)
            return None
        return filing

    def _is_total_row(self, row: TableRow) -> bool:
        """Whether the row is a total: `Total` stands where the name of an entry belongs, or before it."""
        keys = [
            index
            for index, column in enumerate(self._columns)
            if column and column.name == self._register.key
        ]
        return any(is_total(cell) for cell in row.cells[: keys[0] + 1])

    def _read_values(self, row: TableRow) -> tuple[dict[str, object], list[str]]:
        values: dict[str, object] = {}
        reasons: list[str] = []
        for place, (column, cell) in enumerate(zip(self._columns, row.cells, strict=True), start=1):
            if self._nameless[place - 1] and cell.strip():
                reasons.append(
                    f"column {place} has no name, and says {cell.strip()[:60]!r} (--skip '' leaves it out)"
                )
            if column is not None:
                try:
                    values[column.name] = self._reader.read_value(cell, column)
                except UnreadableCell as error:
                    reasons.append(f"{self._headings[column.name]}: {error}")
        return values, reasons

    def _describe(self, reason: Reason) -> str:
        """The reason with the list's own name of its column, instead of the place in the entry that it has in
        a program (`rooms[0].area`)."""
        place = reason.field or ""
        heading = self._headings.get(re.split(r"[.\[]", place, maxsplit=1)[0])
        if heading is None:
            return reason.message
        what = reason.message.removeprefix(place)
        return f"{heading}{what}" if what != reason.message else f"{heading}: {what}"

    def _find_duplicate(self, filing: EntryWrite, line: int) -> list[str]:
        first = self._seen.setdefault(filing.key, line)
        return [] if first == line else [f"{filing.key!r} stands in line {first} already"]
