"""schedules.yaml: what is opened by itself, and everything that is wrong with it at once."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.language.language_desk import COMPLAINT, CONTEXT, changed, titles, write_folder
from workflows.language.definition import Definition
from workflows.language.load import read_folder, read_text
from workflows.language.schedule_spec import EventTrigger, SchedulePlan
from workflows.language.schedules.load import read_schedules
from workflows.language.schedules.scope import periods
from workflows.timing.durations import Duration
from workflows.timing.instants import rfc3339
from workflows.timing.recurrence import Recurrence

T = titles("X")
PATROL = f"""\
workflow: patrol
title: {T}
purpose: A round.
numbering: P-{{year}}-{{seq:5}}
calendar: office
fields:
  unit: {{type: text, title: {T}}}
  by: {{type: datetime, title: {T}}}
  day: {{type: date, title: {T}}}
start: {{state: walking, roles: [worker, clock], requires: [by], accepts: [unit, day]}}
states:
  walking: {{title: {T}, owner: {{role: worker}}, due: {{at: by}}}}
  closed: {{title: {T}, category: closed}}
transitions:
  - {{trigger: close, title: {T}, from: walking, to: closed, roles: [worker]}}
"""
RAIN = f"events: {{heavy-rain: {{title: {T}, roles: [supervisor], fields: {{expected: {{type: datetime, title: {T}}}, how: {{type: text, title: {T}}}}}, requires: [expected]}}}}\n"
WEEKLY = f"""\
weekly:
  title: {T}
  opens: patrol
  on: {{weekly: thu, at: close}}
  roll: backward
  lead: 1 working day
  with: {{by: slot, day: slot_date}}
"""
RAINY = f"""\
rainy:
  title: {T}
  opens: patrol
  event: heavy-rain
  due: expected
  lead: 2 hours
  with: {{by: event.expected, unit: event.how}}
"""


def processes() -> dict[str, Definition]:
    """The patrol, and complaints whose tickets know patrols as children."""
    complaint = changed("client:", "children: [patrols]\nclient:")
    texts = {"patrol": PATROL, "complaint": complaint}
    found = {name: read_text(text, f"{name}.yaml", CONTEXT) for name, text in texts.items()}
    assert [reading.findings for reading in found.values()] == [(), ()]
    return {name: reading.definition for name, reading in found.items() if reading.definition}


KNOWN = processes()


def read(text: str) -> tuple[SchedulePlan, list[str]]:
    plan, problems = read_schedules(text, "schedules.yaml", CONTEXT, KNOWN)
    return plan, [str(problem).removeprefix("schedules.yaml:") for problem in problems]


def change_messages(old: str, new: str, text: str = RAIN + WEEKLY + RAINY) -> list[str]:
    """What is wrong when one passage is changed."""
    assert old in text
    return read(text.replace(old, new, 1))[1]


def test_schedules_and_events_are_read():
    plan, problems = read(RAIN + WEEKLY + RAINY)
    assert problems == []
    assert plan.broken == {}
    assert list(plan.schedules) == ["weekly", "rainy"]
    weekly, rainy = plan.schedules.values()
    assert isinstance(weekly.when, Recurrence)
    assert weekly.calendar.name == "office"  # that of the process, as none is said
    assert weekly.catch_up == "latest"
    assert [rfc3339(s.at) for s in weekly.when.upcoming(1_772_400_000, 1)] == ["2026-03-05T10:00:00Z"]
    assert rainy.when == EventTrigger(event="heavy-rain", due="expected", lead=Duration.parse("2 hours"))
    assert plan.triggered_by("heavy-rain") == (rainy,)
    assert plan.events["heavy-rain"].form.requires == ("expected",)


def test_an_empty_file_is_an_empty_plan():
    assert read("") == (SchedulePlan(), [])
    assert read("# nothing yet\n") == (SchedulePlan(), [])


def test_a_file_that_is_no_yaml_or_no_mapping_is_a_problem():
    assert read("a: [")[1]
    assert read("[a]")[1] == ["1:1: a list where a mapping of names belongs [wrong-kind]"]
    assert read("events: [a]")[1] == ["1:9: a list where a mapping of names belongs [wrong-kind]"]


def test_one_ticket_for_each_ticket_of_another_process():
    """Its open fields and its number may be spoken of, and it may be the parent."""
    plan, problems = read(
        WEEKLY.replace("day: slot_date", "unit: item.number")
        + "  each: {workflow: complaint, state: [registered, handled], where: item.severity == 'high'}\n  as: patrols\n"
    )
    assert problems == []
    each = plan.schedules["weekly"].each
    assert each is not None
    assert (each.workflow, each.states, each.link) == ("complaint", ("registered", "handled"), "patrols")


def test_one_ticket_for_each_row_that_is_written_there():
    """The rows are typed by what stands in them."""
    rows = "  each: {rows: [{post: lobby, first: true, round: 1}, {post: gate, first: false, round: 2}]}\n"
    plan, problems = read(WEEKLY.replace("day: slot_date", "unit: item.post") + rows)
    assert problems == []
    each = plan.schedules["weekly"].each
    assert each is not None
    assert [row["post"] for row in each.rows] == ["lobby", "gate"]
    wrong = read(WEEKLY.replace("day: slot_date", "unit: item.round") + rows)[1]
    assert wrong == ["7:26: 'unit' of 'patrol' is a text field; this is a number [type]"]


def test_a_personal_column_is_handed_on_as_it_is_into_a_personal_field():
    """And may be asked of nowhere else."""
    owned = PATROL.replace("  unit:", f"  who: {{type: person, title: {T}}}\n  unit:").replace(
        "accepts: [unit, day]", "accepts: [unit, day, who]"
    )
    owned = owned.replace("calendar: office", "calendar: office\nreaders: [supervisor]")
    definition = read_text(owned, "patrol.yaml", CONTEXT).definition
    assert definition is not None
    known = {**KNOWN, "patrol": definition}
    text = WEEKLY.replace("day: slot_date", "who: item.complainant") + "  each: {workflow: complaint}\n"
    plan, problems = read_schedules(text, "s", CONTEXT, known)
    assert problems == ()
    assert plan.schedules["weekly"].personal == {"complainant"}
    for new, complaint in (
        ("who: \"item.complainant + '!'\"", "it can only be handed on as it is: `item.complainant`"),
        ("unit: item.complainant", "'complainant' is personal, and the field 'unit' is for all to read"),
    ):
        found = read_schedules(text.replace("who: item.complainant", new), "s", CONTEXT, known)[1]
        assert [complaint in str(problem) for problem in found] == [True], found


def test_the_recurrences_of_the_trade_can_all_be_said():
    for on in (
        "daily: 08:30",
        "daily: [08:30, 20:30]",
        "weekly: [mon, thu], at: 09:00",
        "monthly: 25, at: 09:00",
        "monthly: last, at: close",
        "monthly: first friday, at: 10:00",
        "monthly: [1, 16], at: open",
        "monthly: 15, months: [jan, apr, jul, oct], at: 09:00",
        "yearly: [03-01, 09-01], at: 09:00",
        "every: 1 hour, from: 22:00, until: 06:00",
    ):
        assert (
            change_messages("weekly: thu, at: close", on, WEEKLY.replace("  roll: backward\n", "")) == []
        ), on


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("opens: patrol", "opens: patrl", "4:10: unknown workflow 'patrl'; did you mean 'patrol'?"),
        ("opens: patrol", "opens: complaint", "'complaint' does not let the clock open it; name `clock`"),
        ("weekly: thu", "weekly: thur", "5:16: 'thur' is none of mon, tue"),
        ("at: close", "at: closing", "'closing' is no time of the day"),
        (", at: close", "", "at which time of the day?"),
        ("weekly: thu", "weekly: thu, daily: 09:00", "says on which days, not 2 of them"),
        ("weekly: thu", "monthly: 31", "not every month has a day 31"),
        ("weekly: thu", "weekly: thu, from: 08:00", "'from' goes with every, not with weekly"),
        ("weekly: thu, at: close", "every: 1 hour", "rounds of a day are not rolled"),
        ("weekly: thu, at: close", "every: 1 day", "counted from which date?"),
        ("weekly: thu, at: close", "every: 25 hours", "less than a day"),
        ("roll: backward", "roll: backwards", "did you mean 'backward'?"),
        ("weekly: thu, at: close}\n  roll: backward", "weekly: sat, at: 09:00}\n  roll: next-week", "only a weekday on which the office opens"),
        ("weekly: thu, at: close}\n  roll: backward", "monthly: 1, at: 09:00}\n  roll: next-week", "only a weekday on which the office opens"),
        ("lead: 1 working day", "lead: 1 working hour", "cannot be counted backwards"),
        ("lead: 1 working day", "lead: 400 days", "more than a year ahead"),
        ("lead: 1 working day", "delay: 1 hour", "'delay' goes with `event`"),
        ("by: slot,", "", "'patrol' cannot begin without by; give it in `with`"),
        ("by: slot", "by: slot_date", "'by' of 'patrol' is a datetime field; this is a text"),
        ("by: slot", "by: item.at", "there is no 'item' here"),
        ("by: slot", "by: event.expected", "there is no 'event' here"),
        ("day: slot_date", "dya: slot_date", "'patrol' has no field 'dya'; did you mean 'day'?"),
        ("day: slot_date", "unit: \"visits('walking')\"", "there is no ticket yet"),
        ("on: {weekly: thu, at: close}", "calendar: shop\n  on: {weekly: thu, at: close}", "unknown calendar 'shop'"),
        ("  roll:", "  event: heavy-rain\n  roll:", "either `on` or `event`"),
        ("  on: {weekly: thu, at: close}\n  roll: backward\n  lead: 1 working day\n", "", "either `on` or `event`"),
        ("  roll:", "  parent: true\n  roll:", "whose child?"),
        ("  roll:", "  each: {}\n  roll:", "each of what?"),
        ("  roll:", "  each: {rows: [{a: x}, {b: y}]}\n  roll:", "each row tells a, and of the same kinds"),
        ("  roll:", "  each: {rows: [{a: x}, {a: 1}]}\n  roll:", "each row tells a, and of the same kinds"),
        ("  roll:", "  each: {rows: [{a: x}, {a: x}]}\n  roll:", "this row stands there already"),
        ("  roll:", "  each: {rows: [{a: [x]}]}\n  roll:", "no lists"),
        ("  roll:", "  each: {rows: []}\n  roll:", "there is no row"),
        ("  roll:", "  each: {rows: [{a: x}], state: b}\n  roll:", "only tickets stand in a state"),
        ("  roll:", "  each: {register: units}\n  roll:", "unknown register 'units'"),
        ("  roll:", "  each: {workflow: complant}\n  roll:", "unknown workflow 'complant'; did you mean 'complaint'?"),
        ("  roll:", "  each: {workflow: complaint, state: handeld}\n  roll:", "did you mean 'handled'?"),
        ("  roll:", "  each: {workflow: complaint, where: item.contact == ''}\n  roll:", "item has no 'contact'"),
        ("  roll:", "  each: {workflow: complaint, where: item.severity}\n  roll:", "a guard must be yes or no"),
        ("  roll:", "  each: {workflow: complaint}\n  as: rounds\n  roll:", "knows no children called 'rounds'; say `children: [rounds]` there"),
        ("  roll:", "  catch_up: never\n  roll:", "'never' is none of latest, all, none"),
        ("  roll:", "  rol: none\n  roll:", "unknown key 'rol'; did you mean 'roll'?"),
        ("roles: [supervisor]", "roles: [supervisr]", "unknown role 'supervisr'; did you mean 'supervisor'?"),
        ("requires: [expected]", "requires: [expeced]", "unknown field 'expeced'; did you mean 'expected'?"),
        ("how: {type: text", "how: {type: phone", "no field of it is personal"),
        ("event: heavy-rain", "event: havy-rain", "unknown event 'havy-rain'; did you mean 'heavy-rain'?"),
        ("due: expected", "due: expcted", "unknown field of the event 'expcted'; did you mean 'expected'?"),
        ("due: expected", "due: how", "'how' is a text field; a datetime field is needed here"),
        ("due: expected", "due: 2 hours", "ahead of what?"),
        ("  due: expected\n", "  due: expected\n  roll: forward\n", "'roll' goes with `on`"),
        ("weekly:\n", "Weekly Round:\n", "'Weekly Round' is no name"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_its_place(old, new, complaint):
    """And it stands among what is broken, not among the schedules."""
    found = change_messages(old, new)
    assert any(complaint in line for line in found), found


def test_a_schedule_with_a_problem_is_broken_and_the_others_are_kept():
    plan, _ = read((RAIN + WEEKLY + RAINY).replace("by: slot", "by: slott"))
    assert list(plan.schedules) == ["rainy"]
    assert "there is no 'slott' here; did you mean 'slot'?" in plan.broken["weekly"]


def test_titles_are_needed_in_all_languages():
    found = read("a: {title: {en: A}, opens: patrol, on: {daily: 09:00}, with: {by: slot}}")[1]
    (only,) = found
    assert only.startswith("1:12: the title lacks zh-Hans, zh-Hant, es; write it")


def test_a_folder_is_refused_for_a_schedule_of_a_process_it_does_not_have(tmp_path: Path):
    """With the file and the line; a process that is there but faulty is complained of by itself."""
    folder = write_folder(tmp_path, COMPLAINT)
    (folder / "schedules.yaml").write_text(WEEKLY)
    found = read_folder(folder)
    assert [str(problem).removeprefix(f"{folder}/") for problem in found.findings] == [
        "schedules.yaml:3:10: unknown workflow 'patrol'; known: complaint [unknown-workflow]"
    ]
    (folder / "group-0" / "patrol.yaml").write_text(PATROL.replace("to: closed", "to: closd"))
    assert not any("schedules.yaml" in str(problem) for problem in read_folder(folder).findings)
    (folder / "group-0" / "patrol.yaml").write_text(PATROL)
    whole = read_folder(folder)
    assert whole.findings == ()
    assert whole.schedules == WEEKLY.encode()


def test_a_schedules_file_that_cannot_be_opened_is_a_problem(tmp_path: Path):
    folder = write_folder(tmp_path, COMPLAINT)
    (folder / "schedules.yaml").mkdir()
    assert [problem.message[:14] for problem in read_folder(folder).findings] == ["cannot be read"]


@pytest.mark.parametrize(
    ("day", "this", "before"),
    [
        ("2026-03-02", "2026-W10 2026-03 2026-Q1 2026", "2026-W09 2026-02 2025-Q4 2025"),
        ("2026-01-01", "2026-W01 2026-01 2026-Q1 2026", "2025-W52 2025-12 2025-Q4 2025"),
        ("2027-01-02", "2026-W53 2027-01 2027-Q1 2027", "2026-W52 2026-12 2026-Q4 2026"),
        ("2026-12-31", "2026-W53 2026-12 2026-Q4 2026", "2026-W52 2026-11 2026-Q3 2025"),
    ],
)
def test_a_day_has_its_periods_and_those_before(day: str, this: str, before: str):
    """Weeks are those of ISO 8601: a new year may begin in the last week of the old one."""
    found = periods(date.fromisoformat(day))
    spans = ("week", "month", "quarter", "year")
    assert " ".join(found[f"slot_{span}"] for span in spans) == this
    assert " ".join(found[f"last_{span}"] for span in spans) == before
