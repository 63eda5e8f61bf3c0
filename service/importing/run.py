"""One import from the first row to the summary: good rows go in, bad ones go to the rejects, none is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service import wallclock
from service.importing.bringing import Bringer
from service.importing.cases import Case, Teller, Untold
from service.importing.mapfile import MapText
from service.importing.records import Record, Records, opened
from service.importing.rejects import Rejects
from service.wiring import Desk
from workflows.errors import Invalid, NotFound, Reason
from workflows.timing.problems import did_you_mean

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an import came to. `examples` are the first refused rows with their reasons."""

    read: int
    opened: int
    steps: int
    skipped: int
    rejected: int
    examples: tuple[str, ...] = ()


def import_file(
    desk: Desk,
    path: Path,
    map_path: Path,
    site: str | None = None,
    rejects_path: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Bring in the rows of a CSV file (which may be gzipped) as the map says.

    `progress` hears how many more rows have been dealt with. Raises `Invalid` with every problem of the map,
    or if the file has no usable header; a bad row is refused by itself and never raises.
    """
    text = MapText(map_path)
    definition = desk.library.latest(text.map.workflow)
    where = site_named(desk, site)
    if rejects_path is not None and rejects_path.resolve() in (path.resolve(), map_path.resolve()):
        raise Invalid(Reason("file", "the rejects would overwrite what is brought in; name another file"))
    now = wallclock.now()
    with opened(path, text.map.encoding) as stream:
        records = Records(stream, text.map.delimiter)
        mapped = text.bind(records.header, definition)
        teller = Teller(mapped, definition, records.header, now)
        bringer = Bringer(desk, where, mapped, definition, now)
        with Rejects(rejects_path, mapped.encoding, mapped.delimiter, records.header) as rejects:
            run = _Run(teller, bringer, rejects, progress or unheard)
            return run.log(records) if mapped.activity else run.rows(records)


def site_named(desk: Desk, named: str | None) -> str:
    """The site that is named, or the only one there is."""
    known = [site.id for site in desk.people.sites()]
    if named is None and len(known) == 1:
        return known[0]
    if named is None:
        raise Invalid(Reason("missing-field", f"say which site: {', '.join(known) or 'there is none yet'}"))
    if named not in known:
        raise NotFound(Reason("unknown-site", f"there is no site {named!r}{did_you_mean(named, known)}"))
    return named


def unheard(_rows: int) -> None:
    """Nobody follows the progress."""


class _Run:
    """Counts while the rows go by."""

    def __init__(self, teller: Teller, bringer: Bringer, rejects: Rejects, progress: Progress) -> None:
        self._teller, self._bringer, self._rejects, self._progress = teller, bringer, rejects, progress
        self._told: dict[str, tuple[int, bytes]] = {}
        self._read = self._opened = self._steps = self._skipped = 0

    def rows(self, records: Records) -> Summary:
        """A file with one row a ticket."""
        for record in records:
            self._read += 1
            try:
                self._row(record)
            except Untold as error:
                self._rejects.add(record.line, record.cells, error.reasons)
            self._progress(1)
        return self._summary()

    def _row(self, record: Record) -> None:
        case = self._teller.row(record)
        line, digest = self._told.setdefault(case.key, (record.line, case.digest))
        if line != record.line and digest != case.digest:
            raise Untold(
                [f"the key {case.key!r} stands in line {line} already, with other content"], record.line
            )
        if line != record.line:
            self._skipped += 1
        else:
            self._bring(case, (record,))

    def log(self, records: Records) -> Summary:
        """A file with one row an event. The rows of a case need not stand together, so all are read first."""
        for key, rows in self._cases(records):
            try:
                case = self._teller.log(key, rows)
            except Untold as error:
                self._refuse(rows, error.line, error.reasons)
            else:
                self._bring(case, case.rows)
            self._progress(len(rows))
        return self._summary()

    def _cases(self, records: Records) -> Iterator[tuple[str, Sequence[Record]]]:
        cases: dict[str, list[Record]] = {}
        for record in records:
            self._read += 1
            try:
                cases.setdefault(self._teller.key(record), []).append(record)
            except Untold as error:
                self._rejects.add(record.line, record.cells, error.reasons)
                self._progress(1)
        yield from cases.items()

    def _bring(self, case: Case, rows: Sequence[Record]) -> None:
        outcome = self._bringer.bring(case)
        self._opened += outcome.opened
        self._steps += outcome.steps
        if outcome.refused is not None:
            self._refuse(rows, *outcome.refused)
        elif not outcome.opened and not outcome.steps:
            self._skipped += len(rows)

    def _refuse(self, rows: Sequence[Record], line: int, reasons: Sequence[str]) -> None:
        """The row that was refused, and those of its case that come after it."""
        after = False
        for row in rows:
            if row.line == line:
                self._rejects.add(row.line, row.cells, reasons)
                after = True
            elif after:
                self._rejects.add(row.line, row.cells, [f"the case was refused in line {line}"])

    def _summary(self) -> Summary:
        return Summary(
            read=self._read,
            opened=self._opened,
            steps=self._steps,
            skipped=self._skipped,
            rejected=self._rejects.count,
            examples=tuple(self._rejects.examples),
        )
