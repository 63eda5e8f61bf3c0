"""What an expression gives, stored as its field stores it; and how personal answers are masked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sample_fields import FIELDS, field

from workflows.language.forms.form import store_value
from workflows.language.forms.mask import mask


@pytest.mark.parametrize(
    ("type", "value", "kept"),
    [
        ("money", Decimal("12.295"), "12.30"),
        ("money", Decimal("1.005"), "1.01"),
        ("money", 12, "12.00"),
        ("money", "12.3", "12.30"),
        ("number", Decimal("12.0"), 12),
        ("number", Decimal("0.5"), 0.5),
        ("datetime", datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00Z"),
        ("datetime", "2026-03-02T09:00:00+08:00", "2026-03-02T01:00:00Z"),
        ("text", "x", "x"),
        ("text", None, None),
        ("boolean", True, True),
        ("attachment", [], None),
    ],
)
def test_an_expressions_answer_is_kept_as_its_field_keeps_it(type: str, value: object, kept: object) -> None:
    assert store_value(field("x", type), value) == kept


def test_rows_of_an_expression_are_kept_cell_by_cell() -> None:
    rows = [{"contact": "13800138000", "share": Decimal("1.5"), "home": None}]
    assert store_value(FIELDS["family"], rows) == [{"contact": "13800138000", "share": "1.50", "home": None}]
    with pytest.raises(ValueError, match=r"family\[0\]\.nope"):
        store_value(FIELDS["family"], [{"nope": 1}])
    with pytest.raises(ValueError, match=r"family\[0\]"):
        store_value(FIELDS["family"], ["x"])


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("money", float("nan")),
        ("money", 1e12),
        ("money", "x"),
        ("number", "x"),
        ("number", float("inf")),
        ("text", 3.0),
        ("text", timedelta(1)),
        ("date", datetime(2026, 3, 2, tzinfo=UTC)),
        ("datetime", "tomorrow"),
        ("boolean", 1),
    ],
)
def test_an_answer_that_does_not_fit_its_field_is_a_value_error(type: str, value: object) -> None:
    with pytest.raises(ValueError, match="x must be"):
        store_value(field("x", type), value)


@pytest.mark.parametrize(
    ("type", "value", "shown"),
    [
        ("phone", "13800000000", "138****0000"),
        ("phone", "12345", "***45"),
        ("phone", "02161234567;ext=802", "021****4567"),
        ("email", "li.example@example.com", "l***@e***"),
        ("person", "李明", "李*"),
        ("id-number", "11010519491231002X", "1****************X"),
        ("text", "secret", "***"),
        ("attachment", ["a"], "***"),
        ("number", 3, "***"),
        ("text", None, ""),
    ],
)
def test_personal_answers_are_masked(type: str, value: object, shown: str) -> None:
    assert mask(field("x", type), value) == shown
