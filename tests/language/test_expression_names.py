"""What an expression speaks of: fields, the rows of tables, children, and of what kind each is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.language.expression_desk import CHILD, FIELDS, FULL, SCOPE, field, refused
from workflows.language.expressions.names import RESERVED_NAMES, open_field_values
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import FieldType
from workflows.language.forms.field_types import TRAITS
from workflows.language.forms.values import Values


def test_the_row_of_a_table_is_typed() -> None:
    scope = SCOPE.with_item(SCOPE.check("findings.filter(f, f.result == 'fail')", "list"))
    row = {"item": "door", "result": "fail", "note": "scratched", "photo": None}
    with_item = Values(fields=FULL.fields, item=row)
    assert scope.check("item.note").value(with_item) == "scratched"
    assert scope.check("item.note").value(FULL) is None
    assert "did you mean 'note'" in str(refused("item.nota", scope=scope))


def test_one_of_several_choices_is_a_value() -> None:
    scope = SCOPE.with_item(SCOPE.check("tags.filter(t, t != 'b')", "list"))
    assert scope.check("item.value").value(Values(item={"value": "a"})) == "a"
    assert scope.check("item.value == 'a' ? 'x' : 'y'").value(Values(item={"value": "b"})) == "y"
    assert "'c' is no option" in str(refused("item.value == 'c'", scope=scope))


def test_the_fields_of_children_are_spoken_of_like_the_cells_of_rows() -> None:
    fields = {name: FIELDS[name] for name in ("fee", "at", "tags", "client", "severity", "family")}
    stored = {"fee": "12.30", "at": "2026-03-02T09:00:00Z", "family": [{"sum": "1.50", "since": None}]}
    data = open_field_values(fields, stored)
    assert data == {
        "fee": Decimal("12.30"),
        "at": "2026-03-02T09:00:00Z",
        "tags": [],
        "severity": None,
        "family": [{"sum": Decimal("1.50"), "since": None}],
    }
    seen = Values(children={"rework": [{**CHILD, "current": True, "data": data}]})
    guard = SCOPE.check("children.rework.exists(c, c.current && c.data.fee > 12 && c.data.severity == null)")
    assert guard.holds(seen).holds
    assert SCOPE.check("children.rework.all(c, c.data.family[0].sum == 1.5)").holds(seen).holds
    late = SCOPE.check("children.rework.exists(c, timestamp(c.data.at) < timestamp('2026-03-03T00:00:00Z'))")
    assert late.holds(seen).holds


@pytest.mark.parametrize(
    ("source", "below"),
    [
        ("children.rework.all(c, c.closed)", set()),
        ("children.rework.all(c, c.data.fee > c.data.x)", {("rework", "fee"), ("rework", "x")}),
        ("children.rework.filter(c, c.current).all(d, d.data.fee > 1.0)", {("", "fee")}),
        ("children.rework[0].data.fee > 1.0", {("", "fee")}),
        ("children.rework.exists(c, c.data == c.data)", {("rework", "")}),
        ("findings.all(data, data.note == '')", set()),
    ],
)  # fmt: skip
def test_it_knows_which_fields_of_children_it_speaks_of(source: str, below: set[tuple[str, str]]) -> None:
    assert SCOPE.check(source).child_fields == below


@pytest.mark.parametrize("source", ["photos", "children.rework", "[1, 2]"])
def test_only_tables_checklists_and_choices_have_items(source: str) -> None:
    with pytest.raises(ExpressionError, match="one table, checklist or `choices`"):
        SCOPE.with_item(SCOPE.check(source, "list"))


def test_an_expression_knows_what_it_speaks_of() -> None:
    expression = SCOPE.check("nature == 'valid' && ticket.state == 'x' && visits('a') + visits(\"b\") > 1")
    assert expression.names == {"nature", "ticket", "visits"}
    assert expression.visited_states == {"a", "b"}
    assert expression.kind == "boolean"


@pytest.mark.parametrize(
    ("type", "kind"), [("money", "number"), ("date", "text"), ("datetime", "instant"), ("table", "list")]
)
def test_field_types_have_kinds(type: str, kind: str) -> None:
    assert TRAITS[FieldType(type)].kind == kind


@pytest.mark.parametrize("type", list(FieldType))
def test_a_field_is_of_its_own_kind(type: FieldType) -> None:
    assert Scope({"x": field("x", type)}).check("x").kind == TRAITS[type].kind


def test_a_field_with_a_reserved_name_hides_nothing() -> None:
    assert Scope({"site": field("site", "number")}).check("site == 'x'")


@pytest.mark.parametrize(
    "name", ["size", "duration", "matches", "filter", "contains", "optional_type", "google"]
)
def test_names_that_are_not_reserved_can_be_used(name: str) -> None:
    assert name not in RESERVED_NAMES
    assert Scope({name: field(name, "text")}).check(f"{name} == 'x'").holds(Values(fields={name: "x"})).holds
