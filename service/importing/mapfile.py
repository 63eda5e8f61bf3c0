"""Reads a map (YAML), and says of everything in it that cannot be used where it stands and what was meant."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from service.importing.mapping import Act, Map, Source, When
from service.importing.mapshape import IGNORE, MapShape
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition
from workflows.language.files.source import Source as Text
from workflows.language.forms.field import FieldType
from workflows.language.problems import Path, Problem, Report
from workflows.language.shapes.shaping import shaped
from workflows.timing.problems import did_you_mean

UNREADABLE = frozenset({FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT, FieldType.FIGURES})
_LOG = ("case", "order", "activity", "events")
_ROW = ("key", "steps")


class MapText:
    """A map as written. `columns`, `bind` and `said` are used in this order; any may raise `Invalid`."""

    def __init__(self, file: FilePath) -> None:
        self._text = Text(file.read_bytes(), str(file))
        self._report = self._text.report()
        self._said = shaped(self._text.data, MapShape(), self._report) if self._text.whole else {}
        self._check_form()
        _refuse((*self._text.problems, *self._report.problems))
        self.map = self._map()

    def _check_form(self) -> None:
        """One row a ticket, or one row an event: what belongs to the other is refused."""
        said, log = self._said, "case" in self._said
        if self._text.whole and not log and "key" not in said:
            self._report.add((), "say which column is the `key` of a ticket, or the `case` of an event")
        for key in _ROW if log else _LOG:
            if key in said:
                rows = "one row an event (`case`)" if log else "one row a ticket (`key`)"
                self._report.add((key,), f"{key!r} does not belong to a file with {rows}", key=True)
        for key in ("activity", "events"):
            if log and key not in said:
                self._report.add((), f"a file with one row an event needs {key!r}")
        self._check_manner(said)

    def _check_manner(self, said: Mapping[str, Any]) -> None:
        if not _encoding(said.get("encoding", "utf-8")):
            self._report.add(("encoding",), f"{said['encoding']!r} is no text encoding known here")
        if len(said.get("delimiter", ",")) != 1:
            self._report.add(("delimiter",), "the delimiter is one character")
        if _zone(said.get("zone", "UTC")) is None:
            self._report.add(("zone",), f"{said['zone']!r} is no time zone; write it as Asia/Shanghai")

    def _map(self) -> Map:
        said = self._said
        opening = _act(said["open"], said["open"]["role"], said.get("fields_"))
        encoding = said.get("encoding", "utf-8")
        return Map(
            name=said["name"],
            workflow=said["workflow"],
            key=said.get("case") or said["key"],
            opening=opening,
            steps=tuple(_act(step, opening.role) for step in said.get("steps", ())),
            activity=said.get("activity"),
            order=said.get("order"),
            events={name: _event(each, opening) for name, each in said.get("events", {}).items()},
            encoding="utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding,
            delimiter=said.get("delimiter", ","),
            zone=_zone(said.get("zone", "UTC")) or ZoneInfo("UTC"),
            times=said.get("times", ()),
            hold=said.get("backwards") == "hold",
        )

    def bind(self, header: Iterable[str], definition: Definition) -> Map:
        """The map, once every column is known to be in the file and every name in the definition."""
        _Binding(self._report, tuple(header), definition).check(self.map)
        _refuse(self._report.problems)
        return self.map


class _Binding:
    """Holds a map against the file's header and the process's names."""

    def __init__(self, report: Report, header: tuple[str, ...], definition: Definition) -> None:
        self._report, self._header, self._definition = report, header, definition

    def check(self, mapped: Map) -> None:
        """Report every name that is not there."""
        self._column(mapped.key, ("case",) if mapped.activity else ("key",))
        self._column(mapped.order, ("order",))
        self._column(mapped.activity, ("activity",))
        self._act(mapped.opening, ("open",), ("fields",), self._definition.start.fields)
        for index, step in enumerate(mapped.steps):
            self._step(step, ("steps", index))
        for name, event in mapped.events.items():
            if event is not None:
                self._step(event, ("events", name))

    def _step(self, act: Act, path: Path) -> None:
        known = self._definition.triggers
        if act.trigger not in known:
            where = path if path[0] == "events" else (*path, "trigger")
            self._report.add(where, f"unknown trigger {act.trigger!r}{did_you_mean(act.trigger, known)}")
            return
        rows = [row for row in self._definition.transitions if row.trigger == act.trigger]
        names = dict.fromkeys(name for row in rows for name in row.fields)
        self._act(act, path, (*path, "fields"), tuple(names))

    def _act(self, act: Act, path: Path, fields: Path, known: tuple[str, ...]) -> None:
        for key in ("at", "by", "note"):
            self._column(getattr(act, key), (*path, key))
        if act.when is not None:
            self._column(act.when.column, (*path, "when"))
        roles = self._definition.organisation.roles
        if act.role not in roles:
            self._report.add((*path, "as"), f"unknown role {act.role!r}{did_you_mean(act.role, roles)}")
        for name, source in act.fields.items():
            self._field(name, source, (*fields, name), known)

    def _field(self, name: str, source: Source, path: Path, known: tuple[str, ...]) -> None:
        for column in source.columns:
            self._column(column, path)
        if name not in known:
            self._report.add(path, f"the form has no field {name!r}{did_you_mean(name, known)}", key=True)
        elif (kind := self._definition.fields[name].type) in UNREADABLE:
            self._report.add(path, f"a {kind} field cannot be brought in from columns", key=True)

    def _column(self, column: str | None, path: Path) -> None:
        if column is not None and column not in self._header:
            meant = did_you_mean(column, self._header)
            self._report.add(path, f"the file has no column {column!r}{meant}")


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise Invalid(
            Reason("map", str(problem), field=f"{problem.line}:{problem.column}") for problem in problems
        )


def _act(said: Mapping[str, Any], role: str, fields: Mapping[str, Any] | None = None, at: str = "") -> Act:
    when = said.get("when")
    return Act(
        at=said.get("at", at),
        role=said.get("role", role),
        trigger=said.get("trigger"),
        by=said.get("by"),
        note=said.get("note"),
        when=None if when is None else _when(when),
        fields={name: _source(each) for name, each in (fields or said.get("fields_") or {}).items()},
    )


def _event(said: Any, opening: Act) -> Act | None:
    if said == IGNORE:
        return None
    event = {"trigger": said} if isinstance(said, str) else said
    return _act({"by": opening.by} | event, opening.role, at=opening.at)


def _when(said: Any) -> When:
    if isinstance(said, str):
        return When(column=said)
    equals = said.get("equals")
    return When(column=said["column"], equals=None if equals is None else tuple(map(_as_written, equals)))


def _as_written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(said: Any) -> Source:
    if isinstance(said, str):
        return Source(columns=(said,))
    return Source(
        columns=(said["column"],) if "column" in said else tuple(said.get("join", ())),
        separator=str(said.get("separator", " ")),
        constant=said.get("value"),
        times=said.get("times", ()),
        words=said.get("map"),
        otherwise=said.get("otherwise"),
        slug=said.get("slug", False),
        default=said.get("default"),
        drop_unlisted=said.get("unlisted") == "empty",
    )


def _encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
