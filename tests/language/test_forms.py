"""Forms: what is taken, how it is kept, and that every reason is given at once."""

from __future__ import annotations

import json

import pytest
from form_samples import against, one
from hypothesis import given
from hypothesis import strategies as st
from sample_fields import FIELDS, ORGANISATION, field, options

from workflows.errors import Invalid
from workflows.language.forms.form import Form, missing_reasons

EVERYTHING = Form.of(FIELDS, requires=(), accepts=tuple(FIELDS))


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
    found = missing_reasons(FIELDS, ["title", "rooms", "fee"], {"rooms": [{"item": "door"}], "fee": "1.00"})
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
