"""The form of a step: which fields it takes, and whether the data sent fits them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from marshmallow import ValidationError

from workflows.errors import MAX_HINTS, Invalid, Reason
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.field_answer import FaultMessage
from workflows.language.forms.list_fields import UNKNOWN_FIELD, build_answer, load_answers, schema_of
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.required_documents import applies
from workflows.language.forms.schema import json_schema
from workflows.language.forms.value_fields import MAX_NUMBER
from workflows.language.forms.values import Values
from workflows.schema_messages import walk_messages
from workflows.suggestions import find_nearest
from workflows.timing.instants import from_datetime, rfc3339

AnswerPath = tuple[str | int, ...]
_CENT, _MILLIONTH = Decimal("0.01"), Decimal("0.000001")
_MAX_SHOWN = 60  # characters of a refused value in a message


class Form:
    """The fields that a step requires and accepts. It is immutable, so that threads may share it."""

    def __init__(self, fields: Mapping[str, Field], requires: Sequence[str], accepts: Sequence[str]) -> None:
        self.requires = tuple(requires)
        self.fields = {name: fields[name] for name in (*requires, *accepts)}
        self._elsewhere = frozenset(fields) - frozenset(self.fields)
        self._schema = schema_of({name: build_answer(field) for name, field in self.fields.items()})
        self._departments = tuple(_department_fields(self.fields.values()))

    @classmethod
    def of(cls, fields: Mapping[str, Field], requires: Sequence[str], accepts: Sequence[str]) -> Form:
        """The form of a step in a process with these `fields`."""
        return cls(fields, requires, accepts)

    def load(
        self,
        data: object,
        organisation: Organisation,
        partial_known: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """The data sent, in the form in which it is stored. Raises Invalid with every reason if it does not
        fit.

        A required field must be sent, unless it is in `partial_known`, the data the ticket already has.
        """
        answers, reasons = self._load_answers(data, organisation)
        if not (reasons or self.requires):
            return answers
        sent = data if isinstance(data, Mapping) else {}
        needed = [name for name in self.requires if name in sent or (partial_known or {}).get(name) is None]
        refused = {_root_name(reason) for reason in reasons}
        reasons += missing_reasons(self.fields, [name for name in needed if name not in refused], answers)
        if reasons:
            raise Invalid(sorted(reasons, key=self._sort_key))
        return answers

    def check(
        self,
        data: object,
        organisation: Organisation,
        partial_known: Mapping[str, object] | None = None,
    ) -> tuple[Reason, ...]:
        """Every reason against the data sent; empty if it fits."""
        try:
            self.load(data, organisation, partial_known)
        except Invalid as invalid:
            return invalid.reasons
        return ()

    def json_schema(
        self, language: str, organisation: Organisation | None = None, known: Iterable[str] = ()
    ) -> dict[str, object]:
        """The form as JSON Schema 2020-12, from which alone a client can fill it in.

        The fields in `known` are already filled on the ticket, so they are not required again.
        """
        requires = [name for name in self.requires if name not in set(known)]
        return json_schema(self.fields.values(), requires, language, organisation)

    def _sort_key(self, reason: Reason) -> tuple[int, str]:
        """Reasons in the order of the form's fields; unknown fields last."""
        root = _root_name(reason)
        known = tuple(self.fields)
        return (known.index(root), "") if root in self.fields else (len(known), root)

    def _load_answers(self, data: Any, organisation: Organisation) -> tuple[dict[str, object], list[Reason]]:
        try:
            answers: dict[str, object] = load_answers(self._schema, data)
            reasons: list[Reason] = []
        except ValidationError as error:
            answers = error.valid_data if isinstance(error.valid_data, dict) else {}
            faults = list(walk_messages(error.messages))
            unknown = [path for path, fault in faults if fault == UNKNOWN_FIELD]
            reasons = [self._reason(path, fault, data) for path, fault in faults if fault != UNKNOWN_FIELD]
            reasons += [self._unknown_reason(path, index < MAX_HINTS) for index, path in enumerate(unknown)]
        return answers, [*reasons, *self._check_departments(answers, organisation)]

    def _reason(self, path: AnswerPath, fault: str, data: Any) -> Reason:
        place = _format_path(path)
        rule, facts = (fault.rule, fault.facts) if isinstance(fault, FaultMessage) else ("kind", {})
        facts = {"field": place, "rule": rule, **facts}
        saw = None if self._is_personal(path) else _excerpt(data, path)
        return Reason(
            "bad-value", f"{place or 'the form'} {fault}", field=place or None, saw=saw, facts=facts
        )

    def _is_personal(self, path: AnswerPath) -> bool:
        """Whether the reason is about a personal value, or about a row that contains one."""
        field = self.fields.get(str(path[0])) if path else None
        if field is None:
            return True
        parts = [part for part in field.parts if len(path) < 3 or part.name == path[2]]
        return field.personal or any(part.personal for part in parts)

    def _unknown_reason(self, path: AnswerPath, hinted: bool) -> Reason:
        name, place = str(path[-1])[:_MAX_SHOWN], _format_path(path)
        if len(path) == 1 and name in self._elsewhere:
            message = f"{place} is no field of this step"
            return Reason("unknown-field", message, field=place, facts={"field": place})
        top = self.fields.get(str(path[0])) if len(path) > 1 else None
        known = [part.name for part in top.parts] if top else list(self.fields)
        near = find_nearest(name, known) if hinted else None
        hint = f"; did you mean {near}?" if near else ""
        facts = {"field": place} | ({"meant": near} if near else {})
        return Reason("unknown-field", f"{place} is no field{hint}", field=place, facts=facts)

    def _check_departments(self, answers: Mapping[str, Any], organisation: Organisation) -> Iterator[Reason]:
        """A reason for each department that the organisation does not have."""
        for name, column in self._departments:
            rows = answers.get(name)
            cells = [((name,), rows)] if column is None else _cells(name, column, rows)
            for path, department in cells:
                if department is not None and department not in organisation.departments:
                    options = ", ".join(organisation.departments)
                    yield self._reason(
                        path, FaultMessage(f"must be one of {options}", "option", options=options), answers
                    )


def missing_reasons(
    fields: Mapping[str, Field],
    requires: Iterable[str],
    answers: Mapping[str, object],
    seen: Values | None = None,
) -> list[Reason]:
    """A reason for each required field that is empty, and for each checklist with items left open.

    An item with a condition is required where it holds, which is known only with the values `seen`.
    """
    reasons = []
    for name in requires:
        value = answers.get(name)
        if value in (None, "", []):
            reasons.append(Reason("missing-field", f"{name} is needed", field=name, facts={"field": name}))
        elif fields[name].items and (open_items := _open_items(fields[name], value, seen)):
            items = ", ".join(open_items)
            facts = {"field": name, "rule": "incomplete", "items": items}
            reasons.append(Reason("bad-value", f"{name} lacks {items}", field=name, facts=facts))
    return reasons


def store_value(field: Field, value: object, zone: tzinfo | None = None) -> object:
    """The value of an expression in the form in which a field of this type stores it; an instant becomes its
    local day in `zone` for a date field. Raises ValueError if it does not fit."""
    try:
        return build_answer(field).deserialize(prepare_value(field, value, zone))
    except ValidationError as error:
        complaints = "; ".join(
            f"{_format_path((field.name, *path))} {fault}" for path, fault in walk_messages(error.messages)
        )
        raise ValueError(complaints) from None


def prepare_value(field: Field, value: Any, zone: tzinfo | None = None) -> Any:
    """The value of an expression in the form in which a client would send it: amounts rounded to the cent,
    numbers to six places, both half up from the exact value."""
    if field.parts and isinstance(value, list):
        parts = {part.name: part for part in field.parts}
        return [
            {
                key: prepare_value(parts[key], cell, zone) if key in parts else cell
                for key, cell in row.items()
            }
            if isinstance(row, Mapping)
            else row
            for row in value
        ]
    if isinstance(value, datetime) and field.type is FieldType.DATETIME:
        return rfc3339(from_datetime(value))
    if isinstance(value, datetime) and field.type is FieldType.DATE and zone is not None:
        return value.astimezone(zone).date().isoformat()
    if isinstance(value, Decimal) and field.type is FieldType.MONEY and abs(value) < 10**12:
        return format(value.quantize(_CENT, ROUND_HALF_UP), "f")
    if isinstance(value, Decimal) and field.type is FieldType.NUMBER and abs(value) <= MAX_NUMBER:
        return float(value.quantize(_MILLIONTH, ROUND_HALF_UP))
    return value


def _department_fields(fields: Iterable[Field]) -> Iterator[tuple[str, str | None]]:
    for field in fields:
        if field.type is FieldType.DEPARTMENT:
            yield field.name, None
        yield from ((field.name, part.name) for part in field.parts if part.type is FieldType.DEPARTMENT)


def _cells(name: str, column: str, rows: Any) -> list[tuple[AnswerPath, Any]]:
    if not isinstance(rows, list):
        return []
    return [((name, index, column), row.get(column)) for index, row in enumerate(rows)]


def _open_items(checklist: Field, rows: Any, seen: Values | None) -> list[str]:
    done = {row.get("item") for row in rows}
    return [
        item.value for item in checklist.items if item.value not in done and _is_required_item(item, seen)
    ]


def _is_required_item(item: Option, seen: Values | None) -> bool:
    return item.when is None or (seen is not None and applies(item, seen))


def _root_name(reason: Reason) -> str:
    return str(reason.field).partition("[")[0]


def _excerpt(data: Any, path: AnswerPath) -> str | None:
    """The beginning of the value at `path`."""
    try:
        for step in path:
            data = data[step]
        return ascii(data)[:_MAX_SHOWN] if isinstance(data, str | int | float) else type(data).__name__
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _format_path(path: AnswerPath) -> str:
    """The path as text: `family[2].contact`; an unknown name is shortened, without unprintable characters."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
    return words.encode("utf-8", "replace").decode()[: 2 * _MAX_SHOWN]
