"""Values that a form would take, as a person sends them: for the walks that show a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.form import store_value
from workflows.language.forms.organisation import Organisation

_TEXTS = ("text", "A1", "12345", "A12345", "沪A12345", "ABC", "1", "1-101", "12", "123456", "a", "x" * 20)
_SPANS = (timedelta(days=1), timedelta(days=40), timedelta(0), timedelta(days=-1), timedelta(hours=1))
_NUMBERS = (1, 0, 3, 100, 100_000)
_MOST = 8  # examples of one field


class ExampleValues:
    """Examples for the fields of one process, on a day at `now` (with its zone)."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self._organisation, self._now = organisation, now
        self._roles = [name for name, role in organisation.roles.items() if not role.outside]

    def of(self, field: Field, first: Sequence[object] = ()) -> tuple[object, ...]:
        """Values that the field takes, the likeliest first; `first` before all others, where they fit."""
        if field.type in (FieldType.STAFF, FieldType.DEPARTMENT):
            known = tuple(self._candidates(field))
            first = [value for value in first if value in known]
        fitting = (value for value in (*first, *self._candidates(field)) if fits(field, value))
        return tuple(islice(_distinct(fitting), _MOST + len(first)))

    def _candidates(self, field: Field) -> Iterator[object]:
        match field.type:
            case FieldType.BOOLEAN:
                yield from (True, False)
            case FieldType.CHOICE:
                yield from (option.value for option in field.options)
            case FieldType.CHOICES:
                values = [option.value for option in field.options]
                yield from (values[:1], values, *([each] for each in values[1:]))
            case FieldType.NUMBER | FieldType.MONEY:
                yield from self._amounts(field)
            case FieldType.DATE:
                yield from ((self._now + span).date().isoformat() for span in _SPANS)
            case FieldType.DATETIME:
                yield from ((self._now + span).isoformat(timespec="seconds") for span in _SPANS)
            case FieldType.ATTACHMENT:
                yield ["paper.pdf"]
            case FieldType.TABLE | FieldType.CHECKLIST:
                yield from self._rows(field)
            case FieldType.FIGURES:
                return
            case _:
                yield from self._words(field)

    def _amounts(self, field: Field) -> Iterator[object]:
        bounds = [each for each in (field.min, field.max) if each is not None]
        for number in (*_NUMBERS, *bounds):
            yield f"{number}.00" if field.type is FieldType.MONEY else number

    def _words(self, field: Field) -> Iterator[object]:
        match field.type:
            case FieldType.STAFF:
                yield from field.roles or self._roles
                return
            case FieldType.DEPARTMENT:
                yield from self._organisation.departments
                return
            case FieldType.PHONE:
                yield from ("13800000001", "02161234567")
            case FieldType.EMAIL:
                yield "client@example.com"
            case FieldType.ID_NUMBER:
                yield from ("11010519491231002X", "E12345678")
            case FieldType.UNIT:
                yield from ("1-101", "2-202")
            case FieldType.PERSON:
                yield "Example Client"
        yield from _TEXTS
        yield "x" * (field.min or 1)

    def _rows(self, field: Field) -> Iterator[object]:
        first = {part.name: found[0] for part in field.parts if (found := self._cell(part))}
        if field.type is FieldType.TABLE:
            yield from ([first], [first] * max(field.min or 1, 1), [])
            return
        items = [item.value for item in field.items] or ["text"]
        for result in ("pass", "fail", "not-applicable"):
            yield [{"item": item, "result": result, "note": "text"} for item in items]

    def _cell(self, part: Field) -> tuple[object, ...]:
        return () if part.type is FieldType.ATTACHMENT else self.of(part)


def fits(field: Field, value: object) -> bool:
    """Whether a form would take the value."""
    try:
        store_value(field, value)
    except (ValueError, TypeError):
        return False
    return True


def _distinct(values: Iterator[object]) -> Iterator[object]:
    seen: list[Any] = []
    for value in values:
        if value not in seen:
            seen.append(value)
            yield value
