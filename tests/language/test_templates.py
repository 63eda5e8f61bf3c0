"""What is said once in shapes.yaml and laid under the processes that are like it."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.language_desk import COMPANY, line_of, titles
from workflows.language.builder.company import read_context
from workflows.language.checks.check import check
from workflows.language.definition import Definition
from workflows.language.load import Folder, ParsedWorkflow, read_folder, read_text

SHAPES = f"""\
round:
  calendar: office
  fields:
    place: {{type: text, max: 200, title: {titles("Place")}}}
    team: {{type: department, title: {titles("Team")}}}
  start: {{state: due, roles: [desk], requires: [place, team]}}
  states:
    due: {{title: {titles("Due")}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
    checked: {{title: {titles("Checked")}, owner: {{department: team}}, due: {{within: 1 day}}}}
    closed: {{title: {titles("Closed")}, category: closed}}
  transitions:
    - {{trigger: check, title: {titles("Check")}, from: due, to: checked, roles: [owner]}}
    - {{trigger: close, title: {titles("Close")}, from: checked, to: closed, roles: [owner], guard: team == 'security', because: {titles("Security only")}}}
    - {{trigger: close, from: checked, to: closed, roles: [worker]}}
    - {{trigger: redo, title: {titles("Redo")}, from: checked, to: due, roles: [owner]}}
  clocks:
    whole: {{title: {titles("Whole")}, starts: due, stops: closed, within: 2 days}}
  invariants:
    - {{passes: checked, before: closed}}
loud:
  states:
    due: {{escalation: steep}}
    checked: {{title: {titles("Seen")}}}
"""
PATROL = f"""\
workflow: patrol
title: {titles("Patrol")}
purpose: Somebody goes round.
numbering: PA-{{seq}}
like: round
"""


def reading(text: str, shapes: str = SHAPES) -> ParsedWorkflow:
    """The process beside these shapes, which must be sound."""
    context, problems = read_context({**COMPANY, "shapes.yaml": shapes.encode()})
    assert problems == ()
    return read_text(text, "f.yaml", context, {})


def patrol(more: str = "", shapes: str = SHAPES) -> Definition:
    found = reading(PATROL + more, shapes)
    assert found.definition, [str(each) for each in found.findings]
    return found.definition


def faults(text: str, shapes: str = SHAPES) -> list[str]:
    return [str(each) for each in reading(text, shapes).findings]


def shape_faults(shapes: str) -> list[str]:
    """What is wrong with the shapes by themselves."""
    return [str(each) for each in read_context({**COMPANY, "shapes.yaml": shapes.encode()}, "d")[1]]


class TestLaying:
    def test_a_process_of_five_lines_is_whole(self):
        found = reading(PATROL)
        assert found.definition is not None
        assert list(found.definition.states) == ["due", "checked", "closed"]
        assert check(found.definition, source=found.source) == ()

    def test_what_the_file_says_itself_wins_key_by_key(self):
        found = patrol("fields: {place: {max: 80}}\n")
        assert (found.fields["place"].max, found.fields["place"].title["en"]) == (80, "Place")
        assert found.fields["team"].type == "department"

    def test_what_only_the_file_has_is_added(self):
        found = patrol(
            f"fields: {{note: {{type: text, title: {titles('Note')}}}}}\nstart: {{accepts: [note]}}\n"
        )
        assert list(found.fields) == ["place", "team", "note"]
        assert found.start.fields == ("place", "team", "note")

    def test_lists_of_names_are_replaced_whole(self):
        assert patrol("start: {roles: [worker], requires: [team]}\n").start.requires == ("team",)

    def test_an_owner_and_a_promise_are_one_thing_and_never_mixed(self):
        found = patrol(
            "states: {due: {owner: {department: team}}, checked: {due: {at: day}}}\nfields: {day: {type: date}}\n"
        )
        assert (found.states["due"].owner, found.states["due"].due) != (None, None)
        assert found.states["due"].owner.role is None  # type: ignore[union-attr]
        assert found.states["checked"].due.within is None  # type: ignore[union-attr]

    def test_rows_of_a_trigger_stand_in_the_place_of_the_shapes_own(self):
        found = patrol(f"""
transitions:
  - {{trigger: drop, title: {titles("Drop")}, from: due, to: closed, roles: [desk]}}
  - {{trigger: close, title: {titles("End")}, from: checked, to: closed, roles: [desk]}}
""")
        assert [row.trigger for row in found.transitions] == ["check", "close", "redo", "drop"]
        assert found.transitions[1].roles == ("desk",)

    def test_invariants_add_up(self):
        assert len(patrol("invariants: [{separate: [check, close]}]\n").invariants) == 2

    def test_of_several_shapes_the_later_lies_over_the_earlier(self):
        both = reading(PATROL.replace("like: round", "like: [round, loud]")).definition
        assert both is not None
        assert patrol().states["due"].escalation == "standard"
        assert (both.states["due"].escalation, both.states["checked"].title["en"]) == ("steep", "Seen")

    def test_the_shape_itself_stays_as_it_was(self):
        context, _ = read_context({**COMPANY, "shapes.yaml": SHAPES.encode()})
        before = str(context.shapes["round"])
        read_text(PATROL + "fields: {place: {max: 80}}\n", "f.yaml", context, {})
        assert str(context.shapes["round"]) == before


class TestFaults:
    """Each is shown where it stands."""

    def test_in_the_shape_with_the_process_that_uses_it(self):
        shapes = SHAPES.replace("owner: {department: team}", "owner: {department: crew}")
        [only] = faults(PATROL, shapes)
        assert only.startswith("shapes.yaml:9:")
        assert only.endswith(
            "unknown field 'crew'; known: place, reason, satisfied, team (used in f.yaml) [unknown-field]"
        )

    def test_in_the_process_although_the_section_is_of_both(self):
        text = PATROL + "states:\n  due: {owner: {role: desc}}\n"
        assert faults(text) == ["f.yaml:7:23: unknown role 'desc'; did you mean 'desk'? [unknown-role]"]

    def test_of_a_row_in_the_file_it_came_from(self):
        text = (
            PATROL
            + f"transitions:\n  - {{trigger: drop, title: {titles('Drop')}, from: dew, to: closed, roles: [desk]}}\n"
        )
        assert faults(text)[0].startswith("f.yaml:7:")

    def test_what_checking_finds_too(self):
        found = reading(PATROL, SHAPES.replace(f"title: {titles('Redo')}, ", ""))
        assert found.definition is not None
        [only] = check(found.definition, source=found.source)
        assert (only.file, only.line, only.used_in) == (
            "shapes.yaml",
            line_of("    - {trigger: redo", SHAPES),
            "f.yaml",
        )

    @pytest.mark.parametrize(
        ("like", "message"),
        [
            ("like: rond", "f.yaml:5:7: unknown shape 'rond'; did you mean 'round'? [unknown-shape]"),
            (
                "like: [round, lout]",
                "f.yaml:5:15: unknown shape 'lout'; did you mean 'loud'? [unknown-shape]",
            ),
        ],
    )
    def test_a_shape_that_is_not_there_is_all_that_is_said(self, like: str, message: str):
        assert faults(PATROL.replace("like: round", like)) == [message]

    def test_what_is_no_name(self):
        assert "f.yaml:5:7: a number (12) where a name belongs [wrong-kind]" in faults(
            PATROL.replace("like: round", "like: 12")
        )

    def test_a_shape_with_problems_of_its_own_is_told_once_and_not_followed_into(self):
        context, _ = read_context({**COMPANY, "shapes.yaml": b"round: {states: {due: {colour: red}}}"})
        found = read_text(PATROL, "f.yaml", context, {})
        assert [str(each) for each in found.findings] == [
            "f.yaml:5:7: the shape 'round' has problems of its own [leans-on-broken]"
        ]


class TestTheFile:
    @pytest.mark.parametrize(
        ("shapes", "message"),
        [
            ("round: {states: {due: {colour: red}}}", "d/shapes.yaml:1:24: unknown key 'colour'"),
            ("round: {title: {en: Round}}", "d/shapes.yaml:1:9: unknown key 'title'"),
            ("round: {workflow: round}", "d/shapes.yaml:1:9: unknown key 'workflow'"),
            ("round: {like: other}", "d/shapes.yaml:1:9: unknown key 'like'"),
            ("round: {scenarios: []}", "d/shapes.yaml:1:9: unknown key 'scenarios'"),
            ("round: 12", "d/shapes.yaml:1:8: a number where a mapping belongs"),
            ("- round", "d/shapes.yaml:1:1: a list where a mapping of names belongs"),
            ("round: {fields: {place: {type: txt}}}", "'txt' is none of"),
            ("round: {", "d/shapes.yaml:2:1: did not find"),
        ],
    )
    def test_it_is_judged_without_any_process(self, shapes: str, message: str):
        assert any(message in each for each in shape_faults(shapes)), shape_faults(shapes)

    def test_what_the_process_must_give_is_not_missed_in_it(self):
        assert shape_faults("round: {fields: {place: {max: 80}}, start: {roles: [desk]}}") == []

    def test_it_may_be_empty_or_not_there(self):
        assert shape_faults("") == []
        assert read_context(COMPANY)[0].shapes == {}

    def test_a_change_in_it_is_a_new_version_of_those_that_are_like_it(self):
        assert patrol().digest == patrol().digest
        assert patrol().digest != patrol(shapes=SHAPES.replace("max: 200", "max: 100")).digest
        assert (
            patrol().digest == patrol(shapes=SHAPES.replace("steep", "standard")).digest
        )  # of another shape


class TestTheFolder:
    def test_shapes_are_read_with_it(self, tmp_path: Path):
        for name, text in COMPANY.items():
            (tmp_path / name).write_bytes(text)
        (tmp_path / "shapes.yaml").write_text(SHAPES)
        (tmp_path / "group").mkdir()
        (tmp_path / "group" / "patrol.yaml").write_text(PATROL)
        folder = read_folder(tmp_path)
        assert folder.findings == ()
        assert set(folder.definitions) == {"patrol"}
        assert folder.company["shapes.yaml"] == SHAPES.encode()


OWNED = {
    "checklist-round": "states: {due: {owner: {role: guard}}, checked: {owner: {role: guard}}}",
    "periodic-report": "states: {due: {owner: {role: foreman}}, compiled: {owner: {role: foreman}}, returned: {owner: {role: foreman}}}",
    "register-entry": "states: {registered: {owner: {role: guard}}}\nstart: {roles: [guard]}",
}


@pytest.mark.parametrize("shape", OWNED)
def test_our_own_shapes_need_no_more_than_owners(shape: str, ours: Folder):
    text = PATROL.replace("like: round", f"like: {shape}\n{OWNED[shape]}")
    found = read_text(text, "f.yaml", ours.context)
    assert found.definition, [str(each) for each in found.findings]
    assert [str(each) for each in check(found.definition, source=found.source)] == []
