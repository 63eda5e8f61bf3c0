"""One import, from the first row to the summary: good rows become tickets, bad ones go to the rejects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from service import wallclock
from service.bootstrap import Desk
from service.imports.case_importer import CaseImporter, CaseResult, CaseToImport
from service.imports.case_reader import BadRow, Case, CaseReader
from service.imports.csv_rows import TableRow
from service.imports.families import Family, Side, families
from service.imports.import_map import ImportMap, mapped_columns
from service.imports.layout import ColumnNames
from service.imports.map_reader import ImportMapText
from service.imports.rejects import Rejects
from service.imports.row_identity import RowIdentifier, TicketRows
from service.imports.table import TableRows, normalize_header, open_table
from workflows.errors import Invalid, NotFound, Reason
from workflows.language.definition import Definition
from workflows.suggestions import did_you_mean


class ImportProgress(Protocol):
    """A function that is called with the number of rows processed, and the estimated total."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


T = TypeVar("T")
_CHUNK = 500  # tickets that are looked up at once


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """The counts of an import. `examples` are the first refused rows with their reasons."""

    read: int
    opened: int
    steps: int
    skipped: int
    rejected: int
    examples: tuple[str, ...] = ()
    described: str = ""  # how the file was read


def import_file(
    desk: Desk,
    path: Path,
    map_path: Path,
    site: str | None = None,
    rejects_path: Path | None = None,
    progress: ImportProgress | None = None,
) -> ImportSummary:
    """Import the rows of a CSV file (which may be gzipped) or of a workbook by a map.

    `progress` is called with the rows processed. Raises `Invalid` with every problem of the map, or if the
    file has no usable header; a bad row is refused by itself and never raises.
    """
    text = ImportMapText(map_path)
    definition = desk.definitions.latest(text.map.workflow)
    site_id = find_site(desk, site)
    if rejects_path is not None and rejects_path.resolve() in (path.resolve(), map_path.resolve()):
        raise Invalid(Reason("file", "the rejects would overwrite what is brought in; name another file"))
    now = wallclock.now()
    with open_table(path, text.map.layout, ColumnNames(mapped_columns(text.map))) as (records, layout):
        header = normalize_header(records.header, mapped_columns(text.map))
        directory = desk.people.directory(site_id)
        below = desk.definitions.latest(text.map.children.workflow) if text.map.children else None
        import_map = text.bind(header, definition, directory, below)
        with Rejects(rejects_path, layout, records.header) as rejects, desk.definitions.without_rechecks():
            run = _CaseImport(rejects, progress or ignore_progress)

            def side(of: ImportMap, by: Definition) -> Side:
                reader = CaseReader(of, by, header, now, directory)
                identity = RowIdentifier(site_id, of, header, map_path.read_bytes(), directory.zone)
                return Side(reader, identity, CaseImporter(desk, site_id, of, by, now, run.record_result))

            if import_map.children and below:
                summary = run.families(
                    records, side(import_map, definition), side(import_map.children, below)
                )
            else:
                summary = (run.import_events if import_map.activity else run.import_rows)(
                    records, side(import_map, definition)
                )
        return replace(summary, described=layout.description)


def find_site(desk: Desk, named: str | None) -> str:
    """The id of the named site, or of the only one. Raises Invalid or NotFound."""
    known = [site.id for site in desk.people.sites()]
    if named is None and len(known) == 1:
        return known[0]
    if named is None:
        raise Invalid(Reason("missing-field", f"say which site: {', '.join(known) or 'there is none yet'}"))
    if named not in known:
        raise NotFound(Reason("unknown-site", f"there is no site {named!r}{did_you_mean(named, known)}"))
    return named


def ignore_progress(_done: int, _total: int | None = None, /) -> None:
    """A progress function that does nothing."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """An item, the id of its parent ticket, and the id that its row would have as a child."""

    item: TicketRows
    parent: str | None = None
    own: str | None = None


class _CaseImport:
    """One import: reads and writes the rows, and counts."""

    def __init__(self, rejects: Rejects, progress: ImportProgress) -> None:
        self._rejects, self._progress = rejects, progress
        self._seen_keys: dict[str, tuple[int, str]] = {}
        self._held: set[int] | None = None  # lines whose refusal may yet pass, while they are gathered
        self._rows_read = self._opened = self._steps = self._skipped = self._done = 0

    def import_rows(self, rows: TableRows, side: Side) -> ImportSummary:
        """Import a file with one row per ticket."""
        for chunk in split_chunks(rows, _CHUNK):
            items = [item for record in chunk if (item := self._identify_row(record, side)) is not None]
            self._import_cases([_Placed(item) for item in items], side)
            self._report_progress(rows, len(chunk))
        return self._finish(side)

    def families(self, records: TableRows, parents: Side, children: Side) -> ImportSummary:
        """Import a file in which the further rows of a key are children of the first one's ticket. The
        rows of a key may be anywhere in the file, so all are read first."""
        groups: dict[str, list[TicketRows]] = {}
        for record in records:
            item = self._identify_row(record, children)
            if item is None:
                self._report_progress(records, 1)
            else:
                groups.setdefault(parents.reader.read_key(record), []).append(item)
        for chunk in split_chunks(groups.items(), _CHUNK):
            cases = list(families(chunk, parents, children))
            firsts = [_Placed(each.parent, own=each.first.ticket) for each in cases if each.first]
            waiting = self._import_or_hold(firsts, parents)
            self._import_children(cases, parents, children)
            self._import_cases(waiting, parents)  # a parent may have waited for what its children tell
            parents.importer.flush()
            self._report_progress(records, sum(len(items) for _, items in chunk))
        return self._finish(parents)

    def _import_or_hold(self, placed: Sequence[_Placed], side: Side) -> list[_Placed]:
        """Import these; returns those the process refused, which are not in the rejects yet."""
        self._held = set()
        self._import_cases(placed, side)
        side.importer.flush()
        refused, self._held = self._held, None
        return [each for each in placed if each.item.rows[0].line in refused]

    def _import_children(self, found: Sequence[Family], parents: Side, children: Side) -> None:
        there = parents.importer.find_digests([each.parent.ticket for each in found])
        placed = []
        for each in found:
            if each.parent.ticket in there:
                placed += [_Placed(item, parent=each.parent.ticket) for item in each.further]
                continue
            for item in each.further:
                why = f"the row that opens the ticket of {each.parent.key!r} was not brought in"
                self._reject_rows(item.rows, item.rows[0].line, [why])
        self._import_cases(placed, children)
        children.importer.flush()

    def _identify_row(self, row: TableRow, side: Side) -> TicketRows | None:
        """The item of a row; None if it was refused, or occurred before."""
        self._rows_read += 1
        try:
            item = side.identity.identify(side.reader.read_key(row), (row,))
            line, digest = self._seen_keys.setdefault(item.key, (row.line, item.digest))
            if line == row.line:
                return item
            if digest != item.digest:
                why = f"the key {item.key!r} stands in line {line} already, with other content"
                raise BadRow([why], row.line)
        except BadRow as error:
            self._rejects.add(row.line, row.cells, error.reasons)
        else:
            self._skipped += 1
        return None

    def import_events(self, records: TableRows, side: Side) -> ImportSummary:
        """Import a file with one row per event. The rows of a case may be anywhere in the file, so all are
        read first."""
        for chunk in split_chunks(self._group_cases(records, side), _CHUNK):
            self._import_cases([_Placed(item) for item in chunk], side)
            self._report_progress(records, sum(len(item.rows) for item in chunk))
        return self._finish(side)

    def _group_cases(self, records: TableRows, side: Side) -> Iterator[TicketRows]:
        cases: dict[str, list[TableRow]] = {}
        for row in records:
            self._rows_read += 1
            try:
                cases.setdefault(side.reader.read_key(row), []).append(row)
            except BadRow as error:
                self._rejects.add(row.line, row.cells, error.reasons)
                self._report_progress(records, 1)
        for key, rows in cases.items():
            yield side.identity.identify(key, tuple(rows))

    def _import_cases(self, placed: Sequence[_Placed], side: Side) -> None:
        known = side.importer.find_digests([each.item.ticket for each in placed])
        for each in placed:
            item = each.item
            if known.get(item.ticket) == item.digest:
                self._skipped += len(item.rows)
                continue
            try:
                case = replace(side.reader.case(item.key, item.rows), rows=item.rows)
            except BadRow as error:
                self._reject_rows(item.rows, error.line, error.reasons)
            else:
                there = item.ticket in known
                to_import = CaseToImport(
                    case, item.ticket, item.digest, there, parent=each.parent, own=each.own
                )
                side.importer.import_case(to_import)

    def _report_progress(self, records: TableRows, more: int) -> None:
        self._done += more
        self._progress(self._done, records.expected)

    def record_result(self, case: Case, result: CaseResult) -> None:
        """Count the result of a case that was written, and reject its rows from the refused one on."""
        self._opened += result.opened
        self._steps += result.steps
        if result.refused is not None and self._held is not None:
            self._held.add(case.opening.line)
        elif result.refused is not None:
            self._reject_rows(case.rows, *result.refused)
        elif not result.opened and not result.steps:
            self._skipped += len(case.rows)

    def _reject_rows(self, rows: Sequence[TableRow], line: int, reasons: Sequence[str]) -> None:
        """Write the refused row, and those of its case after it, to the rejects."""
        after = False
        for row in rows:
            if row.line == line:
                self._rejects.add(row.line, row.cells, reasons)
                after = True
            elif after:
                self._rejects.add(row.line, row.cells, [f"the case was refused in line {line}"])

    def _finish(self, side: Side) -> ImportSummary:
        side.importer.flush()
        return ImportSummary(
            read=self._rows_read,
            opened=self._opened,
            steps=self._steps,
            skipped=self._skipped,
            rejected=self._rejects.count,
            examples=tuple(self._rejects.examples),
        )


def split_chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    remaining = iter(things)
    while chunk := list(islice(remaining, size)):
        yield chunk
