"""Guards and values: what they mean, and that asking never raises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.language.expression_desk import EMPTY, FIELDS, FULL, SCOPE, holds
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.values import Values


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
    assert (verdict.holds, verdict.reason) == (False, why)


def test_an_empty_list_is_a_list() -> None:
    assert holds("size(tags) == 0 && size(findings) == 0 && children.rework.all(c, c.closed)", EMPTY)


def test_a_plain_no_needs_no_why() -> None:
    verdict = SCOPE.check("fee > 100").holds(FULL)
    assert (verdict.holds, verdict.reason, verdict.seen_values) == (False, None, {"fee": "12.30"})


def test_personal_values_are_not_shown() -> None:
    guard = SCOPE.check("client == 'x'")
    assert guard.holds(FULL).seen_values == {"client": "***"}
    assert guard.holds(EMPTY).seen_values == {"client": None}


def test_iterations_are_bounded() -> None:
    many = Values(fields={"tags": ["a"] * 400})
    verdict = SCOPE.check("tags.all(a, tags.all(b, true))").holds(many)
    assert (verdict.holds, verdict.reason) == (False, "Iteration budget exceeded")


def test_what_goes_wrong_at_run_time_is_a_no() -> None:
    assert SCOPE.check("1 / 0 == 1").holds(FULL).reason == "divide by zero"
    assert SCOPE.check("fee > 1").holds(Values(fields={"fee": "much"})).holds is False
    assert SCOPE.check("fee").holds(FULL).reason == "it is neither yes nor no"


def test_values_come_out_as_plain_python() -> None:
    rows = SCOPE.check("findings.filter(f, f.note == null)", "list").value(FULL)
    assert rows == [{"item": "lamp", "result": "pass", "note": None, "photo": None}]
    assert SCOPE.check("[fee, null]").value(FULL) == [Decimal("12.30"), None]
    assert SCOPE.check("severity").value(EMPTY) is None


def test_a_value_that_cannot_be_worked_out_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="fee is empty"):
        SCOPE.check("fee * 2").value(EMPTY)


def test_expressions_are_equal_by_their_source() -> None:
    again = Scope(FIELDS).check("fee > 1")
    assert again == SCOPE.check("fee > 1")
    assert len({again, SCOPE.check("fee > 1")}) == 1
    assert again != "fee > 1"
    assert repr(again) == "Expression('fee > 1')"


def test_many_threads_may_ask_at_once() -> None:
    guards = [Scope(FIELDS).check(f"fee > {number} && at != null && at < now") for number in range(8)]

    def ask(number: int) -> bool:
        return all(
            guards[number].holds(FULL).holds and not guards[number].holds(EMPTY).holds for _ in range(200)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
