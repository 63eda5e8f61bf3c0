"""From rows to what happened: when a ticket was opened, with which form, and the steps that followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from service.importing.mapping import Act, Map, When
from service.importing.records import Record
from service.importing.values import Times, Unfit, value_of
from workflows.core.commands import Actor
from workflows.language.definition import Definition
from workflows.timing.instants import Instant, rfc3339

_LONGEST_NOTE = 2_000
Cells = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act with its moment and its form, ready to be asked of the engine. Without a `trigger` it opens."""

    at: Instant
    actor: Actor
    data: Mapping[str, object]
    note: str
    line: int
    trigger: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as the file tells of it. `blocked` is what is wrong with the row after the last good step."""

    key: str
    opening: Deed
    steps: tuple[Deed, ...] = ()
    blocked: tuple[int, tuple[str, ...]] | None = None
    rows: tuple[Record, ...] = ()

    @property
    def digest(self) -> bytes:
        """Tells two accounts of one case apart."""
        told = [
            [deed.at, deed.actor.id, deed.note, dict(deed.data), deed.trigger]
            for deed in (self.opening, *self.steps)
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


class Untold(Exception):  # noqa: N818 - what the row is
    """A row that does not tell what it should, with every reason."""

    def __init__(self, reasons: Sequence[str], line: int) -> None:
        super().__init__("; ".join(reasons))
        self.reasons, self.line = tuple(reasons), line


class Teller:
    """Reads cases out of rows by a map. `now` is the present: nothing happened after it."""

    def __init__(self, mapped: Map, definition: Definition, header: Sequence[str], now: Instant) -> None:
        self._map, self._definition, self._now = mapped, definition, now
        self._header = tuple(header)
        self._times = Times(mapped.zone, mapped.times)
        self._actors: dict[tuple[str, str], Actor] = {}

    def key(self, record: Record) -> str:
        """The source's own name of the case. Untold if the row is spoilt or has none."""
        if record.fault:
            raise Untold([record.fault], record.line)
        key = self._cells(record)[self._map.key].strip()
        if not key:
            raise Untold([f"{self._map.key}: the key is missing"], record.line)
        return key

    def _cells(self, record: Record) -> Cells:
        return dict(zip(self._header, record.cells, strict=True))

    def row(self, record: Record) -> Case:
        """The case that one row tells of. Untold with every reason."""
        key, cells, reasons = self.key(record), self._cells(record), list[str]()
        taken = [act for act in self._map.steps if _happened(act.when, cells)]
        deeds = [self._deed(act, cells, record.line, reasons) for act in (self._map.opening, *taken)]
        whole = tuple(deed for deed in deeds if deed is not None)
        if not reasons:
            whole = tuple(self._ordered(whole, reasons))
        if reasons:
            raise Untold(reasons, record.line)
        return Case(key=key, opening=whole[0], steps=whole[1:])

    def log(self, key: str, records: Sequence[Record]) -> Case:
        """The case that several rows tell of. Untold if it cannot be opened; a later bad row ends it."""
        records = self._sorted(records)
        first, reasons = records[0], list[str]()
        opening = self._deed(self._map.opening, self._cells(first), first.line, reasons)
        if opening is None:
            raise Untold(reasons, first.line)
        deeds, blocked = [opening], None
        for record in records:
            try:
                deeds += self._event(record, deeds[-1])
            except Untold as error:
                blocked = (record.line, error.reasons)
                break
        return Case(key=key, opening=opening, steps=tuple(deeds[1:]), blocked=blocked, rows=tuple(records))

    def _sorted(self, records: Sequence[Record]) -> list[Record]:
        """By the column `order`, else by time; rows that say neither stay behind the row before them."""
        place = 0.0
        keyed: list[tuple[float, Record]] = []
        for record in records:
            place = self._place(record, place)
            keyed.append((place, record))
        return [record for _, record in sorted(keyed, key=lambda pair: pair[0])]

    def _place(self, record: Record, before: float) -> float:
        cells = self._cells(record)
        try:
            if self._map.order:
                return float(cells[self._map.order])
            return self._times.instant(cells[self._map.opening.at])
        except ValueError:
            return before

    def _event(self, record: Record, before: Deed) -> Iterator[Deed]:
        cells, reasons = self._cells(record), list[str]()
        activity = cells[self._map.activity or ""].strip()
        if activity not in self._map.events:
            raise Untold([f"{self._map.activity}: the map has no event {activity!r}"], record.line)
        act = self._map.events[activity]
        if act is None:
            return
        deed = self._deed(act, cells, record.line, reasons)
        if deed is not None:
            yield from list(self._ordered((before, deed), reasons))[1:]
        if reasons:
            raise Untold(reasons, record.line)

    def _deed(self, act: Act, cells: Cells, line: int, reasons: list[str]) -> Deed | None:
        """The act with what the row says of it; None, and the reasons, if it says it badly."""
        found = len(reasons)
        at = _tried(lambda: self._moment(cells[act.at]), act.at, reasons)
        data = dict(self._form(act, cells, reasons))
        note = cells[act.note].strip() if act.note else ""
        if len(note) > _LONGEST_NOTE:
            reasons.append(f"{act.note}: a note of {len(note):,} characters; the most is {_LONGEST_NOTE:,}")
        if at is None or len(reasons) > found:
            return None
        actor = self._actor(act.role, cells[act.by].strip() if act.by else "")
        return Deed(at=at, actor=actor, data=data, note=note, line=line, trigger=act.trigger)

    def _moment(self, text: str) -> Instant:
        if not text.strip():
            raise Unfit("the time is missing")
        at = self._times.instant(text)
        if at > self._now:
            raise Unfit(f"{text!r} lies in the future")
        return at

    def _form(self, act: Act, cells: Cells, reasons: list[str]) -> Iterator[tuple[str, object]]:
        for name, source in act.fields.items():
            field = self._definition.fields[name]
            where = " + ".join(source.columns) or name
            value = _tried(lambda s=source, f=field: value_of(s, cells, f, self._times), where, reasons)  # type: ignore[misc]
            if value is not None:
                yield name, value

    def _actor(self, role: str, by: str) -> Actor:
        who = (role, by[:80])
        if who not in self._actors:
            self._actors[who] = Actor(
                id=f"import:{who[1]}" if who[1] else "import",
                name=who[1] or "import",
                roles=frozenset({role}),
                surface="import",
            )
        return self._actors[who]

    def _ordered(self, deeds: Sequence[Deed], reasons: list[str]) -> Iterator[Deed]:
        """The deeds in an order of time that cannot run backwards: such a step is refused, or held."""
        last = deeds[0].at
        for deed in deeds:
            if deed.at < last and not self._map.hold:
                reasons.append(f"{deed.trigger} at {rfc3339(deed.at)} lies before {rfc3339(last)}")
            elif deed.at < last:
                yield replace(deed, at=last, note=f"{deed.note} [{rfc3339(deed.at)}]".strip())
            else:
                last = deed.at
                yield deed


def _happened(when: When | None, cells: Cells) -> bool:
    if when is None:
        return True
    said = cells[when.column].strip()
    return said in when.equals if when.equals is not None else bool(said)


def _tried(read: Callable[[], T], where: str, reasons: list[str]) -> T | None:
    try:
        return read()
    except Unfit as error:
        reasons.append(f"{where}: {error}")
        return None
