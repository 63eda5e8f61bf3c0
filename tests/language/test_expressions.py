"""Guards and values: what may be written, what it means, and that asking never raises."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import RESERVED_NAMES, kind_of, open_values
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError, ExpressionText
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


@pytest.mark.parametrize(
    "source",
    [
        "nature == 'valid' && severity != null",
        "fee == 12.3",
        "fee > 10",
        "10 < fee",
        "-fee < -10",
        "fee > -1",
        "fee > 2 * 3",
        "area * 2 >= 40",
        "area in [20, 30]",
        "(fee > 10 ? fee * 0.3 : 0) > 3",
        "(fee > 10 ? (area > 1 ? 1.0 : 2.0) : 0) > 0",
        "satisfied",
        "!(nature in ['invalid'])",
        "day >= '2026-03-01'",
        "at < now",
        "now - ticket.opened_at <= duration('720h')",
        "ticket.closed_at == null && at != null",
        "ticket.state == 'open' && ticket.priority in ['high', 'urgent']",
        "actor.id != ticket.assignee",
        "'engineer' in actor.roles",
        "'a' in tags && size(photos) == 0",
        "children.rework.all(c, c.closed)",
        "size(children.rework) > 0",
        'visits("revisited") > 1 && visits("revisited") < 3',
        "visits('never') == 0",
        "site == 'north'",
        "client == '李明' // a remark",
        "findings.exists(f, f.result == 'fail' && f.note != null)",
        "findings.exists_one(f, f.result in ['pass'])",
        "family.all(f, f.sum > 3.0 && timestamp(f.since) < now)",
        "findings[0].note == 'scratched'",
        "severity.startsWith('h') && severity.matches('^h.gh$')",
        'severity == "high" || severity == r"h\\igh"',
        "family.map(f, f.name) == ['Li']",
        "findings.filter(f, f.result == 'fail').size() == 1",
    ],
)
def test_what_authors_write_means_what_it_says(source: str) -> None:
    assert holds(source)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("fee > 10", "fee is empty"),
        ("fee > 10 && area > 1", "fee and area are empty"),
        ("satisfied", "satisfied is empty"),
        ("!satisfied", "satisfied is empty"),
        ("severity.startsWith('h')", "severity is empty"),
        ("now - ticket.closed_at < duration('1h')", "ticket.closed_at is empty"),
        ("at < now", "at is empty"),
    ],
)
def test_an_empty_field_means_no_and_says_why(source: str, why: str) -> None:
    verdict = SCOPE.check(source, "bool").holds(EMPTY)
    assert (verdict.holds, verdict.why) == (False, why)


def test_an_empty_list_is_a_list() -> None:
    assert holds("size(tags) == 0 && size(findings) == 0 && children.rework.all(c, c.closed)", EMPTY)


def test_a_plain_no_needs_no_why() -> None:
    verdict = SCOPE.check("fee > 100").holds(FULL)
    assert (verdict.holds, verdict.why, verdict.saw) == (False, None, {"fee": "12.30"})


def test_personal_values_are_not_shown() -> None:
    guard = SCOPE.check("client == 'x'")
    assert guard.holds(FULL).saw == {"client": "***"}
    assert guard.holds(EMPTY).saw == {"client": None}


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("natur == 'valid'", "there is no 'natur' here; did you mean 'nature'?", 1),
        ("ticket.stat == 'x'", "ticket has no 'stat'; did you mean 'state'?", 7),
        ("ticket == 1", "ticket needs a part, such as ticket.state", 1),
        ("size(children.rewrok) > 0", "children has no 'rewrok'; did you mean 'rework'?", 14),
        ("fee > 10 && natre == 'x'", "there is no 'natre' here; did you mean 'nature'?", 13),
        (
            "children.rework.all(c, c.clsed)",
            "an item of children.rework has no 'clsed'; did you mean 'closed'?",
            24,
        ),
        ("findings.all(f, f.result == 'fial')", "'fial' is no option of f.result; did you mean 'fail'?", 29),
        ("nature == 'vaild'", "'vaild' is no option of nature; did you mean 'valid'?", 11),
        ("nature in ['valid', 'x']", "'x' is no option of nature", 21),
        ("nature > 3", "'>' does not go with text and number", 8),
        ("fee > 'x'", "'>' does not go with number and text", 5),
        ("tags == null", "'==' does not go with list and null", 6),
        ("at > 'x'", "'>' does not go with instant and text", 4),
        ("nature ==", "mismatched input '<EOF>'", 10),
        ("family.all(fee, true)", "'fee' is taken; call the item something else", 12),
        ("has(fee)", "has(…) is not used here: compare with null, `field != null`", 1),
        ("findings.all(f, f.note + 'a' == '')", "+ is not allowed inside filter, map, all and exists", 24),
        ("actor.id == item.note", "there is no 'item' here; did you mean 'site'?", 17),
    ],
)
def test_a_slip_is_pointed_at(source: str, message: str, column: int) -> None:
    error = refused(source)
    assert (error.message, error.line) == (message, 1)
    assert error.column in (column, column + 1)  # CEL points at the dot of a dotted name


def test_whole_numbers_that_cannot_be_mended_are_explained() -> None:
    assert "write 10.0 for 10" in str(refused("fee > size(tags)"))
    assert "write 10.0 for 10" in str(refused("fee > (10)"))
    assert "does not go with number and list" in str(refused("area in tags.map(t, 1)"))


def test_a_bracket_left_open_is_a_slip() -> None:
    assert refused("tags.all(t, t == 'a'").column >= 1
    assert refused("area in [1, 2").column >= 1
    assert refused("true ? fee").column >= 1


def test_a_slip_in_a_later_line_is_pointed_at() -> None:
    error = refused("fee > 10 &&\n fee > 20 && nope")
    assert (error.line, error.column) == (2, 14)


@pytest.mark.parametrize(
    ("source", "expect", "words"),
    [
        ("fee", "bool", "a guard must be yes or no, and this answers number"),
        ("findings[0].note", "bool", "compare it with something"),
        ("fee", "list", "this must be a list, and it answers number"),
    ],
)
def test_the_answer_must_be_of_the_kind_expected(source: str, expect: str, words: str) -> None:
    assert words in str(refused(source, expect))


@pytest.mark.parametrize(
    "source", ["visits(nature) > 1", "visits", "visits() > 1", "visits(r'x') > 1", "visits('x' +"]
)
def test_visits_takes_the_name_of_one_state(source: str) -> None:
    assert "visits needs the name of one state" in str(refused(source))


def test_a_text_with_a_broken_escape_is_no_name() -> None:
    assert ExpressionText(r"'\x'").words[0].literal() is None


@pytest.mark.parametrize(
    "source", ["true" + "&& true" * 400, "(" * 60 + "true" + ")" * 60, "+".join(["fee"] * 60)]
)
def test_an_expression_too_long_or_too_deep_is_refused(source: str) -> None:
    assert refused(source)


def test_iterations_are_bounded() -> None:
    many = Values(fields={"tags": ["a"] * 400})
    verdict = SCOPE.check("tags.all(a, tags.all(b, true))").holds(many)
    assert (verdict.holds, verdict.why) == (False, "Iteration budget exceeded")


def test_what_goes_wrong_at_run_time_is_a_no() -> None:
    assert SCOPE.check("1 / 0 == 1").holds(FULL).why == "divide by zero"
    assert SCOPE.check("fee > 1").holds(Values(fields={"fee": "much"})).holds is False
    assert SCOPE.check("fee").holds(FULL).why == "it is neither yes nor no"


def test_values_come_out_as_plain_python() -> None:
    rows = SCOPE.check("findings.filter(f, f.note == null)", "list").value(FULL)
    assert rows == [{"item": "lamp", "result": "pass", "note": None, "photo": None}]
    assert SCOPE.check("[fee, null]").value(FULL) == [12.3, None]
    assert SCOPE.check("severity").value(EMPTY) is None


def test_a_value_that_cannot_be_worked_out_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="fee is empty"):
        SCOPE.check("fee * 2").value(EMPTY)


def test_nulls_cost_no_references_to_none() -> None:
    source = SCOPE.check("findings.filter(f, f.note == null)")
    empty, guard = SCOPE.check("severity"), SCOPE.check("satisfied")
    before = sys.getrefcount(None)
    for _ in range(2_000):
        source.value(FULL)
        empty.value(EMPTY)
        guard.holds(EMPTY)
    assert sys.getrefcount(None) > before - 500


def test_the_row_of_a_table_is_typed() -> None:
    scope = SCOPE.within(SCOPE.check("findings.filter(f, f.result == 'fail')", "list"))
    row = {"item": "door", "result": "fail", "note": "scratched", "photo": None}
    with_item = Values(fields=FULL.fields, item=row)
    assert scope.check("item.note").value(with_item) == "scratched"
    assert scope.check("item.note").value(FULL) is None
    assert "did you mean 'note'" in str(refused("item.nota", scope=scope))


def test_one_of_several_choices_is_a_value() -> None:
    scope = SCOPE.within(SCOPE.check("tags.filter(t, t != 'b')", "list"))
    assert scope.check("item.value").value(Values(item={"value": "a"})) == "a"
    assert scope.check("item.value == 'a' ? 'x' : 'y'").value(Values(item={"value": "b"})) == "y"
    assert "'c' is no option" in str(refused("item.value == 'c'", scope=scope))


def test_the_fields_of_children_are_spoken_of_like_the_cells_of_rows() -> None:
    fields = {name: FIELDS[name] for name in ("fee", "at", "tags", "client", "severity", "family")}
    stored = {"fee": "12.30", "at": "2026-03-02T09:00:00Z", "family": [{"sum": "1.50", "since": None}]}
    data = open_values(fields, stored)
    assert data == {
        "fee": 12.3,
        "at": "2026-03-02T09:00:00Z",
        "tags": [],
        "severity": None,
        "family": [{"sum": 1.5, "since": None}],
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
    assert SCOPE.check(source).below == below


@pytest.mark.parametrize("source", ["photos", "children.rework", "[1, 2]"])
def test_only_tables_checklists_and_choices_have_items(source: str) -> None:
    with pytest.raises(ExpressionError, match="one table, checklist or `choices`"):
        SCOPE.within(SCOPE.check(source, "list"))


def test_an_expression_knows_what_it_speaks_of() -> None:
    expression = SCOPE.check("nature == 'valid' && ticket.state == 'x' && visits('a') + visits(\"b\") > 1")
    assert expression.names == {"nature", "ticket", "visits"}
    assert expression.visited == {"a", "b"}
    assert expression.kind == "boolean"


def test_expressions_are_equal_by_their_source() -> None:
    again = Scope(FIELDS).check("fee > 1")
    assert again == SCOPE.check("fee > 1")
    assert len({again, SCOPE.check("fee > 1")}) == 1
    assert again != "fee > 1"
    assert repr(again) == "Expression('fee > 1')"


@pytest.mark.parametrize(
    ("type", "kind"), [("money", "number"), ("date", "text"), ("datetime", "instant"), ("table", "list")]
)
def test_field_types_have_kinds(type: str, kind: str) -> None:
    assert kind_of(FieldType(type)) == kind


@pytest.mark.parametrize("type", list(FieldType))
def test_a_field_is_of_its_own_kind(type: FieldType) -> None:
    assert Scope({"x": field("x", type)}).check("x").kind == kind_of(type)


def test_a_field_with_a_reserved_name_hides_nothing() -> None:
    assert Scope({"site": field("site", "number")}).check("site == 'x'")


@pytest.mark.parametrize(
    "name", ["size", "duration", "matches", "filter", "contains", "optional_type", "google"]
)
def test_names_that_are_not_reserved_can_be_used(name: str) -> None:
    assert name not in RESERVED_NAMES
    assert Scope({name: field(name, "text")}).check(f"{name} == 'x'").holds(Values(fields={name: "x"})).holds


def test_many_threads_may_ask_at_once() -> None:
    guards = [Scope(FIELDS).check(f"fee > {number} && at != null && at < now") for number in range(8)]

    def ask(number: int) -> bool:
        return all(
            guards[number].holds(FULL).holds and not guards[number].holds(EMPTY).holds for _ in range(200)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


SNIPPETS = [
    "fee",
    "nature",
    "'a'",
    "10",
    "1.5",
    "==",
    ">",
    "&&",
    "(",
    ")",
    "!",
    "tags",
    ".",
    "all",
    "visits",
    "null",
]
SNIPPETS += [
    "[",
    "]",
    ",",
    "f",
    "findings",
    "has",
    "?",
    ":",
    "in",
    "+",
    "\n",
    "中",
    '"',
    "ticket.state",
    "-",
    "x",
]


@given(st.lists(st.sampled_from(SNIPPETS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_whatever_is_written_is_an_expression_or_an_expression_error(source: str) -> None:
    try:
        expression = SCOPE.check(source)
    except ExpressionError as complaint:
        refusal = complaint
    else:
        assert isinstance(expression, Expression)
        expression.holds(FULL)
        expression.holds(EMPTY)
        return
    assert refusal.message
    assert min(refusal.line, refusal.column) >= 1
