"""Checks how a plan moves one process: its states, fields, options, clocks and roles, in both versions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.language.definition import Definition
from workflows.language.findings import Findings, KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.migration_plan import STATE_CLOCK, FieldMove, ProcessMove
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
_TEXTS = (
    FieldType.TEXT,
    FieldType.PERSON,
    FieldType.UNIT,
    FieldType.PHONE,
    FieldType.EMAIL,
    FieldType.ID_NUMBER,
)
_NUMBERS = (FieldType.NUMBER, FieldType.MONEY)
_NONE_BEFORE = "the old version has no {what} '{name}'"
_NONE_AFTER = "version {version} has no {what} '{name}'"
CONVERSION_TARGETS: Mapping[str, tuple[FieldType, ...]] = {
    "number": _NUMBERS,
    "text": _TEXTS,
    "date": (FieldType.DATE,),
    "choice": _CHOICES,
}
"""Conversion -> the types of field that take what it makes."""
Standing = Mapping[int, Mapping[str, int]]


def check_move(
    move: ProcessMove,
    raw: Mapping[str, Any],
    olds: Mapping[int, Definition],
    new: Definition,
    standing: Standing,
    path: KeyPath,
    findings: Findings,
) -> None:
    """Report what does not fit. `raw` is the move as it was written, `standing` where its tickets stand."""
    check = _MoveCheck(move, olds, new, path, findings)
    check.check_states(standing)
    for name in {**(raw.get("fields_") or {}), **(raw.get("options") or {})}:
        check.check_field(name, "fields" if name in (raw.get("fields_") or {}) else "options")
    check.check_silent_fields(any(standing[each] for each in standing))
    check.check_clocks()
    check.check_roles()


class _MoveCheck:
    def __init__(
        self,
        move: ProcessMove,
        olds: Mapping[int, Definition],
        new: Definition,
        path: KeyPath,
        findings: Findings,
    ) -> None:
        self._move, self._olds, self._new = move, olds, new
        self._path, self._findings = path, findings

    def _add(self, path: KeyPath, sentence: Sentence) -> None:
        self._findings.add((*self._path, *path), sentence, key=True)

    def _check_known(self, what: str, name: str, known: Collection[str], path: KeyPath, *, key: bool) -> bool:
        """Whether the name is known: as a key in the old version, as a value in the new one."""
        if name in known:
            return True
        meant, version = find_nearest(name, known), self._move.target
        pattern = _NONE_BEFORE if key else _NONE_AFTER
        sentence = Sentence(f"unknown-{what}", pattern, meant=meant, what=what, name=name, version=version)
        self._findings.add((*self._path, *path), sentence, key=key)
        return False

    def check_states(self, standing: Standing) -> None:
        """Every state that is named exists, and every state in which tickets stand has a place."""
        before = {name for each in self._olds.values() for name in each.states}
        before |= {name for each in standing.values() for name in each}  # of a version that lost its states
        for old, new in self._move.states.items():
            self._check_known("state", old, before, ("states", old), key=True)
            self._check_known("state", new, self._new.states, ("states", old), key=False)
        lost: dict[str, int] = {}
        for counts in standing.values():
            for state, count in counts.items():
                if state not in self._move.states and state not in self._new.states:
                    lost[state] = lost.get(state, 0) + count
        for state, count in sorted(lost.items()):
            pattern = (
                "{tickets} open tickets stand in '{state}', which version {version} does not have: say under"
                " `states` where they go"
            )
            version = self._move.target
            sentence = Sentence("state-without-place", pattern, tickets=count, state=state, version=version)
            self._add(("states",), sentence)

    def check_field(self, name: str, section: str) -> None:
        """A field that is named exists, and its values can become those of the new one."""
        olds = [each.fields[name] for each in self._olds.values() if name in each.fields]
        known = {field for each in self._olds.values() for field in each.fields}
        move = self._move.field_move(name)
        if not olds and all(each.readable for each in self._olds.values()):
            self._check_known("field", name, known, (section, name), key=True)
        elif move.to is not None and self._check_known(
            "field", move.to, self._new.fields, (section, name), key=False
        ):
            for old in olds:
                self._check_conversion(old, self._new.fields[move.to], move, (section, name))

    def _check_conversion(self, old: Field, new: Field, move: FieldMove, path: KeyPath) -> None:
        for obstacle in find_obstacles(old, new, move):
            self._add(path, obstacle)

    def check_silent_fields(self, anybody: bool) -> None:
        """A field of which the plan says nothing keeps its name and kind; what it held falls out only if the
        plan says so."""
        for name, old in {n: f for each in self._olds.values() for n, f in each.fields.items()}.items():
            if name in self._move.fields or not old.is_input or not anybody:
                continue
            new = self._new.fields.get(name)
            if new is None:
                pattern = "'{field}' is no field of version {version}: give its new name, or `drop`"
                version = self._move.target
                self._add(("fields",), Sentence("field-without-place", pattern, field=name, version=version))
            else:
                self._check_conversion(old, new, self._move.field_move(name), ("fields",))

    def check_clocks(self) -> None:
        """Every clock that is named is one of the new version."""
        known = {*self._new.clocks, *(f"{STATE_CLOCK}{n}" for n, s in self._new.states.items() if s.due)}
        for name in self._move.clocks:
            self._check_known("clock", name, known, ("clocks", name), key=True)

    def check_roles(self) -> None:
        """Every role that takes over is one of the organisation."""
        for old, new in self._move.roles.items():
            self._check_known("role", new, self._new.organisation.roles, ("roles", old), key=False)


def find_obstacles(old: Field, new: Field, move: FieldMove) -> Iterator[Sentence]:
    """What keeps the values of a field from becoming those of another."""
    facts = {"field": old.name, "to": new.name}
    if old.personal and not new.personal:
        yield Sentence(
            "personal-to-open", "'{field}' is personal, and '{to}' is not: all would read it", **facts
        )
    if not new.is_input:
        yield Sentence("field-not-entered", "'{to}' is worked out, and takes no values", **facts)
    elif (old.attachment_parts or old.type is FieldType.ATTACHMENT) and old.name != new.name:
        pattern = "'{field}' names uploaded files, which know it by this name"
        yield Sentence("attachment-renamed", pattern, **facts)
    elif move.convert is None and old.type is not new.type:
        pattern = "'{field}' is a {before} field, '{to}' a {after} field: say `convert`"
        yield Sentence("conversion-missing", pattern, before=old.type, after=new.type, **facts)
    elif move.convert is not None and new.type not in CONVERSION_TARGETS[move.convert]:
        pattern = "a {convert} is no value of '{to}', a {after} field"
        yield Sentence("conversion-misfit", pattern, convert=move.convert, after=new.type, **facts)
    elif new.type in _CHOICES:
        yield from _find_lost_options(old, new, move)


def _find_lost_options(old: Field, new: Field, move: FieldMove) -> Iterator[Sentence]:
    known, there = ({each.value for each in field.options} for field in (new, old))
    for option, instead in move.options.items():
        if instead not in known:
            pattern = "'{field}' has no option '{option}'"
            meant = find_nearest(instead, known)
            yield Sentence("unknown-option", pattern, meant=meant, field=new.name, option=instead)
        elif there and option not in there:
            pattern = "'{field}' had no option '{option}'"
            meant = find_nearest(option, there)
            yield Sentence("unknown-option", pattern, meant=meant, field=old.name, option=option)
