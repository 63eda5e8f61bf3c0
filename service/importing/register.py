"""Lists brought into a register: good rows go in, bad ones to the rejects with their line, none is lost.

Brought in once more, a list adds nothing. Columns are named as in registers.yaml, or by their titles in any
language; a column that the list does not have stays as it was, an empty cell empties it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from service import wallclock
from service.importing.records import Record, Records, opened
from service.importing.register_cells import Cells
from service.importing.rejects import Rejects
from service.importing.run import Progress, site_named, unheard
from service.importing.sheets import WORKBOOKS, Sheet
from service.importing.values import Times, Unfit
from service.wiring import Desk
from workflows.core.commands import Actor
from workflows.core.filing import written
from workflows.core.records import Filing
from workflows.errors import Invalid, NotFound, Reason
from workflows.language.forms.field import Field
from workflows.language.forms.register import Register
from workflows.storage.conflicts import Conflict
from workflows.timing.problems import did_you_mean

BATCH = 200  # entries in a transaction
IMPORTER = Actor(id="import", name="import", surface="import")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What an import came to. `examples` are the first refused rows with their reasons."""

    read: int
    changed: int
    rejected: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """A list to be brought in: a workbook, or a CSV file (which may be gzipped)."""

    path: Path
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    skip: tuple[str, ...] = ()  # columns that are left out

    @contextmanager
    def opened(self) -> Iterator[Records | Sheet]:
        """Its rows. `Invalid` if there is no usable header."""
        if self.path.suffix.lower() in WORKBOOKS:
            yield Sheet(self.path)
            return
        with opened(self.path, self.encoding) as stream:
            yield Records(stream, self.delimiter)


def import_register(
    desk: Desk,
    name: str,
    listed: List,
    site: str | None = None,
    rejects_path: Path | None = None,
    progress: Progress | None = None,
) -> Brought:
    """Bring a list into the register `name` of a site.

    Raises `Invalid` for a header that does not fit; a bad row is refused by itself and never raises.
    """
    if rejects_path is not None and rejects_path.resolve() == listed.path.resolve():
        raise Invalid(Reason("file", "the rejects would overwrite what is brought in; name another file"))
    register, where = _register(desk, name), site_named(desk, site)
    with listed.opened() as records:
        columns = _columns(register, records.header, listed.skip)
        cells = Cells(_times(desk, where), desk.people.directory(where), desk.library.company().organisation)
        with Rejects(rejects_path, listed.encoding, listed.delimiter, records.header) as rejects:
            return _Run(desk, where, register, columns, cells, rejects).bring(records, progress or unheard)


def _register(desk: Desk, name: str) -> Register:
    known = desk.library.company().registers
    if name not in known:
        raise NotFound(
            Reason("unknown-register", f"there is no register {name!r}{did_you_mean(name, known)}")
        )
    return known[name]


def _times(desk: Desk, site: str) -> Times:
    return Times(ZoneInfo(next(each.zone for each in desk.people.sites() if each.id == site)))


def _columns(register: Register, header: Sequence[str], skip: Sequence[str]) -> list[Field | None]:
    """The column that each one of the list is; None for one that is left out."""
    by_title = {
        word.casefold(): field
        for field in register.fields.values()
        for word in (*field.title.values(), field.name)
    }
    found = [None if cell in skip or not cell else by_title.get(cell.strip().casefold()) for cell in header]
    reasons = [
        f"{register.name} has no column {cell!r}{did_you_mean(cell, register.fields)} (--skip leaves it out)"
        for cell, field in zip(header, found, strict=True)
        if field is None and cell and cell not in skip
    ]
    names = [field.name for field in found if field]
    reasons += [f"two columns are both {name}" for name in sorted({n for n in names if names.count(n) > 1})]
    if register.key not in names:
        reasons.append(f"the list has no column {register.key!r}, which names an entry")
    if reasons:
        raise Invalid([Reason("file", each) for each in reasons])
    return found


class _Run:
    """One import."""

    def __init__(
        self,
        desk: Desk,
        site: str,
        register: Register,
        columns: Sequence[Field | None],
        cells: Cells,
        rejects: Rejects,
    ) -> None:
        self._desk, self._site, self._register = desk, site, register
        self._columns, self._cells, self._rejects = columns, cells, rejects
        self._now = wallclock.now()
        self._seen: dict[str, int] = {}
        self._read = self._changed = 0

    def bring(self, records: Iterable[Record], progress: Progress) -> Brought:
        """All rows, a batch in a transaction."""
        batch: list[Filing] = []
        for record in records:
            self._read += 1
            filing = self._filing(record)
            batch += [filing] if filing else []
            if len(batch) >= BATCH:
                self._write(batch)
                batch = []
            progress(self._read)
        self._write(batch)
        return Brought(
            read=self._read,
            changed=self._changed,
            rejected=self._rejects.count,
            examples=tuple(self._rejects.examples),
        )

    def _write(self, batch: Sequence[Filing]) -> None:
        for again in (True, True, False) if batch else ():
            try:
                self._changed += self._desk.store.entries.file(self._site, batch, IMPORTER, self._now)
                return
            except Conflict:  # somebody writes one of them at this moment
                if not again:
                    raise

    def _filing(self, record: Record) -> Filing | None:
        """What a row says; None if it was refused."""
        if record.fault:
            self._rejects.add(record.line, record.cells, [record.fault])
            return None
        values, reasons = self._values(record)
        if not reasons:
            try:
                filing = written(self._register, values, self._cells.organisation)
                reasons = self._repeated(filing, record.line)
            except Invalid as invalid:
                reasons = [reason.message for reason in invalid.reasons]
        if reasons:
            self._rejects.add(record.line, record.cells, reasons)
            return None
        return filing

    def _values(self, record: Record) -> tuple[dict[str, object], list[str]]:
        values: dict[str, object] = {}
        reasons: list[str] = []
        for column, cell in zip(self._columns, record.cells, strict=True):
            if column is not None:
                try:
                    values[column.name] = self._cells.value(cell, column)
                except Unfit as error:
                    reasons.append(f"{column.name}: {error}")
        return values, reasons

    def _repeated(self, filing: Filing, line: int) -> list[str]:
        first = self._seen.setdefault(filing.key, line)
        return [] if first == line else [f"{filing.key!r} stands in line {first} already"]
