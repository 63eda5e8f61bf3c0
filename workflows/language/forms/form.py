"""The form of a step: which fields it takes, and whether what was sent fits them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from marshmallow import ValidationError

from workflows.errors import Invalid, Reason
from workflows.language.forms.answers import Fault
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.lists import UNKNOWN, answer, loaded, schema_of
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.papers import applies
from workflows.language.forms.schema import json_schema
from workflows.language.forms.values import Values
from workflows.timing.instants import from_datetime, rfc3339

Path = tuple[str | int, ...]
_SHOWN = 60  # characters of a refused value that are shown


class Form:
    """The fields that a step requires and accepts. Built once, used by many threads."""

    def __init__(self, fields: Mapping[str, Field], requires: Sequence[str], accepts: Sequence[str]) -> None:
        self.requires = tuple(requires)
        self.fields = {name: fields[name] for name in (*requires, *accepts)}
        self._elsewhere = frozenset(fields) - frozenset(self.fields)
        self._schema = schema_of({name: answer(field) for name, field in self.fields.items()})
        self._departments = tuple(_departments(self.fields.values()))

    @classmethod
    def of(cls, fields: Mapping[str, Field], requires: Sequence[str], accepts: Sequence[str]) -> Form:
        """The form of a step of the process that has `fields`."""
        return cls(fields, requires, accepts)

    def load(
        self,
        data: object,
        organisation: Organisation,
        partial_known: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """What was sent, as it is kept. Invalid with every reason if it does not fit.

        A required field must be sent unless `partial_known`, what the ticket has already, holds it.
        """
        kept, reasons = self._read(data, organisation)
        if not (reasons or self.requires):
            return kept
        sent = data if isinstance(data, Mapping) else {}
        needed = [name for name in self.requires if name in sent or (partial_known or {}).get(name) is None]
        refused = {_root(reason) for reason in reasons}
        reasons += missing(self.fields, [name for name in needed if name not in refused], kept)
        if reasons:
            raise Invalid(sorted(reasons, key=self._order))
        return kept

    def check(
        self,
        data: object,
        organisation: Organisation,
        partial_known: Mapping[str, object] | None = None,
    ) -> tuple[Reason, ...]:
        """Every reason against what was sent; none if it fits."""
        try:
            self.load(data, organisation, partial_known)
        except Invalid as invalid:
            return invalid.reasons
        return ()

    def json_schema(
        self, language: str, organisation: Organisation | None = None, known: Iterable[str] = ()
    ) -> dict[str, object]:
        """The form as JSON Schema 2020-12, from which alone a client can fill it in.

        Names in `known` are filled on the ticket already, so not required again.
        """
        requires = [name for name in self.requires if name not in set(known)]
        return json_schema(self.fields.values(), requires, language, organisation)

    def _order(self, reason: Reason) -> tuple[int, str]:
        """As the form has its fields, unknown ones last."""
        root = _root(reason)
        known = tuple(self.fields)
        return (known.index(root), "") if root in self.fields else (len(known), root)

    def _read(self, data: Any, organisation: Organisation) -> tuple[dict[str, object], list[Reason]]:
        try:
            kept: dict[str, object] = loaded(self._schema, data)
            reasons: list[Reason] = []
        except ValidationError as error:
            kept = error.valid_data if isinstance(error.valid_data, dict) else {}
            reasons = [self._reason(path, fault, data) for path, fault in _faults(error.messages)]
        return kept, [*reasons, *self._strangers(kept, organisation)]

    def _reason(self, path: Path, fault: str, data: Any) -> Reason:
        place = _spelled(path)
        if fault == UNKNOWN:
            return self._unknown(path, place)
        rule, facts = (fault.rule, fault.facts) if isinstance(fault, Fault) else ("kind", {})
        facts = {"field": place, "rule": rule, **facts}
        saw = None if self._personal(path) else _glimpse(data, path)
        return Reason(
            "bad-value", f"{place or 'the form'} {fault}", field=place or None, saw=saw, facts=facts
        )

    def _personal(self, path: Path) -> bool:
        """Whether the complaint is about a personal answer, or one that a row of personal ones is in."""
        field = self.fields.get(str(path[0])) if path else None
        if field is None:
            return True
        parts = [part for part in field.parts if len(path) < 3 or part.name == path[2]]
        return field.personal or any(part.personal for part in parts)

    def _unknown(self, path: Path, place: str) -> Reason:
        name = str(path[-1])
        if len(path) == 1 and name in self._elsewhere:
            message = f"{place} is no field of this step"
            return Reason("unknown-field", message, field=place, facts={"field": place})
        top = self.fields.get(str(path[0])) if len(path) > 1 else None
        known = [part.name for part in top.parts] if top else list(self.fields)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        facts = {"field": place} | ({"meant": close[0]} if close else {})
        return Reason("unknown-field", f"{place} is no field{hint}", field=place, facts=facts)

    def _strangers(self, kept: Mapping[str, Any], organisation: Organisation) -> Iterator[Reason]:
        """The departments that the organisation does not have."""
        for name, column in self._departments:
            rows = kept.get(name)
            cells = [((name,), rows)] if column is None else _cells(name, column, rows)
            for path, department in cells:
                if department is not None and department not in organisation.departments:
                    options = ", ".join(organisation.departments)
                    yield self._reason(
                        path, Fault(f"must be one of {options}", "option", options=options), kept
                    )


def missing(
    fields: Mapping[str, Field],
    requires: Iterable[str],
    kept: Mapping[str, object],
    seen: Values | None = None,
) -> list[Reason]:
    """A reason for each required field that is empty, and for each checklist that is not gone through.

    Items that apply only sometimes are insisted on where they do, as far as it is `seen`.
    """
    found = []
    for name in requires:
        value = kept.get(name)
        if value in (None, "", []):
            found.append(Reason("missing-field", f"{name} is needed", field=name, facts={"field": name}))
        elif fields[name].items and (open_items := _open_items(fields[name], value, seen)):
            items = ", ".join(open_items)
            facts = {"field": name, "rule": "incomplete", "items": items}
            found.append(Reason("bad-value", f"{name} lacks {items}", field=name, facts=facts))
    return found


def store_value(field: Field, value: object, zone: tzinfo | None = None) -> object:
    """The answer of an expression as a field of this type keeps it; an instant for a date as its day in
    `zone`. ValueError if it does not fit."""
    try:
        return answer(field).deserialize(prepared(field, value, zone))
    except ValidationError as error:
        complaints = "; ".join(
            f"{_spelled((field.name, *path))} {fault}" for path, fault in _faults(error.messages)
        )
        raise ValueError(complaints) from None


def prepared(field: Field, value: Any, zone: tzinfo | None = None) -> Any:
    """The answer of an expression as a form would send it.

    Expressions count in doubles. Numbers are taken to six places, amounts from there to the cent, half up: to
    a double 1.005 is a hair less, and nobody's cent should hang on that. So an amount is exact as long as
    nothing on the way to it is larger than a hundred million and the true result has at most six places.
    """
    if field.parts and isinstance(value, list):
        parts = {part.name: part for part in field.parts}
        return [
            {key: prepared(parts[key], cell, zone) if key in parts else cell for key, cell in row.items()}
            if isinstance(row, Mapping)
            else row
            for row in value
        ]
    if isinstance(value, datetime) and field.type is FieldType.DATETIME:
        return rfc3339(from_datetime(value))
    if isinstance(value, datetime) and field.type is FieldType.DATE and zone is not None:
        return value.astimezone(zone).date().isoformat()
    if field.type is FieldType.MONEY and isinstance(value, float) and abs(value) < 10**12:
        return format(Decimal(f"{value:.6f}").quantize(Decimal("0.01"), ROUND_HALF_UP), "f")
    if field.type is FieldType.NUMBER and isinstance(value, float) and math.isfinite(value):
        return round(value, 6)
    return value


def _departments(fields: Iterable[Field]) -> Iterator[tuple[str, str | None]]:
    for field in fields:
        if field.type is FieldType.DEPARTMENT:
            yield field.name, None
        yield from ((field.name, part.name) for part in field.parts if part.type is FieldType.DEPARTMENT)


def _cells(name: str, column: str, rows: Any) -> list[tuple[Path, Any]]:
    if not isinstance(rows, list):
        return []
    return [((name, index, column), row.get(column)) for index, row in enumerate(rows)]


def _open_items(checklist: Field, rows: Any, seen: Values | None) -> list[str]:
    done = {row.get("item") for row in rows}
    return [item.value for item in checklist.items if item.value not in done and _insisted(item, seen)]


def _insisted(item: Option, seen: Values | None) -> bool:
    return item.when is None or (seen is not None and applies(item, seen))


def _root(reason: Reason) -> str:
    return str(reason.field).partition("[")[0]


def _faults(messages: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every complaint in marshmallow's tree, with the way to it."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _faults(below, path if key == "_schema" else (*path, key))
    else:
        yield from ((path, each) for each in messages)


def _glimpse(data: Any, path: Path) -> str | None:
    """The beginning of the value at `path`."""
    try:
        for step in path:
            data = data[step]
        return ascii(data)[:_SHOWN] if isinstance(data, str | int | float) else type(data).__name__
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _spelled(path: Path) -> str:
    """`family[2].contact`; of an unknown name no more than a glimpse, and nothing that cannot be shown."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    return words.encode("utf-8", "replace").decode()[: 2 * _SHOWN]
