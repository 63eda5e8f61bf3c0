"""Processes that open each other for ever are found by the check, with the way they go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.language_desk import titles, write_folder
from workflows.language.load import read_folder, read_text

PROCESS = """\
workflow: {name}
title: {title}
purpose: One of several.
numbering: {letters}-{{year}}-{{seq:5}}
calendar: office
summary: content
fields:
  content: {{type: text, title: {title}}}
start:
  state: begun
  roles: [desk]
  requires: [content]{start}
states:
  begun: {{title: {title}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  going: {{title: {title}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  closed: {{title: {title}, category: closed}}
transitions:
  - {{trigger: close, title: {title}, from: [begun, going], to: closed, roles: [desk]}}{rows}
"""
ROW = """
  - trigger: go
    title: {title}
    from: begun
    to: {to}
    auto: true
    guard: "{guard}"
    effects: [{effect}]"""


def process(name: str, *, start: str = "", guard: str = "", effect: str = "") -> str:
    to = "closed" if "convert" in effect else "going"
    rows = ROW.format(title=titles("Go"), guard=guard, effect=effect, to=to) if guard else ""
    begin = f"\n  effects: [{start}]" if start else ""
    return PROCESS.format(name=name, title=titles("X"), letters=name.upper(), start=begin, rows=rows)


def opens(name: str, more: str = "") -> str:
    return f"{{open: {name}, with: {{content: content}}{more}}}"


def found(folder: Path, *texts: str) -> list[str]:
    return [str(each) for each in read_folder(write_folder(folder, *texts)).findings]


@pytest.mark.parametrize(
    "text",
    [
        process("one", start=opens("one")),
        process("one", start=opens("one", ", as: again")),
        process("one", guard="true", effect=opens("one")),
        process("one", guard="1 < 2", effect="{convert: one, with: {content: content}}"),
    ],
    ids=["a start", "under a link", "an auto row", "a conversion"],
)
def test_one_that_opens_itself_is_found(tmp_path: Path, text: str) -> None:
    (finding_text,) = found(tmp_path, text)
    assert "each one opens another, for ever: one -> one" in finding_text
    line = 1 + text[: max(text.find("{open: one"), text.find("{convert: one"))].count("\n")
    assert f":{line}:" in finding_text


def test_a_circle_through_others_is_told_once_with_its_way(tmp_path: Path) -> None:
    (finding_text,) = found(
        tmp_path,
        process("cc", start=opens("aa")),
        process("bb", guard="true", effect=opens("cc")),
        process("aa", start=opens("bb")),
    )
    assert "for ever: aa -> bb -> cc -> aa" in finding_text


def test_and_when_one_text_is_checked_it_is_told_there(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, process("aa", start=opens("bb")), process("bb"))
    read = read_folder(folder)
    assert read.findings == ()
    reading = read_text(process("bb", start=opens("aa")), "bb.yaml", read.context, read.definitions)
    (finding,) = reading.findings
    assert "for ever: bb -> aa -> bb" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        process("one", start=opens("one", ", when: content != null")),
        process("one", guard="content == 'x'", effect=opens("one")),
        process("one", guard="false", effect=opens("one")),
        process("one", start=opens("two")),
    ],
    ids=["a condition", "a guard", "never", "another"],
)
def test_what_comes_to_an_end_by_a_condition_is_left_to_the_bound(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text, process("two")) == []


SCHEDULE = """\
again:
  title: {title}
  opens: {opens}
  on: {{daily: 09:00}}
  each: {{workflow: one{more}}}
  with: {{content: item.number}}
"""


@pytest.mark.parametrize(
    ("opened", "more", "endless"),
    [("one", "", True), ("two", "", True), ("three", "", False), ("one", ", state: going", False)],
)
def test_a_schedule_that_opens_one_more_for_each_there_is_is_found(
    tmp_path: Path, opened: str, more: str, endless: bool
) -> None:
    texts = (process("one"), process("two", start=opens("one")), process("three"))
    folder = write_folder(
        tmp_path, *(each.replace("roles: [desk]\n", "roles: [desk, clock]\n", 1) for each in texts)
    )
    schedule = SCHEDULE.format(title=titles("Again"), opens=opened, more=more)
    (folder / "schedules.yaml").write_text(schedule, "utf-8")
    finding_texts = [str(each) for each in read_folder(folder).findings]
    assert any("every slot opens one more" in each for each in finding_texts) == endless, finding_texts
    assert len(finding_texts) == endless, finding_texts


PAIR = """\
workflow: {name}
title: {title}
purpose: One of two that speak with each other.
numbering: {letters}-{{year}}-{{seq:5}}
calendar: office
summary: content
fields:
  content: {{type: text, title: {title}}}
start: {{state: begun, roles: [desk], requires: [content]{start}}}
states:
  begun: {{title: {title}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  going: {{title: {title}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  closed: {{title: {title}, category: closed}}
transitions:
  - {{trigger: close, title: {title}, from: [begun, going], to: closed, roles: [desk]}}
  - {{trigger: begin, title: {title}, from: begun, roles: [desk], effects: [{{open: ear, as: ears, with: {{content: content}}}}]}}
{rows}"""  # noqa: E501 - rows of YAML


def pair(name: str, *rows: str, start: str = "", opens: bool = False) -> str:
    row_lines = "".join(f"  - {{title: {titles('X')}, {row}}}\n" for row in rows)
    text = PAIR.format(name=name, title=titles("X"), letters=name.upper(), start=start, rows=row_lines)
    return text if opens else "".join(line for line in text.splitlines(True) if "trigger: begin" not in line)


ASK = "trigger: ask, from: begun, roles: [desk, child], effects: [{fire: answer, on: ears}]"
ANSWER = "trigger: answer, from: begun, roles: [parent], effects: [{fire: ask, on: parent}]"


@pytest.mark.parametrize(
    ("mouth", "ear", "way"),
    [
        ((ASK,), (ANSWER,), "ear.answer -> mouth.ask -> ear.answer"),
        (
            (
                "trigger: ask, from: [begun, going], to: going, roles: [desk, child]",
                "trigger: pass-on, from: going, to: begun, auto: true, guard: 'true',"
                " effects: [{fire: answer, on: ears}]",
            ),
            (ANSWER,),
            "ear.answer -> mouth.ask -> mouth.pass-on -> ear.answer",
        ),
        (
            (ASK.replace("roles:", "guard: '1 < 2', roles:"),),
            (
                ANSWER.replace("from: begun", "from: begun, to: going"),
                "trigger: turn-back, from: going, to: begun, auto: true, guard: 'true'",
            ),
            "ear.answer -> mouth.ask -> ear.turn-back -> ear.answer",
        ),
    ],
    ids=["at once", "by an auto row of the parent", "by an auto row of the child"],
)
def test_steps_of_parent_and_child_that_set_each_other_off_are_found(
    tmp_path: Path, mouth: tuple[str, ...], ear: tuple[str, ...], way: str
) -> None:
    finding_texts = found(tmp_path, pair("mouth", *mouth, opens=True), pair("ear", *ear))
    assert [each.partition("for ever: ")[2].removesuffix(" [opening-cycle]") for each in finding_texts] == [
        way
    ]


def test_a_child_whose_opening_makes_its_parent_open_another_is_found(tmp_path: Path) -> None:
    again = ASK.replace("ask", "again").replace("{fire: answer, on: ears}", opens("ear", ", as: ears"))
    start = ", effects: [{fire: again, on: parent}]"
    finding_texts = found(tmp_path, pair("mouth", again, opens=True), pair("ear", start=start))
    assert [each.partition("for ever: ")[2].removesuffix(" [opening-cycle]") for each in finding_texts] == [
        "ear.open -> mouth.again -> ear.open"
    ]


def test_and_it_is_told_where_one_text_is_checked(tmp_path: Path) -> None:
    quiet = "trigger: answer, from: begun, roles: [parent]"
    read = read_folder(write_folder(tmp_path, pair("mouth", ASK, opens=True), pair("ear", quiet)))
    assert read.findings == ()
    text = pair("ear", ANSWER)
    (finding,) = read_text(text, "ear.yaml", read.context, read.definitions).findings
    assert finding.message.endswith("for ever: ear.answer -> mouth.ask -> ear.answer")
    assert "fire: ask" in text.splitlines()[finding.line - 1]


@pytest.mark.parametrize(
    ("mouth", "ear"),
    [
        (ASK.replace("on: ears", "on: ears, when: content != null"), ANSWER),
        (ASK.replace("roles:", "guard: content != null, roles:"), ANSWER),
        (ASK, ANSWER.replace("from: begun", "from: begun, to: going")),
        (ASK.replace("from: begun", "from: begun, to: going"), ANSWER),
        (ASK, ANSWER.replace("from: begun", "from: begun, requires: [content]")),
        (ASK.replace("[desk, child]", "[desk]"), ANSWER),
    ],
    ids=["a condition", "a guard", "the child moves on", "the parent moves on", "a form", "no right"],
)
def test_what_comes_to_rest_is_no_circle(tmp_path: Path, mouth: str, ear: str) -> None:
    finding_texts = found(tmp_path, pair("mouth", mouth, opens=True), pair("ear", ear))
    assert not [each for each in finding_texts if "for ever" in each]
