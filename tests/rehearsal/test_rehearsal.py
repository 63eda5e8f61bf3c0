"""Stories on a virtual clock: what goes as written passes, what does not is told with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import pytest
from scenario_texts import COMPANY, ORDER, VISIT

from workflows.errors import Invalid
from workflows.language.scenario import Scenario
from workflows.language.schemas.scenarios import ExpectSchema
from workflows.rehearsal import ScenarioResult, VirtualDesk, expectations, rehearse, rehearse_folder

RehearseText = Callable[[str], list[ScenarioResult]]
START = "  - name: a story\n    at: 2026-03-02 09:00\n    steps:\n"
OPEN = "{open: {what: lamp}, as: desk}"


def story(*steps: str) -> str:
    """One scenario of these steps, on a Monday at nine."""
    return START + "".join(f"      - {step}\n" for step in steps)


def failure(results: list[ScenarioResult]) -> str:
    """Why the only story went otherwise."""
    (result,) = results
    assert not result.ok
    assert result.failure is not None
    return result.failure


GOOD = {
    "a day's work": [
        OPEN,
        "{expect: {state: new, category: open, overdue: false, escalated_to: [], children: 0}}",
        "{expect: {priority: normal}}",
        "{wait: 30 minutes}",
        "{give: {department: gardens}, as: desk}",
        "{finish: {}, as: worker}",
        "{expect: {state: done, category: closed, visits: {new: 1, given: 1, named: 0}}}",
    ],
    "the levels come due one after the other": [
        OPEN,
        "{wait: 1 working hour}",
        "{expect: {overdue: false, escalated_to: [desk]}}",
        "{wait_until: 2026-03-02 11:01}",
        "{expect: {overdue: true, escalated_to: [director]}}",
        "{expect: {escalated_to: []}}",
        "{wait: 1 working day}",
        "{expect: {state: dropped, category: cancelled, overdue: false}}",
    ],
    "a level may be named as the policy names it": [
        OPEN,
        "{wait: 3 hours}",
        "{expect: {escalated_to: [assignee, superior]}}",
    ],
    "a head names a worker of the department": [
        "{open: {what: lamp, department: gardens}, as: resident}",
        "{give: {department: gardens}, as: desk}",
        "{remark: {what: two lamps}, as: worker}",
        "{remark: {what: three lamps}, as: desk}",
        "{name: {worker: worker}, as: dept-head}",
        "{finish: {}, as: worker}",
        "{expect: {state: done}}",
    ],
    "what is refused": [
        "{open: {what: lamp}, as: worker, refused: [role-needed]}",
        "{expect_nothing: {}, as: desk, refused: [unknown-trigger]}",
        "{open: {what: 'no'}, as: desk}",
        "{finish: {}, as: worker, refused: [not-in-state]}",
        "{expect: {state: new, blocked: [not-in-state]}}",
        "{give: {department: lifts}, as: desk}",
        "{expect: {blocked: []}}",
        "{finish: {}, as: worker, refused: [guard]}",
    ],
    "children are walked, and the parent ends with the last": [
        OPEN,
        "{visit: {places: [{place: hall}, {place: roof}]}, as: desk}",
        "{expect: {state: visiting, children: 2}}",
        "{child: {link: visits, index: 1}, steps: [{expect: {state: planned}}, {see: {}, as: desk}]}",
        "{expect: {state: visiting}}",
        "{child: {link: visits}, steps: [{wait: 1 hour}, {see: {}, as: desk}, {expect: {category: closed}}]}",
        "{expect: {state: done}}",
    ],
    "a child's child is walked within it": [
        OPEN,
        "{visit: {places: [{place: hall}]}, as: desk}",
        "{child: {link: visits}, steps: [{see: {}, as: desk}, {child: {link: next}, steps: ["
        "{expect: {state: planned, data: {place: the next}}}, {see: {}, as: desk}]}]}",
    ],
    "what is done beside the rows": [
        OPEN,
        "{note: somebody called, as: director}",
        "{assign: desk, as: desk}",
        "{amend: {what: two lamps, department: gardens}, as: desk}",
        "{expect: {state: new, data: {what: two lamps, department: gardens, worker: null}}}",
        "{assign: nobody, as: desk}",
        "{note: {what: a trigger}, as: desk}",
        "{expect: {state: new, data: {what: a trigger}}}",
        "{give: {department: gardens}, as: desk}",
        "{assign: worker, as: dept-head}",
        "{name: {worker: worker}, as: dept-head}",
        "{expect: {data: {worker: worker}}}",
        "{amend: {what: x}, as: resident, refused: [role-needed]}",
    ],
    "a value is expected as a form would spell it": [
        OPEN,
        "{visit: {places: [{place: hall}]}, as: desk}",
        "{child: {link: visits}, steps: [{see: {at: '2026-03-02T09:30:00+08:00', price: '12.5'}, as: desk},"
        " {expect: {data: {at: '2026-03-02T01:30:00Z', price: 12.50}}}]}",
    ],
    "who was told": [
        OPEN,
        "{expect: {told: []}}",
        "{ask: {}, as: desk}",
        "{wait: 3 working hours}",
        "{expect: {told: [superior, director]}}",
        "{expect: {told: []}}",
        "{expect: {escalated_to: [superior]}}",
    ],
    "in which words": [
        OPEN,
        "{ask: {}, as: desk}",
        "{expect: {words: {director: Look at lamp., superior: [Look at, lamp]}, told: [director]}}",
        "{expect: {told: []}}",
    ],
    "it goes on as another": [OPEN, "{turn: {}, as: desk}", "{expect: {state: dropped, converted: visit}}"],
}


@pytest.mark.parametrize("name", [name for name in GOOD if name != "what is refused"])
def test_a_story_that_goes_as_written(rehearse_text: RehearseText, name: str) -> None:
    """It passes, and its log says what happened."""
    (result,) = rehearse_text(story(*GOOD[name]))
    assert result.ok, result.failure
    assert result.log
    assert str(result).endswith("order: a story: as written")


def test_what_must_be_refused_is_refused(rehearse_text: RehearseText) -> None:
    """With exactly these codes."""
    steps = [step for step in GOOD["what is refused"] if "expect_nothing" not in step]
    (result,) = rehearse_text(story(*steps))
    assert result.ok, result.failure


BAD = {
    "state: done is expected, found new": [OPEN, "{expect: {state: done}}"],
    "priority: low is expected, found normal": [OPEN, "{expect: {priority: low}}"],
    "overdue: True is expected, found False": [OPEN, "{expect: {overdue: true}}"],
    "visits to given: 1 is expected, found 0": [OPEN, "{expect: {visits: {given: 1}}}"],
    "what: lamps is expected, found lamp": [OPEN, "{expect: {data: {what: lamps}}}"],
    "data: worker cannot be 7: ": [OPEN, "{expect: {data: {worker: 7}}}"],
    "told: desk is expected, found nobody": [OPEN, "{expect: {told: [desk]}}"],
    "words to director: 'chair' is expected, found Look at lamp.": [
        OPEN,
        "{ask: {}, as: desk}",
        "{expect: {words: {director: chair}}}",
    ],
    "words to desk: 'lamp' is expected, found none": [OPEN, "{expect: {words: {desk: lamp}}}"],
    "told: nobody is expected, found director, superior": [
        OPEN,
        "{ask: {}, as: desk}",
        "{expect: {told: []}}",
    ],
    "note: no ticket has been opened yet": ["{note: hello, as: desk}"],
    "assign was refused: bad-value": [OPEN, "{assign: worker, as: desk}"],
    "escalated_to: director is expected, found nobody": [OPEN, "{expect: {escalated_to: [director]}}"],
    "converted: visit is expected, found nobody": [OPEN, "{expect: {converted: visit}}"],
    "open was refused: role-needed": ["{open: {what: lamp}, as: worker}"],
    "open was taken; it should be refused for guard": ["{open: {what: lamp}, as: desk, refused: [guard]}"],
    "finish should be refused for guard, not for not-in-state": [
        OPEN,
        "{finish: {}, as: worker, refused: [guard]}",
    ],
    "finish: no ticket has been opened yet": ["{finish: {}, as: worker}"],
    "no ticket has been opened yet": ["{expect: {state: new}}"],
    "open: say in which role, with `as`": ["{open: {what: lamp}}"],
    "there is no child 0 of 'visits', only 0": [OPEN, "{child: {link: visits}, steps: []}"],
    "time does not run backwards": [OPEN, "{wait_until: 2026-03-01 09:00}"],
}


@pytest.mark.parametrize("message", BAD)
def test_a_story_that_goes_otherwise(rehearse_text: RehearseText, message: str) -> None:
    """It says why, with the line of the step."""
    results = rehearse_text(story(*BAD[message]))
    assert failure(results).startswith(message)
    (result,) = results
    lines = Path(result.file).read_text(encoding="utf-8").splitlines()
    assert lines[result.line - 1].strip() == f"- {BAD[message][-1]}"
    assert str(result).startswith(f"{result.file}:{result.line}: order: a story: {message}")


def test_stories_do_not_disturb_each_other(rehearse_text: RehearseText) -> None:
    """What one leaves open does not come due in the next, a year later."""
    later = story(OPEN, "{wait: 30 minutes}", "{expect: {escalated_to: []}}")
    results = rehearse_text(
        story(OPEN) + story(OPEN) + later.replace("2026", "2027").replace("a story", "another")
    )
    assert [result.failure for result in results] == [None, None, None]


def test_a_broken_folder_is_refused_whole(rehearse_text: RehearseText) -> None:
    """With every problem."""
    with pytest.raises(Invalid, match="unknown trigger 'finsh'"):
        rehearse_text(story(OPEN, "{finsh: {}, as: worker}"))


@pytest.mark.timeout(60)
def test_a_story_takes_milliseconds(rehearse_text: RehearseText) -> None:
    """Fifty of them well within fifty times fifty, the reading and publishing of the folder with it."""
    began = perf_counter()
    assert all(
        result.ok for result in rehearse_text(story(*GOOD["the levels come due one after the other"]) * 50)
    )
    assert perf_counter() - began < 10


@pytest.fixture
def desk(rehearse_text: RehearseText, tmp_path: Path) -> Iterator[VirtualDesk]:
    """A stage with the small company, for stories that the reader would not let pass."""
    from workflows.language.load import read_folder

    rehearse_text(story(OPEN))
    read = read_folder(tmp_path)
    found = VirtualDesk.create()
    found.definitions.publish(read, 0, "test")
    found.add_sample_staff(read.context.organisation, "UTC")
    yield found
    found.close()


UNREADABLE = {
    "a step does one thing, not open, wait": {"open": {}, "wait": "1 hour", "as": "desk"},
    "a step does one thing, not none": {"as": "desk"},
    "'soon' is no moment": {"wait_until": "soon"},
    "'soon' is no duration": {"wait": "soon"},
    "open: the form's fields belong here": {"open": None, "as": "desk"},
}


@pytest.mark.parametrize("message", UNREADABLE)
def test_a_step_that_cannot_be_understood(desk: VirtualDesk, message: str) -> None:
    """Without the file the line is that of the scenario."""
    scenario = Scenario(name="odd", at="2026-03-02 09:00", steps=(UNREADABLE[message],), line=7)
    result = rehearse(desk, scenario, desk.definitions.latest("order"))
    assert result.failure is not None
    assert result.failure.startswith(message)
    assert (result.line, str(result)) == (7, f"order: odd: {result.failure}")


def test_what_may_be_expected_is_what_is_looked_at() -> None:
    """What reading takes, the rehearsal knows, and the other way round."""
    assert set(ExpectSchema().fields) == set(expectations._CHECKS)


@pytest.mark.parametrize(
    ("expected", "message"),
    [({"stat": "new"}, "unknown key 'stat'; did you mean 'state'?"), ("new", "expect: say what")],
)
def test_an_expectation_that_cannot_be_understood(desk: VirtualDesk, expected: object, message: str) -> None:
    """An unknown key is not passed over."""
    steps: tuple[dict[str, object], ...] = ({"open": {"what": "x"}, "as": "desk"}, {"expect": expected})
    scenario = Scenario(name="odd", at="2026-03-02 09:00", steps=steps)
    assert rehearse(desk, scenario, desk.definitions.latest("order")).failure == message


def test_a_time_beyond_all_calendars(desk: VirtualDesk) -> None:
    """Is a failure, not a crash."""
    steps: tuple[dict[str, object], ...] = ({"open": {"what": "x"}, "as": "desk"}, {"wait": "99 weeks"})
    scenario = Scenario(name="late", at="2199-12-31 09:00", steps=steps)
    assert not rehearse(desk, scenario, desk.definitions.latest("order")).ok


def test_folders_may_be_named_by_text(rehearse_text: RehearseText, tmp_path: Path) -> None:
    """As the command line does."""
    rehearse_text(story(OPEN))
    assert all(result.ok for result in rehearse_folder(str(tmp_path)))


def test_what_a_story_said_that_broke_off_is_not_heard_in_the_next(rehearse_text: RehearseText) -> None:
    """The step was taken against what is written, so its message was still on the way."""
    broken = story(OPEN, "{ask: {}, as: desk, refused: [guard]}")
    results = rehearse_text(broken + story(OPEN, "{expect: {told: []}}"))
    assert [each.ok for each in results] == [False, True]


@pytest.mark.parametrize("may", ["{give: [desk]}", "{open: [desk, resident]}", "{give-up: [clock, desk]}"])
def test_a_story_may_ask_who_has_the_right(rehearse_text: RehearseText, may: str):
    """Without a step being taken."""
    (result,) = rehearse_text(story(OPEN, f"{{expect: {{may: {may}}}}}"))
    assert result.ok, result.failure


@pytest.mark.parametrize("may", ["{give: [director]}", "{open: [worker]}", "{finish: [worker]}"])
def test_who_has_no_right_is_named(rehearse_text: RehearseText, may: str):
    """Also when the trigger is not to be had from here."""
    assert "should have the right to" in failure(rehearse_text(story(OPEN, f"{{expect: {{may: {may}}}}}")))


def test_the_clock_of_a_story_is_the_desks_own_and_sees_what_is_kept_from_others(tmp_path: Path) -> None:
    """A ticket that exists for one post only is still there for the clock."""
    kept = ORDER.replace("calendar: office", "calendar: office\nvisible: {to: [desk]}", 1)
    for name, text in {**COMPANY, "visit.yaml": VISIT}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    scenarios = story(OPEN, "{give-up: {}, as: clock}", "{expect: {state: dropped}}")
    (tmp_path / "order.yaml").write_text(f"{kept}\nscenarios:\n{scenarios}", encoding="utf-8")
    assert [each.failure for each in rehearse_folder(tmp_path)] == [None]
