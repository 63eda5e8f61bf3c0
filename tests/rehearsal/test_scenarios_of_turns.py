"""Stories of turn-taking: people come on, sign in, take turns, and are gone in the next story."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_texts import COMPANY, ORDER, VISIT

from workflows.errors import Invalid
from workflows.language.load import read_folder
from workflows.rehearsal import ScenarioResult, rehearse_folder

_T = "{en: T, zh-Hans: T, zh-Hant: T, es: T}"
TURNS = f"""\
rosters:
  desks: {{title: {_T}, members: desk, kept_by: [director], led_by: [director], rulebook: shop}}
states:"""
GIVE = "effects: [{assign: {to: desk, by: turn, roster: desks, occasion: new-client, into: worker}}]"
STAFF = "staff: {ann: desk, bob: desk}"
SIGN = "{roster: {name: desks, mark: sign-in, person: [ann, bob]}, as: director}"


def walk(folder: Path, *steps: str, staff: str = STAFF) -> list[ScenarioResult]:
    """Two stories of these steps."""
    order = ORDER.replace("states:", TURNS, 1).replace(
        "requires: [what], accepts: [department]}", f"requires: [what], accepts: [department], {GIVE}}}", 1
    )
    text = order + "scenarios:\n"
    for name in ("first", "second"):
        text += f"  - name: {name}\n    at: 2026-03-02 09:00\n    {staff}\n    steps:\n"
        text += "".join(f"      - {step}\n" for step in steps)
    for name, content in {**COMPANY, "order.yaml": text, "visit.yaml": VISIT}.items():
        (folder / name).write_text(content, encoding="utf-8")
    return list(rehearse_folder(folder))


def test_people_take_turns_and_each_story_begins_anew(tmp_path: Path) -> None:
    results = walk(
        tmp_path,
        SIGN,
        "{open: {what: a}, as: desk}",
        "{expect: {assignee: ann, data: {worker: ann}, roster: {name: desks, turns: {ann: 1, bob: 0}}}}",
        "{open: {what: b}, as: desk}",
        "{expect: {assignee: bob, roster: {name: desks, round: 2, make_ups: []}}}",
        "{back_to: 0}",
        "{expect: {assignee: ann}}",
        "{roster: {name: desks, mark: leave}, as: ann, refused: [still-receiving]}",
        "{roster: {name: desks, mark: permit, person: ann}, as: director}",
        "{roster: {name: desks, mark: leave, leave: private, substitute: bob}, as: ann}",
        "{roster: {name: desks, mark: describe, person: ann, rests: [7], ability: 80}, as: director}",
    )
    assert [(result.ok, result.failure) for result in results] == [(True, None)] * 2


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        ("{expect: {assignee: bob}}", "assignee: bob is expected, found ann"),
        ("{expect: {roster: {name: desks, turns: {ann: 2}}}}", "turns of ann: 2 is expected, found 1"),
        ("{expect: {roster: {name: desks, round: 5}}}", "round: 5 is expected, found 1"),
        ("{expect: {roster: {name: desks, make_ups: [bob]}}}", "make_ups: ['bob'] is expected, found []"),
        ("{expect: {roster: {name: desks, suspended: [bob]}}}", "suspended: ['bob'] is expected, found []"),
        ("{back_to: 3}", "there is no ticket 3, only 1"),
        ("{roster: {name: desks, mark: sign-in}, as: ann}", "roster was refused: signed-in-already"),
        (
            "{roster: {name: desks, mark: return}, as: ann, refused: [guard]}",
            "it should be refused for guard",
        ),
        ("{roster: {name: desk, mark: return}, as: ann}", "there is no roster 'desk'; did you mean 'desks'?"),
    ],
)
def test_what_goes_otherwise_is_told(tmp_path: Path, step: str, failure: str) -> None:
    results = walk(tmp_path, SIGN, "{open: {what: a}, as: desk}", step)
    assert failure in str(results[0].failure)


@pytest.mark.parametrize(
    ("staff", "step", "complaint"),
    [
        ("staff: {desk: desk}", "{wait: 1 hour}", "'desk' is a role; call the person otherwise"),
        ("staff: {ann: dusk}", "{wait: 1 hour}", "unknown role 'dusk'; did you mean 'desk'?"),
        (STAFF, "{open: {what: a}, as: cid}", "unknown role 'cid'"),
        (STAFF, "{roster: {name: desks, mark: arrive}, as: ann}", "'arrive' is none of sign-in"),
        (STAFF, "{roster: {name: desks, mark: return, person: cid}, as: ann}", "unknown role 'cid'"),
        (STAFF, "{back_to: first}", "which ticket? 0 is the first that was opened"),
        (STAFF, "{expect: {assignee: cid}}", "unknown role 'cid'"),
    ],
)
def test_what_is_wrong_with_a_story(tmp_path: Path, staff: str, step: str, complaint: str) -> None:
    with pytest.raises(Invalid):
        walk(tmp_path, step, staff=staff)
    found = [str(problem) for problem in read_folder(tmp_path).findings]
    assert any(complaint in each for each in found), found
