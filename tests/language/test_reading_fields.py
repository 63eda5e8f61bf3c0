"""The fields of a process, and every refusal of one."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id
from tests.language.language_desk import changed, complaints, definition


def test_two_fields_need_not_be_declared():
    """They are there when they are spoken of, with titles in all languages."""
    fields = definition().fields
    assert set(fields["reason"].title) == set(fields["satisfied"].title) == {"en", "zh-Hans", "zh-Hant", "es"}
    assert (fields["reason"].max, fields["reason"].multiline) == (2_000, True)
    assert "reason" not in definition(changed(", accepts: [reason]", "")).fields
    own = changed("  attempts:", "  reason: {type: choice, options: {a: {en: A}}}\n  attempts:")
    assert definition(own).fields["reason"].type == "choice"


def test_a_table_with_a_personal_column_is_personal():
    """Its parts cannot be kept apart."""
    text = changed("what: {type: text", "what: {type: phone")
    text = changed(
        "content: item.what, complainant: complainant", "content: content, complainant: item.what", text
    )
    assert definition(text).fields["defects"].personal
    open_table = changed("type: table", "type: table\n    personal: false", text)
    assert "the column 'what' is personal" in complaints(open_table)[0]


REFUSALS: list[tuple[str, str, str]] = [
    ("min: 0", "min: some", "a text where a whole number belongs"),
    ("type: person", "type: human", "'human' is none of"),
    (
        "  attempts: {",
        "  Attempts: {",
        "'Attempts' is no name; names here are lower-case words joined by underscores",
    ),
    ("fields:\n", "fields: [x]\nfieldz:\n", "a list where a mapping belongs"),
    ("fields:\n", "fields: [x]\nfieldz:\n", "unknown key 'fieldz'; did you mean 'fields'?"),
    ("  attempts:", "  ticket:", "'ticket' is a word of the expressions"),
    ("multiline: true, max", "options: {a: {en: A}}, max", "a text field has no options"),
    ("type: choice\n", "type: text\n", "a text field has no options"),
    ("type: table\n", "type: choices\n", "a choices field needs options"),
    ("min: 0", "min: 5, max: 3", "min 5 is more than max 3"),
    ("max: 4000", "max: -1", "it cannot be negative"),
    ("max: 4000", "pattern: '(a'", "no regular expression"),
    ("what: {type: text", "what: {type: checklist", "a column holds one value"),
    ("min: 0", "roles: [clerk]", "field has no roles; only staff has"),
    ("what: {type: text", "what: {type: staff, roles: [clrk]", "unknown role 'clrk'"),
    ("type: choice\n", "type: choise\n", "'choise' is none of"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
