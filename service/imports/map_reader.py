"""Reads an import map (YAML); every problem is reported with line and column, and a suggestion."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.imports.import_map import ColumnSource, ImportMap, MappedStep
from service.imports.layout import Layout
from service.imports.map_acts import build_event, build_step, format_scalar
from service.imports.map_schema import DAY_FIRST, ImportMapSchema
from workflows.core.people import Directory
from workflows.errors import Invalid, Reason
from workflows.folding import identity
from workflows.language.checks.relatives import effects_of
from workflows.language.definition import Definition
from workflows.language.effect import OpenChildEffect
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, KeyPath, unknown
from workflows.language.forms.field import FieldType
from workflows.language.schemas.load import load_with_schema
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

UNREADABLE = frozenset({FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT, FieldType.FIGURES})
_EVENT_KEYS = ("case", "order", "activity", "events")
_ROW_KEYS = ("key", "steps", "children")


class ImportMapText:
    """An import map as written, in YAML. Raises `Invalid` with every problem of its form; `bind` checks
    its names."""

    def __init__(self, file: Path) -> None:
        self._text = SourceFile(file.read_bytes(), str(file))
        self._report = self._text.new_findings()
        self._data = (
            load_with_schema(self._text.data, ImportMapSchema(), self._report)
            if self._text.is_complete
            else {}
        )
        self._check_form()
        _raise_problems((*self._text.findings, *self._report.in_file_order))
        self.map = self._build_map()

    def _check_form(self) -> None:
        """One row per ticket or one row per event: refuse the keys of the other form."""
        data, log = self._data, "case" in self._data
        if self._text.is_complete and not log and "key" not in data:
            self._report.add(
                (),
                Sentence(
                    "import-map", "say which column is the `key` of a ticket, or the `case` of an event"
                ),
            )
        for key in _ROW_KEYS if log else _EVENT_KEYS:
            if key in data:
                rows = "one row an event (`case`)" if log else "one row a ticket (`key`)"
                self._report.add(
                    (key,),
                    Sentence(
                        "import-map", "{key!r} does not belong to a file with {rows}", key=key, rows=rows
                    ),
                    key=True,
                )
        for key in ("activity", "events"):
            if log and key not in data:
                self._report.add(
                    (), Sentence("import-map", "a file with one row an event needs {key!r}", key=key)
                )
        self._check_layout(data)

    def _check_layout(self, data: Mapping[str, Any]) -> None:
        if not _is_text_encoding(data.get("encoding", "utf-8")):
            self._report.add(
                ("encoding",),
                Sentence("import-map", "{value!r} is no text encoding known here", value=data["encoding"]),
            )
        if len(data.get("delimiter", ",")) != 1:
            self._report.add(("delimiter",), Sentence("import-map", "the delimiter is one character"))
        if _find_zone(data.get("zone", "UTC")) is None:
            self._report.add(
                ("zone",),
                Sentence(
                    "import-map", "{value!r} is no time zone; write it as Asia/Shanghai", value=data["zone"]
                ),
            )

    def _build_map(self) -> ImportMap:
        data = self._data
        empty = frozenset(map(format_scalar, data.get("empty", ())))
        opening = build_step(data["open"], data["open"]["role"], empty, data.get("fields_"))
        encoding, dates = data.get("encoding"), data.get("dates")
        if encoding is not None and codecs.lookup(encoding).name == "utf-8":
            encoding = "utf-8-sig"
        found = ImportMap(
            name=data["name"],
            workflow=data["workflow"],
            key=tuple(data.get("case") or data["key"]),
            opening=opening,
            steps=tuple(build_step(step, opening.role, empty) for step in data.get("steps", ())),
            activity=tuple(data.get("activity", ())),
            order=data.get("order"),
            events={name: build_event(each, opening, empty) for name, each in data.get("events", {}).items()},
            layout=Layout(
                encoding=encoding,
                delimiter=data.get("delimiter"),
                sheet=data.get("sheet"),
                header=data.get("header"),
            ),
            zone=_find_zone(data["zone"]) if "zone" in data else None,
            times=data.get("times", ()),
            decimal=data.get("decimal"),
            day_first=None if dates is None else dates == DAY_FIRST,
            empty=empty,
            hold=data.get("backwards") == "hold",
            update=data.get("update", False),
            separation=data.get("separation_waived"),
        )
        below = data.get("children")
        return replace(found, children=_build_children_map(found, below)) if below else found

    def bind(
        self,
        header: Iterable[str],
        definition: Definition,
        directory: Directory,
        of_children: Definition | None = None,
    ) -> ImportMap:
        """The checked map: every column is in the file, and every name in the definitions."""
        columns = tuple(header)
        _MapChecker(self._report, columns, definition, directory).check(self.map)
        if self.map.children and of_children:
            self._check_link(self.map.children, definition)
            _MapChecker(self._report, columns, of_children, directory, ("children",)).check(self.map.children)
        _raise_problems(self._report.in_file_order)
        return self.map

    def _check_link(self, children: ImportMap, definition: Definition) -> None:
        opens = {e.link: e.workflow for _, e in effects_of(definition) if isinstance(e, OpenChildEffect)}
        if children.link not in opens:
            meant = find_nearest(children.link or "", opens)
            pattern = "{process} opens nothing under {link!r}"
            why = Sentence("import-map", pattern, process=definition.name, link=children.link, meant=meant)
            self._report.add(("children", "link"), why)
        elif opens[children.link] != children.workflow:
            pattern, opened = "{process} opens {opened} under {link!r}", opens[children.link]
            why = Sentence("import-map", pattern, process=definition.name, opened=opened, link=children.link)
            self._report.add(("children", "workflow"), why)


def _build_children_map(parent: ImportMap, data: Mapping[str, Any]) -> ImportMap:
    """The map of the further rows; what it leaves out is taken from the map of the first ones."""
    opening = build_step(data["open"], data["open"]["role"], parent.empty, data.get("fields_"))
    return replace(
        parent,
        workflow=data["workflow"],
        key=(*parent.key, *data["key"]),
        opening=opening,
        steps=tuple(build_step(step, opening.role, parent.empty) for step in data.get("steps", ())),
        link=data["link"],
    )


class _MapChecker:
    """Checks a map against the header of the file, the names of the process and the accounts of the site."""

    def __init__(
        self,
        report: Findings,
        header: tuple[str, ...],
        definition: Definition,
        directory: Directory,
        at: KeyPath = (),
    ) -> None:
        self._report, self._header, self._at = report, header, at
        self._definition, self._directory = definition, directory

    def check(self, import_map: ImportMap) -> None:
        """Report every unknown name."""
        for column in import_map.key:
            self._check_column(column, ("case",) if import_map.activity else (*self._at, "key"))
        self._check_column(import_map.order, ("order",))
        for column in import_map.activity:
            self._check_column(column, ("activity",))
        at = self._at
        self._check_action(import_map.opening, (*at, "open"), (*at, "fields"), self._definition.start.fields)
        for index, step in enumerate(import_map.steps):
            self._check_step(step, (*at, "steps", index))
        for name, event in import_map.events.items():
            if event is not None:
                self._check_step(event, ("events", name))

    def _check_step(self, step: MappedStep, path: KeyPath) -> None:
        known = self._definition.triggers
        if step.trigger not in known:
            where = path if path[0] == "events" else (*path, "trigger")
            self._report.add(
                where,
                unknown("trigger", str(step.trigger), known),
            )
            return
        rows = [row for row in self._definition.transitions if row.trigger == step.trigger]
        names = dict.fromkeys(name for row in rows for name in row.fields)
        self._check_action(step, path, (*path, "fields"), tuple(names))

    def _check_action(self, step: MappedStep, path: KeyPath, fields: KeyPath, known: tuple[str, ...]) -> None:
        for key, column in (("at", step.at), ("by", step.by.column), ("note", step.note)):
            self._check_column(column, (*path, key))
        for column in step.when.columns if step.when else ():
            self._check_column(column, (*path, "when"))
        self._check_account(step.by.account, (*path, "by"))
        roles = self._definition.organisation.roles
        if step.role not in roles:
            self._report.add(
                (*path, "as"),
                unknown("role", str(step.role), roles),
            )
        for name, source in step.fields.items():
            self._check_field(name, source, (*fields, name), known)

    def _check_field(self, name: str, source: ColumnSource, path: KeyPath, known: tuple[str, ...]) -> None:
        for column in source.columns:
            self._check_column(column, path)
        if name not in known:
            self._report.add(
                path,
                Sentence(
                    "import-map", "the form has no field {name!r}", name=name, meant=find_nearest(name, known)
                ),
                key=True,
            )
        elif (kind := self._definition.fields[name].type) in UNREADABLE:
            self._report.add(
                path,
                Sentence("import-map", "a {kind} field cannot be brought in from columns", kind=kind),
                key=True,
            )

    def _check_account(self, account: str | None, path: KeyPath) -> None:
        known = [member.account for member in self._directory.staff.values()]
        if account is not None and identity(account) not in map(identity, known):
            self._report.add(
                path,
                Sentence(
                    "import-map",
                    "{account!r} is no account of this site",
                    account=account,
                    meant=find_nearest(account, known),
                ),
            )

    def _check_column(self, column: str | None, path: KeyPath) -> None:
        if column is not None and column not in self._header:
            meant = find_nearest(column, self._header)
            self._report.add(
                path, Sentence("import-map", "the file has no column {column!r}", column=column, meant=meant)
            )


def _raise_problems(problems: tuple[Finding, ...]) -> None:
    if problems:
        raise Invalid(Reason("map", str(problem)) for problem in problems)


def _is_text_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
