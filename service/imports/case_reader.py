"""Reads cases from rows: when a ticket was opened, with which form, and the steps that followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from service.imports.actors import ActorResolver
from service.imports.cells import CellReader, NumberReader, TimeReader, UnreadableCell
from service.imports.cells.cell import is_total, require_text, require_value
from service.imports.csv_rows import TableRow
from service.imports.import_map import SEPARATOR, ImportMap, MappedStep
from service.imports.values import matches, read_value
from workflows.core.commands import Actor
from workflows.core.people import Directory
from workflows.language.definition import Definition
from workflows.timing.instants import Instant, rfc3339

_LONGEST_NOTE = 2_000
Cells = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """A step with its instant and its form, ready to become a command. Without a `trigger` it opens the
    ticket."""

    at: Instant
    actor: Actor
    data: Mapping[str, object]
    note: str
    line: int
    trigger: str | None = None
    amends: bool = False  # it puts right what a ticket was opened with


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as the file describes it. `blocked` is what is wrong with the row after the last good step."""

    key: str
    opening: CaseStep
    steps: tuple[CaseStep, ...] = ()
    blocked: tuple[int, tuple[str, ...]] | None = None
    rows: tuple[TableRow, ...] = ()


class BadRow(Exception):  # noqa: N818 - what the row is
    """A row that cannot be read, with every reason."""

    def __init__(self, reasons: Sequence[str], line: int) -> None:
        super().__init__("; ".join(reasons))
        self.reasons, self.line = tuple(reasons), line


class CaseReader:
    """Reads cases from rows by a map. `now` is the present: later instants are refused."""

    def __init__(
        self,
        import_map: ImportMap,
        definition: Definition,
        header: Sequence[str],
        now: Instant,
        directory: Directory,
    ) -> None:
        self._map, self._definition, self._now = import_map, definition, now
        self._header = tuple(header)
        self._times = TimeReader(
            import_map.zone or ZoneInfo(directory.zone), import_map.times, import_map.day_first
        )
        self._reader = CellReader(
            times=self._times,
            numbers=NumberReader(import_map.decimal),
            directory=directory,
            organisation=definition.organisation,
        )
        self._actors = ActorResolver(directory, import_map.separation is not None)

    def read_key(self, row: TableRow) -> str:
        """The source's key of the case. BadRow if the row is damaged or has no key."""
        if row.fault:
            raise BadRow([row.fault], row.line)
        reasons: list[str] = []
        cells, where = self._cells(row), SEPARATOR.join(self._map.key)
        parts = [_try_read(partial(_read_key_part, cells[n]), n, reasons) for n in self._map.key]
        if reasons:
            raise BadRow(reasons, row.line)
        if not any(parts):
            raise BadRow([f"{where}: the key is missing"], row.line)
        if is_total(parts[0] or ""):
            raise BadRow([f"{where}: a row of totals tells of no ticket"], row.line)
        return SEPARATOR.join(part or "" for part in parts)

    def _cells(self, row: TableRow) -> Cells:
        return dict(zip(self._header, row.cells, strict=True))

    def case(self, key: str, rows: Sequence[TableRow]) -> Case:
        """The case of these rows: one row, or the rows of an event log."""
        return self.read_events(key, rows) if self._map.activity else self.read_row(rows[0])

    def read_row(self, row: TableRow) -> Case:
        """The case of one row. Raises BadRow with every reason."""
        key, cells, reasons = self.read_key(row), self._cells(row), list[str]()
        taken = [act for act in self._map.steps if matches(act.when, cells, self._map.empty)]
        steps = [self._read_step(act, cells, row.line, reasons) for act in (self._map.opening, *taken)]
        whole = tuple(step for step in steps if step is not None)
        if not reasons:
            whole = tuple(self._order_steps(whole, reasons))
        if reasons:
            raise BadRow(reasons, row.line)
        return Case(key=key, opening=whole[0], steps=whole[1:])

    def read_events(self, key: str, rows: Sequence[TableRow]) -> Case:
        """The case of several event rows. BadRow if it cannot be opened; a later bad row ends it."""
        rows = self._sort_rows(rows)
        first, reasons = rows[0], list[str]()
        opening = self._read_step(self._map.opening, self._cells(first), first.line, reasons)
        if opening is None:
            raise BadRow(reasons, first.line)
        steps, blocked = [opening], None
        for row in rows:
            try:
                steps += self._read_event(row, steps[-1])
            except BadRow as error:
                blocked = (row.line, error.reasons)
                break
        return Case(key=key, opening=opening, steps=tuple(steps[1:]), blocked=blocked, rows=tuple(rows))

    def _sort_rows(self, rows: Sequence[TableRow]) -> list[TableRow]:
        """Rows by the column `order`, else by time; a row without either stays behind the one before it."""
        sort_key = 0.0
        keyed: list[tuple[float, TableRow]] = []
        for row in rows:
            sort_key = self._sort_key(row, sort_key)
            keyed.append((sort_key, row))
        return [record for _, record in sorted(keyed, key=lambda pair: pair[0])]

    def _sort_key(self, row: TableRow, before: float) -> float:
        cells = self._cells(row)
        try:
            if self._map.order:
                return float(cells[self._map.order])
            return self._times.read_instant(cells[self._map.opening.at])
        except ValueError:
            return before

    def _read_event(self, row: TableRow, before: CaseStep) -> Iterator[CaseStep]:
        cells, reasons = self._cells(row), list[str]()
        activity = SEPARATOR.join(cells[column].strip() for column in self._map.activity)
        if activity not in self._map.events:
            where = SEPARATOR.join(self._map.activity)
            raise BadRow([f"{where}: the map has no event {activity!r}"], row.line)
        mapped = self._map.events[activity]
        if mapped is None:
            return
        step = self._read_step(mapped, cells, row.line, reasons)
        if step is not None:
            yield from list(self._order_steps((before, step), reasons))[1:]
        if reasons:
            raise BadRow(reasons, row.line)

    def _read_step(self, mapped: MappedStep, cells: Cells, line: int, reasons: list[str]) -> CaseStep | None:
        """The step of a row; None if it cannot be read, and the reasons are added to `reasons`."""
        found = len(reasons)
        at = _try_read(lambda: self._read_time(cells[mapped.at]), mapped.at, reasons)
        data = dict(self._read_fields(mapped, cells, reasons))
        note = cells[mapped.note].strip() if mapped.note else ""
        if len(note) > _LONGEST_NOTE:
            reasons.append(
                f"{mapped.note}: a note of {len(note):,} characters; the most is {_LONGEST_NOTE:,}"
            )
        actor = _try_read(lambda: self._actors.resolve(mapped, cells), mapped.by.column or "by", reasons)
        if at is None or actor is None or len(reasons) > found:
            return None
        for name, source in mapped.fields.items():
            if source.after_step and name in data:
                data[name] = max(str(data[name]), rfc3339(at + 1))
        if self._map.separation and mapped.trigger in self._definition.separations:
            note = f"{note} [separation of duties set aside: {self._map.separation}]".strip()
        return CaseStep(at=at, actor=actor, data=data, note=note, line=line, trigger=mapped.trigger)

    def _read_time(self, text: str) -> Instant:
        if not text.strip():
            raise UnreadableCell("the time is missing")
        at = self._times.read_instant(require_value(text))
        if at > self._now:
            raise UnreadableCell(f"{text!r} lies in the future")
        return at

    def _read_fields(
        self, mapped: MappedStep, cells: Cells, reasons: list[str]
    ) -> Iterator[tuple[str, object]]:
        for name, source in mapped.fields.items():
            field = self._definition.fields[name]
            where = " + ".join(source.columns) or name
            value = _try_read(partial(read_value, source, cells, field, self._reader), where, reasons)
            if value is not None:
                yield name, value

    def _order_steps(self, steps: Sequence[CaseStep], reasons: list[str]) -> Iterator[CaseStep]:
        """The steps in an order in which time does not run backwards: a step that breaks it is refused, or
        delayed."""
        last = steps[0].at
        for step in steps:
            if step.at < last and not self._map.hold:
                reasons.append(f"{step.trigger} at {rfc3339(step.at)} lies before {rfc3339(last)}")
            elif step.at < last:
                yield replace(step, at=last, note=f"{step.note} [{rfc3339(step.at)}]".strip())
            else:
                last = step.at
                yield step


def _read_key_part(cell: str) -> str:
    """The part of the case's key in this cell."""
    return require_text(require_value(cell))


def _try_read(read: Callable[[], T], where: str, reasons: list[str]) -> T | None:
    try:
        return read()
    except UnreadableCell as error:
        reasons.append(f"{where}: {error}")
        return None
