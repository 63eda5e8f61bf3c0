"""The papers that a ticket can be printed as, as a process declares them."""

from __future__ import annotations

import pytest

from tests.language.language_desk import CONTEXT, changed, complaints, definition, titles
from workflows.language.checks.check import check
from workflows.language.load import read_text

T = titles("Paper")
PRINTS = f"""\
prints:
  slip:
    title: {T}
    size: a5
    when: visits("handled") > 0 && worker != null
    each: defects
    fields: [complainant, content, item.what]
    children: {{rework: [content, severity]}}
    signatures: [{titles("Worker")}, {titles("Client")}]
    note: {titles("Mind the gap")}
  whole: {{title: {T}, fields: [satisfied]}}
"""
PRINTED = changed("start:\n  state: registered", f"{PRINTS}start:\n  state: registered")


def test_a_paper_is_read_with_all_it_says() -> None:
    """And is A4, whenever it is asked for, unless it says otherwise."""
    slip, whole = definition(PRINTED).prints.values()
    assert (slip.size, slip.fields, slip.each) == ("a5", ("complainant", "content", "item.what"), "defects")
    assert slip.children == {"rework": ("content", "severity")}
    assert [each["en"] for each in slip.signatures] == ["Worker", "Client"]
    assert slip.note["es"] == "Mind the gap"
    assert slip.when is not None
    assert slip.when.source == 'visits("handled") > 0 && worker != null'
    assert (whole.size, whole.fields, whole.signatures, whole.when) == ("a4", ("satisfied",), (), None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "fields: [complainant,",
            "fields: [complainent,",
            "unknown field 'complainent'; did you mean 'complainant'?",
        ),
        ("item.what]", "item.whta]", "unknown column 'whta'; did you mean 'what'?"),
        ("item.what]", "Item.what]", "is no name"),
        ("    each: defects\n", "", "'item.what' of which row? Say `each: <table>`"),
        ("    each: defects\n", "    each: content\n", "'content' is a text field"),
        ("{rework: [", "{rewrok: [", "unknown link 'rewrok'; did you mean 'rework'?"),
        ("size: a5", "size: a3", "'a3' is none of a4, a5"),
        ('visits("handled") > 0', 'visits("handeld") > 0', "unknown state 'handeld'"),
        ('visits("handled") > 0 && worker != null', "worker", "a guard must be yes or no"),
        (", fields: [satisfied]", "", "what is on it? Say `fields` or `children`"),
        (f"[{titles('Worker')}, ", "[{en: Worker}, ", "the title lacks zh-Hans, zh-Hant, es"),
        ("signatures:", "signature:", "unknown key 'signature'; did you mean 'signatures'?"),
    ],
)
def test_what_is_wrong_with_a_paper_is_said(old: str, new: str, message: str) -> None:
    """In its place, with what was probably meant."""
    found = complaints(changed(old, new, PRINTED))
    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[content, severity]", "[content, sevrity]", "no child of 'rework' has a field 'sevrity'"),
        ("[content, severity]", "[contact]", "'contact' of the children of 'rework' is personal"),
    ],
)
def test_the_fields_of_children_are_looked_up_in_their_process(old: str, new: str, message: str) -> None:
    """And are open ones."""
    found = read_text(changed(old, new, PRINTED), "f.yaml", CONTEXT, {}).findings
    assert any(message in each.message for each in found), found


def test_a_paper_without_a_language_is_found() -> None:
    """Its title and its note are read by people."""
    text = changed(f"note: {titles('Mind the gap')}", "note: {en: Mind}", PRINTED)
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition is not None
    found = [str(each) for each in check(reading.definition, source=reading.source)]
    assert any("the note lacks zh-Hans, zh-Hant, es" in each for each in found), found
