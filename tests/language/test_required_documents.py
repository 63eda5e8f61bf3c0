"""Options and items that apply only sometimes, as they are read, checked and shown."""

from __future__ import annotations

import pytest

from tests.language.language_desk import COMPLAINT, after, changed, complaints, definition, findings, titles
from workflows.language.forms.form import Form

DEFECTS = "  defects:\n    type: table\n"
PAPERS = f"""\
  papers:
    type: choices
    title: {titles("Papers")}
    options:
      card: {titles("Card")}
      power: {titles("Power").replace("{", "{when: severity == 'high', ")}
"""
SEVERITY = "requires: [severity, department, worker]"
WITH_PAPERS = changed(DEFECTS, PAPERS + DEFECTS).replace(SEVERITY, f"{SEVERITY}\n    complete: [papers]")


def test_a_condition_stands_beside_the_titles():
    card, power = definition(WITH_PAPERS).fields["papers"].options
    assert card.when is None
    assert power.when is not None
    assert power.when.source == "severity == 'high'"
    assert power.title == {"en": "Power", "zh-Hans": "Power", "zh-Hant": "Power", "es": "Power"}
    assert definition(WITH_PAPERS).transitions[0].complete == ("papers",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("low: {en: Low,", "low: {when: attempts > 1, en: Low,", "only options of a `choices` field"),
        (DEFECTS, PAPERS.replace("severity ==", "severty ==") + DEFECTS, "there is no 'severty' here"),
        (DEFECTS, PAPERS.replace("== 'high'", "") + DEFECTS, "a guard must be yes or no"),
        (
            DEFECTS,
            PAPERS.replace("severity == 'high'", "size(missing.papers) > 0") + DEFECTS,
            "there is no 'missing'",
        ),
        (DEFECTS, PAPERS.replace("when:", "wen:") + DEFECTS, "'wen' is none of"),
        (
            SEVERITY,
            f"{SEVERITY}\n    complete: [severity]",
            "is a choice field; a choices or checklist field",
        ),
        (
            SEVERITY,
            f"{SEVERITY}\n    complete: [severty]",
            "unknown field 'severty'; did you mean 'severity'?",
        ),
        ("auto: true,", "auto: true, complete: [defects],", "it has no complete"),
        ("guard: severity == 'high'", "guard: size(missing.defects) > 0", "there is no 'missing' here"),
    ],
)
def test_what_is_refused(old: str, new: str, message: str):
    found = after(old, new)
    assert any(message in each for each in found), found


def test_a_typing_error_after_missing_is_noticed():
    text = WITH_PAPERS.replace("guard: severity == 'high'", "guard: size(missing.paper) > 0")
    assert any("missing has no 'paper'; did you mean 'papers'?" in each for each in complaints(text))


def test_a_step_that_wants_papers_nobody_was_asked_for_is_noticed():
    found = findings(DEFECTS, PAPERS + DEFECTS)
    assert any("no step asks for 'papers'" in each for each in found)


def test_a_checklist_written_by_hand_cannot_be_complete():
    round_ = f"  round: {{type: checklist, title: {titles('Round')}}}\n"
    text = changed(DEFECTS, round_ + DEFECTS).replace(SEVERITY, f"{SEVERITY}\n    complete: [round]")
    assert any("'round' has no items that could be complete" in each for each in complaints(text))


def test_the_form_keeps_all_options_and_insists_only_on_those_that_always_apply():
    items = PAPERS.replace("choices", "checklist").replace("options:", "items:")
    made = definition(changed(DEFECTS, items + DEFECTS))
    schema = Form.of(made.fields, requires=["papers"], accepts=[]).json_schema("en")["properties"]["papers"]  # type: ignore[index]
    assert schema["items"]["properties"]["item"]["enum"] == ["card", "power"]
    assert [each["minContains"] for each in schema["allOf"]] == [1, 0]


def test_a_field_called_missing_keeps_its_name():
    text = COMPLAINT.replace("attempts", "missing")
    assert "missing" in definition(text).fields
