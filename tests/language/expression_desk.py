"""Fields of every type, and a ticket with all of them filled in, for expressions to speak of."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.values import Values


def field(name: str, type: str, **more: Any) -> Field:
    return Field(name=name, type=FieldType(type), title={"en": name}, **more)


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value, {"en": value}) for value in values)


FIELDS = {
    each.name: each
    for each in (
        field("nature", "choice", options=options("valid", "invalid")),
        field("severity", "text"),
        field("fee", "money"),
        field("area", "number"),
        field("satisfied", "boolean"),
        field("day", "date"),
        field("at", "datetime"),
        field("tags", "choices", options=options("a", "b")),
        field("photos", "attachment"),
        field("client", "person", personal=True),
        field(
            "family",
            "table",
            columns=(field("name", "person"), field("sum", "money"), field("since", "datetime")),
        ),
        field("findings", "checklist"),
    )
}

SCOPE = Scope(FIELDS, ["rework"])

CHILD = {"number": "R-1", "workflow": "repair", "state": "closed", "category": "closed", "closed": True}

FULL = Values(
    fields={
        "nature": "valid",
        "severity": "high",
        "fee": "12.30",
        "area": 20,
        "satisfied": True,
        "day": "2026-03-02",
        "at": "2026-03-02T09:00:00Z",
        "tags": ["a"],
        "photos": [],
        "client": "李明",
        "family": [{"name": "Li", "sum": "3.50", "since": "2026-03-01T00:00:00Z"}],
        "findings": [
            {"item": "door", "result": "fail", "note": "scratched", "photo": None},
            {"item": "lamp", "result": "pass", "note": None, "photo": None},
        ],
    },
    ticket={
        "state": "open",
        "number": "T-1",
        "priority": "high",
        "opened_at": 1_772_400_000,
        "closed_at": None,
    },
    actor={"id": "u1", "roles": frozenset({"engineer"}), "departments": []},
    children={"rework": [CHILD]},
    visits={"revisited": 2},
    site="north",
    now=1_772_500_000,
)

EMPTY = Values()


def holds(source: str, values: Values = FULL) -> bool:
    return SCOPE.check(source, "bool").holds(values).holds


def refused(source: str, expect: Any = "any", scope: Scope = SCOPE) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        scope.check(source, expect)
    return caught.value
