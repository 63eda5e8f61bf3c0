"""What a process says of rosters: read, and refused with the line and what was probably meant."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from language_desk import CONTEXT, changed, definition, titles, write_folder

from workflows.language.effect import AssignByRosterEffect, RosterMarkEffect
from workflows.language.load import read_folder, read_text
from workflows.language.reception_rulebooks import READING_CHOICES as WORDS
from workflows.language.reception_rulebooks import RULEBOOKS, is_time_span

ROSTER = f"""\
rosters:
  desk-turns:
    title: {titles("Turns")}
    members: worker
    kept_by: [desk]
    led_by: [supervisor]
    rulebook: shop
    readings: {{deposit: volunteer, noon: "11:30-13:00"}}
"""
CHOICE = "{to: worker, by: turn, roster: desk-turns, occasion: new-client, into: worker}"
FINISH = "{roster: desk-turns, mark: finish, person: worker, free: attempts == 0.0}"
RESTING = 'resting: "defects.map(d, d.what)"'
SUSPEND = f"{{roster: desk-turns, mark: suspend, person: worker, days: 3, into: last, {RESTING}}}"
FIELDS = f"  last: {{type: date, title: {titles('Last')}}}\n  attempts: {{type: number"


def turning(choice: str = CHOICE, mark: str = FINISH, roster: str = ROSTER) -> str:
    """The process, giving its tickets out in turn."""
    text = changed("      - assign: worker\n", f"      - assign: {choice}\n      - {mark}\n")
    text = text.replace("  attempts: {type: number", FIELDS)
    return text.replace("clocks:\n  resolution", f"{roster}clocks:\n  resolution")


def messages_of(text: str) -> list[str]:
    """What reading says, each with its line and column."""
    return [str(problem) for problem in read_text(text, "f.yaml", CONTEXT, {}).findings]


def test_a_roster_and_its_readings_are_read() -> None:
    spec = definition(turning()).rosters["desk-turns"]
    assert (spec.members, spec.kept_by, spec.led_by, spec.rulebook) == (
        "worker",
        ("desk",),
        ("supervisor",),
        "shop",
    )
    assert spec.readings == {"deposit": "volunteer", "noon": "11:30-13:00"}


def test_a_choice_by_turn_and_a_mark_are_read() -> None:
    assign, mark = definition(turning()).roster_effects
    assert isinstance(assign, AssignByRosterEffect)
    assert (assign.role, assign.by, assign.roster, assign.occasion) == (
        "worker",
        "turn",
        "desk-turns",
        "new-client",
    )
    assert isinstance(mark, RosterMarkEffect)
    assert (mark.kind, mark.person, mark.free and mark.free.source) == ("finish", "worker", "attempts == 0.0")


def test_the_occasion_may_be_a_choice_field_whose_options_are_rows() -> None:
    text = turning(CHOICE.replace("new-client", "severity"))
    text = text.replace("      low: {", "      new-client: {").replace("      high: {", "      old-client: {")
    found = [each for each in messages_of(text) if "rulebook" in each]
    assert found == []


def test_a_notice_may_go_to_the_person_in_a_staff_field() -> None:
    assert definition(changed("notify: [department-head, client]", "notify: [worker, client]"))
    (found,) = messages_of(changed("notify: [department-head, client]", "notify: [content]"))
    assert "'content' is a text field; a staff field is needed here" in found


def test_a_suspension_is_read() -> None:
    mark = definition(turning(mark=SUSPEND)).roster_effects[1]
    assert isinstance(mark, RosterMarkEffect)
    assert (mark.into, mark.days and mark.days.source) == ("last", "3")


@pytest.mark.parametrize("by", ["least-loaded", "balanced"])
def test_some_strategies_do_without_a_roster(by: str) -> None:
    (found,) = definition(
        changed("- assign: worker\n", f"- assign: {{to: worker, by: {by}}}\n")
    ).roster_effects
    assert isinstance(found, AssignByRosterEffect)
    assert found.roster == "worker"


def test_a_process_that_uses_no_roster_keeps_none() -> None:
    assert definition().roster_effects == ()
    assert definition().rosters == {}


CHOICES = {
    CHOICE.replace("{to: worker", "{to: wroker"): "unknown role 'wroker'; did you mean 'worker'?",
    CHOICE.replace("{to: worker", "{to: desk"): "in 'desk-turns' take turns: worker, not 'desk'",
    CHOICE.replace(
        "by: turn", "by: turns"
    ): "'turns' is none of least-loaded, balanced, rotation, turn; did you",
    CHOICE.replace(
        "new-client", "new-cleint"
    ): "the rulebook 'shop' knows no 'new-cleint'; did you mean 'new-client'?",
    CHOICE.replace("new-client", "not-a-client"): "the rulebook 'shop' knows no 'not-a-client'",
    CHOICE.replace(
        "desk-turns", "desk-turn"
    ): "no process keeps a roster 'desk-turn'; did you mean 'desk-turns'?",
    CHOICE.replace(
        "into: worker", "into: severity"
    ): "'severity' is a choice field; a staff field is needed here",
    CHOICE.replace("into: worker", "named: wroker"): "unknown field 'wroker'; did you mean 'worker'?",
    CHOICE.replace("into: worker", "partners: [content]"): "'content' is a text field; a staff field",
    CHOICE.replace("new-client", "severity"): "the rulebook 'shop' knows no 'low'",
    CHOICE.replace("new-client", "content"): "'content' is a text field; a choice field is needed here",
    "{to: worker, by: turn, roster: desk-turns}": "on which occasion? Say `occasion`",
    "{to: worker, by: rotation}": "'rotation' goes by who has signed in; say in which `roster`",
    "{to: worker, by: balanced, occasion: new-client}": "'occasion' belongs to `by: turn`",
    "{to: worker, by: balanced, roster: desks}": "no process keeps a roster 'desks'",
    "{to: worker}": "'by' is missing",
    "[worker]": "a list where a name belongs",
}


@pytest.mark.parametrize("choice", CHOICES)
def test_what_is_wrong_with_a_choice(choice: str) -> None:
    found = messages_of(turning(choice))
    assert any(CHOICES[choice] in each for each in found), found


MARKS = {
    FINISH.replace(
        "finish", "finnish"
    ): "'finnish' is none of finish, hand-over, pass-on, permit, grant, suspend, lift; did",
    FINISH.replace("person: worker", "person: content"): "'content' is a text field; a staff field is needed",
    FINISH.replace("attempts == 0.0", "attempts"): "a boolean is needed here; this is a number",
    FINISH.replace(
        "desk-turns", "dusk-turns"
    ): "no process keeps a roster 'dusk-turns'; did you mean 'desk-turns'?",
    "{roster: desk-turns, mark: hand-over, person: worker}": "'hand-over' needs 'other'",
    "{roster: desk-turns, mark: suspend, person: worker}": "'suspend' needs 'days'",
    "{roster: desk-turns, mark: permit, person: worker, free: true}": "'free' does not belong to 'permit'",
    SUSPEND.replace("into: last", "into: worker"): "'worker' is a staff field; a date field is needed",
    SUSPEND.replace("days: 3", "days: content"): "a number is needed here; this is a text",
}


@pytest.mark.parametrize("mark", MARKS)
def test_what_is_wrong_with_a_mark(mark: str) -> None:
    found = messages_of(turning(mark=mark))
    assert any(MARKS[mark] in each for each in found), found


ROSTERS = {
    ("rulebook: shop", "rulebook: shoo"): "'shoo' is none of project, shop; did you mean 'shop'?",
    ("members: worker", "members: wroker"): "unknown role 'wroker'",
    ("kept_by: [desk]", "kept_by: [desc]"): "unknown role 'desc'; did you mean 'desk'?",
    (
        "deposit: volunteer",
        "deposit: volunter",
    ): "'volunter' is none of owner, volunteer; did you mean 'volunteer'?",
    ("deposit: volunteer", "deposits: volunteer"): "did you mean 'deposit'?",
    ("deposit: volunteer", "deposit: setting.nothing"): "there is no 'setting' here",
    ("11:30-13:00", "11:30"): "'11:30' is none of a span such as 12:00-13:30, none",
    ("    rulebook: shop\n", ""): "readings are of a rulebook; say `rulebook`",
}


@pytest.mark.parametrize("change", ROSTERS)
def test_what_is_wrong_with_a_roster(change: tuple[str, str]) -> None:
    found = messages_of(turning(roster=ROSTER.replace(*change)))
    assert any(ROSTERS[change] in each for each in found), found


def test_the_history_tells_the_choice_under_a_name_that_no_field_may_have() -> None:
    found = messages_of(turning().replace("  last: {", "  assignment: {"))
    assert any("the history tells the choice as 'assignment'" in each for each in found)


def test_a_roster_is_kept_by_one_process_and_spoken_of_by_many(tmp_path: Path) -> None:
    other = turning().replace("workflow: complaint", "workflow: other").replace("TS-", "TT-")
    both = read_folder(write_folder(tmp_path, turning(), other))
    assert any("'complaint' keeps a roster 'desk-turns' already" in str(each) for each in both.findings)


def test_another_process_may_speak_of_a_roster(tmp_path: Path) -> None:
    other = turning(roster="").replace("workflow: complaint", "workflow: other").replace("TS-", "TT-")
    folder = read_folder(write_folder(tmp_path, turning(), other))
    assert [str(each) for each in folder.findings] == []


def test_every_default_of_a_rulebook_is_a_reading() -> None:
    for book in RULEBOOKS.values():
        for key, word in asdict(book.readings).items():
            assert word in WORDS[key] or is_time_span(word)
    assert not is_time_span("13:00-12:00")
