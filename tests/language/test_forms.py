"""Forms: what is taken, how it is kept, and that every reason is given at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_fields import FIELDS, ORGANISATION, field, options

from workflows.errors import Invalid, Reason
from workflows.language.forms.answers import check_digit
from workflows.language.forms.field import Field
from workflows.language.forms.form import Form, missing, store_value
from workflows.language.forms.masking import mask

EVERYTHING = Form.of(FIELDS, requires=(), accepts=tuple(FIELDS))


def one(asked: Field, value: object, required: bool = False) -> Any:
    names = ([asked.name], []) if required else ([], [asked.name])
    return Form.of({asked.name: asked}, *names).load({asked.name: value}, ORGANISATION)[asked.name]


def against(asked: Field, value: object, required: bool = False) -> list[Reason]:
    with pytest.raises(Invalid) as caught:
        one(asked, value, required)
    return list(caught.value.reasons)


@pytest.mark.parametrize(
    ("type", "sent", "kept"),
    [
        ("text", "  漏水  ", "漏水"),
        ("text", "a\tb\nc", "a\tb\nc"),
        ("number", 3, 3),
        ("number", 3.0, 3),
        ("number", -0.0, 0),
        ("number", 3.25, 3.25),
        ("number", 10**15, 10**15),
        ("money", "12.3", "12.30"),
        ("money", 12, "12.00"),
        ("money", 0.07, "0.07"),
        ("money", 1e11, "100000000000.00"),
        ("money", "007", "7.00"),
        ("money", "-0", "0.00"),
        ("money", "-3.5", "-3.50"),
        ("date", "2024-02-29", "2024-02-29"),
        ("datetime", "2026-03-02T09:00:00+08:00", "2026-03-02T01:00:00Z"),
        ("datetime", "2026-03-02t01:00:00.999z", "2026-03-02T01:00:00Z"),
        ("boolean", False, False),
        ("phone", "+86 138-0013 8000", "+8613800138000"),
        ("phone", "(010) 6512 3456", "01065123456"),
        ("id-number", "11010519491231002x", "11010519491231002X"),
        ("id-number", "e12345678", "E12345678"),
        ("unit", " 3-2-1201 ", "3-2-1201"),
        ("person", "李明", "李明"),
        ("staff", "0192-aa", "0192-aa"),
        ("department", "engineering", "engineering"),
        ("attachment", ["files/a.jpg"], ["files/a.jpg"]),
    ],
)
def test_an_answer_is_kept_in_its_own_form(type: str, sent: object, kept: object) -> None:
    found = one(field("x", type), sent)
    assert found == kept
    assert found.__class__ is kept.__class__


@pytest.mark.parametrize(
    ("type", "sent"),
    [
        ("text", 3),
        ("text", "x" * 501),
        ("text", "nul\x00"),
        ("text", "a\rb"),
        ("text", "half \ud800"),
        ("number", "3"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 10**15 + 1),
        ("number", 10**400),
        ("money", "12.345"),
        ("money", 12.345),
        ("money", "1e3"),
        ("money", "1234567890123"),
        ("money", float("nan")),
        ("money", 10**400),
        ("money", True),
        ("money", 1e-9),
        ("money", "１２"),
        ("date", "2026-02-30"),
        ("date", "0000-01-01"),
        ("date", "9999-01-01"),
        ("date", "20260302"),
        ("date", 20260302),
        ("datetime", "2026-03-02T09:00:00"),
        ("datetime", "2026-03-02 09:00:00Z"),
        ("datetime", "2026-03-02T09:00:60Z"),
        ("datetime", "9999-12-31T23:59:59-01:00"),
        ("datetime", "1970-01-01T00:00:00+01:00"),
        ("datetime", "2200-12-31T23:59:59-01:00"),
        ("datetime", "0000-01-01T00:00:00Z"),
        ("boolean", 1),
        ("boolean", "true"),
        ("phone", "1234"),
        ("phone", "call me"),
        ("phone", "86+13800138000"),
        ("id-number", "110105194912310021"),
        ("id-number", "A-1"),
        ("unit", "x" * 41),
        ("person", "x" * 81),
        ("staff", "x" * 81),
        ("department", "kitchen"),
        ("attachment", "files/a.jpg"),
        ("attachment", ["x"] * 21),
        ("attachment", [""]),
        ("attachment", ["x" * 201]),
        ("attachment", [3]),
    ],
)
def test_what_does_not_fit_is_a_bad_value(type: str, sent: object) -> None:
    reasons = against(field("x", type), sent)
    assert [reason.code for reason in reasons] == ["bad-value"]
    assert str(reasons[0].field).startswith("x")
    assert reasons[0].facts["rule"]


@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000"])
def test_a_blank_answer_is_null_and_missing_where_one_is_needed(blank: object) -> None:
    asked = field("x", "text")
    assert one(asked, blank) is None
    assert [reason.code for reason in against(asked, blank, required=True)] == ["missing-field"]


@pytest.mark.parametrize("type", ["choices", "attachment", "table", "checklist"])
def test_an_empty_list_is_no_answer(type: str) -> None:
    assert one(field("x", type), []) is None
    assert [reason.code for reason in against(field("x", type), [], required=True)] == ["missing-field"]


def test_a_long_text_is_kept_to_the_letter() -> None:
    text = "  第一行\r\n第二行 \n" + "字" * 19_000
    assert one(field("x", "text", multiline=True), text) == text
    assert against(field("x", "text", multiline=True), "x" * 20_001)


def test_bounds_and_patterns_are_kept() -> None:
    assert one(field("x", "text", min=2, max=600, pattern="[a-z]+"), " ab ") == "ab"
    assert against(field("x", "text", min=2), "a")[0].facts["rule"] == "too-short"
    assert against(field("x", "text", max=2), "abc")[0].facts["limit"] == "2"
    assert against(field("x", "text", pattern="[a-z]+"), "a1")[0].facts["rule"] == "pattern"
    assert against(field("x", "number", min=0), -1)[0].message == "x must be at least 0"
    assert against(field("x", "number", max=0), 1)[0].message == "x must be at most 0"
    assert against(field("x", "money", max=10), "10.01")
    assert against(field("x", "attachment", min=2), ["a"])[0].message == "x must be at least 2 items"


def test_choices_are_options_and_none_twice() -> None:
    asked = field("x", "choices", options=options("a", "b"))
    assert one(asked, ["b", "a"]) == ["b", "a"]
    assert against(asked, ["a", "a"])[0].facts["rule"] == "repeated"
    assert against(asked, ["a", "c"])[0].field == "x[1]"
    assert against(field("x", "choice", options=options("a")), "b")[0].message == "x must be one of a"
    assert against(field("x", "choice", options=options("a")), 3)


def test_rows_are_read_column_by_column() -> None:
    asked = FIELDS["family"]
    kept = one(asked, [{"contact": "138 0013 8000"}, {"share": "1.5", "home": "engineering"}])
    assert kept == [
        {"contact": "13800138000", "share": None, "home": None},
        {"contact": None, "share": "1.50", "home": "engineering"},
    ]


def test_reasons_in_rows_name_the_cell() -> None:
    sent = [{}, "x", {"contact": "no", "home": "kitchen"}, {"contakt": "1"}]
    reasons = against(FIELDS["family"], sent)
    assert [(reason.code, reason.field) for reason in reasons] == [
        ("bad-value", "family[1]"),
        ("bad-value", "family[2].contact"),
        ("unknown-field", "family[3].contakt"),
    ]
    assert reasons[2].message == "family[3].contakt is no field; did you mean contact?"
    assert [r.field for r in against(FIELDS["family"], [{"home": "kitchen"}])] == ["family[0].home"]


def test_a_checklist_asks_for_its_items_and_their_results() -> None:
    asked = FIELDS["rooms"]
    door, lamp = {"item": "door", "result": "fail", "note": "scratched"}, {"item": "lamp", "result": "pass"}
    assert one(asked, [door, lamp], required=True)[0] == {**door, "photo": None}
    assert one(asked, [door])
    assert against(asked, [door, door])[0].facts["rule"] == "repeated"
    assert [r.field for r in against(asked, [{"note": "x"}])] == ["rooms[0].item", "rooms[0].result"]
    assert against(asked, [{"item": "roof", "result": "pass"}])[0].field == "rooms[0].item"
    incomplete = against(asked, [door], required=True)
    assert [(reason.code, reason.facts["items"]) for reason in incomplete] == [("bad-value", "lamp")]


def test_items_of_a_checklist_without_items_are_written_by_hand() -> None:
    asked = field("x", "checklist")
    rows = [{"item": "roof", "result": "not-applicable"}] * 2
    assert len(one(asked, rows, required=True)) == 2


def test_every_reason_is_given_in_the_order_of_the_form() -> None:
    form = Form.of(FIELDS, requires=("title", "nature"), accepts=("fee",))
    with pytest.raises(Invalid) as caught:
        form.load({"fee": "x", "nature": "vaild", "fea": 1, "area": 2}, ORGANISATION)
    assert [(reason.code, reason.field) for reason in caught.value.reasons] == [
        ("missing-field", "title"),
        ("bad-value", "nature"),
        ("bad-value", "fee"),
        ("unknown-field", "area"),
        ("unknown-field", "fea"),
    ]
    by_field = {reason.field: reason for reason in caught.value.reasons}
    assert by_field["area"].message == "area is no field of this step"
    assert by_field["fea"].message == "fea is no field; did you mean fee?"
    assert by_field["fee"].saw == "'x'"


def test_what_the_ticket_has_need_not_be_sent_again() -> None:
    form = Form.of(FIELDS, requires=("title",), accepts=())
    assert form.load({}, ORGANISATION, {"title": "known"}) == {}
    assert [r.code for r in form.check({"title": None}, ORGANISATION, {"title": "known"})] == [
        "missing-field"
    ]
    assert [r.code for r in form.check({}, ORGANISATION, {"title": None})] == ["missing-field"]
    assert form.check({"title": "x"}, ORGANISATION) == ()


def test_personal_values_are_never_quoted() -> None:
    assert against(FIELDS["caller"], "secret \x00")[0].saw is None
    assert against(FIELDS["family"], [{"contact": "secret"}])[0].saw is None
    assert against(FIELDS["family"], [{"share": "secret"}])[0].saw == "'secret'"
    assert against(FIELDS["family"], ["secret"])[0].saw is None
    assert against(FIELDS["title"], ["secret"])[0].saw == "list"


@pytest.mark.parametrize("sent", [None, [], "x", 3])
def test_a_form_is_a_mapping(sent: object) -> None:
    reasons = Form.of(FIELDS, requires=("title",), accepts=()).check(sent, ORGANISATION)
    assert {reason.code for reason in reasons} == {"bad-value", "missing-field"}


def test_fields_may_be_called_as_the_machinery_is() -> None:
    names = ("load", "fields", "context", "opts", "items", "get", "dump", "error_messages")
    form = Form.of({name: field(name, "text") for name in names}, requires=names, accepts=())
    assert form.load(dict.fromkeys(names, "x"), ORGANISATION) == dict.fromkeys(names, "x")


def test_missing_may_be_asked_for_alone() -> None:
    found = missing(FIELDS, ["title", "rooms", "fee"], {"rooms": [{"item": "door"}], "fee": "1.00"})
    assert [(reason.code, reason.field) for reason in found] == [
        ("missing-field", "title"),
        ("bad-value", "rooms"),
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(
        ["pass", "door", "a", "b", "1.50", "2026-03-02", "2026-03-02T09:00:00Z", "13800138000"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["item", "result", "contact", "share"]) | st.text(max_size=3), inner
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=4), JSON, max_size=6) | JSON)
def test_whatever_is_sent_is_kept_or_refused_with_a_reason(sent: object) -> None:
    reasons = EVERYTHING.check(sent, ORGANISATION)
    for reason in reasons:
        json.dumps([reason.message, reason.field, reason.saw, reason.facts], ensure_ascii=False).encode()
    if not reasons:
        kept = EVERYTHING.load(sent, ORGANISATION)
        json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()
        assert EVERYTHING.load(kept, ORGANISATION) == kept


@pytest.mark.parametrize(
    ("type", "value", "kept"),
    [
        ("money", 30 * 0.41, "12.30"),
        ("money", 1.005, "1.01"),
        ("money", 12, "12.00"),
        ("money", "12.3", "12.30"),
        ("number", 12.0, 12),
        ("number", 0.5, 0.5),
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
    rows = [{"contact": "13800138000", "share": 1.5, "home": None}]
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


@given(st.from_regex(r"[0-9]{17}", fullmatch=True).filter(str.isascii))
def test_one_check_digit_in_eleven_fits(first: str) -> None:
    fitting = [last for last in "0123456789X" if check_digit(first + last) == last]
    assert len(fitting) == 1
    assert one(field("x", "id-number"), first + fitting[0]) == first + fitting[0]
