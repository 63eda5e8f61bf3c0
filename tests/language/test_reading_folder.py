"""A whole folder: the company's three files, and the processes that speak of each other."""

# ruff: noqa: E501  # a table is read by its lines
from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.language.language_desk import COMPANY, COMPLAINT, changed, titles, write_folder
from workflows.language.builder.company import read_context
from workflows.language.findings import Finding, Severity, errors
from workflows.language.load import read_folder

OTHER = changed("workflow: complaint", "workflow: repair").replace("TS-{year}", "WX-{year}")


def change_messages(name: str, old: str, new: str) -> list[str]:
    """What is wrong with the company's files when one passage of one is changed."""
    text = changed(old, new, COMPANY[name].decode())
    return [str(problem) for problem in read_context({**COMPANY, name: text.encode()}, "d")[1]]


def test_a_folder_is_read_whole(tmp_path: Path):
    """Definitions, texts and places by the name of the process."""
    folder = write_folder(tmp_path, COMPLAINT, OTHER)
    found = read_folder(folder)
    assert found.findings == found.errors == ()
    assert set(found.definitions) == set(found.texts) == set(found.sources) == {"complaint", "repair"}
    assert found.texts["complaint"] == COMPLAINT
    assert set(found.context.calendars) == {"office"}
    assert found.definitions["repair"].organisation.roles["desk"].superior == "supervisor"


def test_an_empty_folder_misses_three_files(tmp_path: Path):
    """Nothing is raised; each file is named."""
    problems = [str(problem) for problem in read_folder(tmp_path).findings]
    assert len(problems) == 3
    assert all(name in " ".join(problems) for name in COMPANY)


def test_a_folder_that_is_not_there(tmp_path: Path):
    """The same as an empty one."""
    assert len(read_folder(tmp_path / "nowhere").findings) == 3


def test_what_cannot_be_opened_is_a_problem(tmp_path: Path):
    """A folder that is called like a file."""
    (write_folder(tmp_path, COMPLAINT) / "odd.yaml").mkdir()
    found = read_folder(tmp_path)
    assert "cannot be read" in str(found.findings[0])
    assert set(found.definitions) == {"complaint"}


def test_all_problems_of_all_files_come_at_once(tmp_path: Path):
    """Each with its file."""
    write_folder(
        tmp_path,
        changed("to: handled\n", "to: handeld\n"),
        OTHER.replace("calendar: office", "calendar: shop"),
    )
    (tmp_path / "calendars.yaml").write_bytes(COMPANY["calendars.yaml"].replace(b"Shanghai", b"Shangai"))
    files = {Path(problem.file).parent.name for problem in read_folder(tmp_path).findings}
    assert files == {"group-0", "group-1", tmp_path.name}


def test_a_file_without_a_name_is_still_judged(tmp_path: Path):
    """It is a process that nobody can speak of."""
    found = read_folder(write_folder(tmp_path, "a: b\n"))
    assert any("'workflow' is missing" in str(problem) for problem in found.findings)


def test_one_name_is_one_process(tmp_path: Path):
    """The second file of a name is refused."""
    found = read_folder(write_folder(tmp_path, COMPLAINT, COMPLAINT))
    assert any("'complaint' is defined in" in str(problem) for problem in found.findings)


def test_one_numbering_is_of_one_process(tmp_path: Path):
    """Or two tickets would have one number."""
    twin = COMPLAINT.replace("workflow: complaint", "workflow: repair")
    found = read_folder(write_folder(tmp_path, COMPLAINT, twin))
    assert [problem.message for problem in found.findings] == [
        "'complaint' has the numbering 'TS-{year}-{seq:5}' already"
    ]


def test_a_process_with_problems_is_still_there_to_be_spoken_of(tmp_path: Path):
    """Its own problems are enough."""
    speaking = COMPLAINT.replace("open: complaint", "open: repair")
    found = read_folder(write_folder(tmp_path, speaking, OTHER.replace("to: handled\n", "to: handeld\n")))
    assert len(found.findings) == 1
    assert set(found.definitions) == {"complaint"}


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("content", None),
        ("contents", "no child of 'rework' has a field 'contents'; did you mean 'content'?"),
        ("contact", "'contact' of the children of 'rework' is personal; their parent does not see it"),
    ],
)
def test_what_is_said_of_childrens_fields_is_judged(tmp_path: Path, field: str, message: str | None):
    """Whether they have them, and they are open."""
    guard = f"children.rework.all(c, c.closed && c.data.{field} != null)"
    text = changed('"children.rework.all(c, c.closed)"', f'"{guard}"')
    found = read_folder(write_folder(tmp_path, text))
    assert [each.message for each in found.findings] == ([message] if message else [])


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        ("{fire: call-off, on: rework, with: {reason: content}}", None),
        ("{fire: call-off, on: parent, with: {reason: content}}", None),
        ("{fire: call-of, on: rework}", "'complaint' has no trigger 'call-of'; did you mean 'call-off'?"),
        ("{fire: resume, on: rework}", "'resume' of 'complaint' does not name `parent` in its roles"),
        ("{fire: resume, on: parent}", "'resume' of 'complaint' does not name `child` in its roles"),
        ("{fire: call-off, on: rework}", "'call-off' needs reason there; give it in `with`"),
        ("{fire: call-off, on: rework, with: {reason: '1', content: '2'}}", "'reason' of 'complaint' is a text field; this is a number"),
        ("{fire: call-off, on: rework, with: {reason: content, reasons: content}}", "'call-off' does not ask for 'reasons' there; did you mean 'reason'?"),
        ("{amend: rework, with: {content: content, appointment: appointment}}", None),
        ("{amend: rework, with: {contents: content}}", "no child of 'rework' has a field 'contents'; did you mean 'content'?"),
        ("{amend: rework, with: {appointment: content}}", "'appointment' of 'complaint' is a datetime field; this is a text"),
    ],
)  # fmt: skip
def test_what_is_asked_of_relatives_is_judged(tmp_path: Path, effect: str, message: str | None):
    """Whether they can do it, and let themselves be asked."""
    row = f"  - {{trigger: call-off, title: {titles('Off')}, from: handled, to: withdrawn, roles: [parent, child], requires: [reason], accepts: [attempts]}}\n"
    text = changed("- raise: priority", f"- {effect}").replace(
        "  - {trigger: note,", row + "  - {trigger: note,"
    )
    found = read_folder(write_folder(tmp_path, text))
    assert [each.message for each in found.findings][:1] == ([message] if message else [])


def test_a_process_that_nobody_opens_has_no_parent(tmp_path: Path):
    """So nothing can be asked of it."""
    orphan = changed("- raise: priority", "- {fire: resume, on: parent}").replace(
        "open: complaint", "open: repair"
    )
    found = read_folder(write_folder(tmp_path, orphan, OTHER.replace("open: complaint", "open: repair")))
    assert [each.message for each in found.findings] == [
        "no process opens this one as a child, so it has no parent"
    ]


@pytest.mark.parametrize(
    "effect",
    ["{fire: anything, on: parent}", "{fire: anything, on: rework}", "{amend: rework, with: {x: content}}"],
)
def test_of_relatives_with_problems_nothing_is_said(tmp_path: Path, effect: str):
    """They have enough to say themselves."""
    asking = changed("- raise: priority", f"- {effect}").replace("open: complaint", "open: repair")
    found = read_folder(write_folder(tmp_path, asking, OTHER.replace("calendar: office", "calendar: shop")))
    assert [each.message for each in found.findings] == ["unknown calendar 'shop'; known: office"]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("organisation.yaml", "superior: director", "superior: direktor", "unknown role 'direktor'; did you mean 'director'?"),
        ("organisation.yaml", "superior: director", "superior: desk", "nobody stands at the top: desk -> supervisor -> desk"),
        ("organisation.yaml", "  worker: {", "  assignee: {", "'assignee' means somebody else already"),
        ("organisation.yaml", "outside: true", "outside: true, inside: x", "unknown key 'inside'; did you mean 'outside'?"),
        ("organisation.yaml", "departments:", "department:", "'departments' is missing"),
        ("organisation.yaml", "\n  engineering: " + titles("Engineering"), "", ""),
        ("calendars.yaml", "Asia/Shanghai", "Asia/Shangai", "did you mean 'Asia/Shanghai'?"),
        ("calendars.yaml", "09:00-12:00", "09:00-25:00", ""),
        ("calendars.yaml", "  zone", "  zoen", "did you mean 'zone'?"),
        ("calendars.yaml", titles("Office"), "{en: Office}", "the title lacks"),
        ("escalations.yaml", "at: 80%", "at: 80", "did you mean '80%'?"),
        ("escalations.yaml", "notify: assignee", "notify: asignee", "unknown recipient 'asignee'; did you mean 'assignee'?"),
        ("escalations.yaml", "raise: priority", "raise: hell", "'hell' is none of priority"),
        ("escalations.yaml", "{at: 80%, notify: assignee}", "{at: 80%}", "the level does nothing"),
        ("escalations.yaml", "  levels: [{at: 100%", "  lvels: [{at: 100%", "unknown key 'lvels'; did you mean 'levels'?"),
        ("escalations.yaml", titles("Steep"), "{en: Steep}", "the title lacks zh-Hans, zh-Hant, es"),
        ("organisation.yaml", titles("Director"), "{en: Director}", "the title lacks zh-Hans, zh-Hant, es"),
        ("organisation.yaml", titles("Security"), "{en: Security}", "the title lacks zh-Hans, zh-Hant, es"),
    ],
)  # fmt: skip
def test_the_companys_files_are_judged_too(name: str, old: str, new: str, message: str):
    """With the same manners."""
    if message:
        assert any(
            message in each and each.startswith(f"d/{name}:") for each in change_messages(name, old, new)
        )


@pytest.mark.parametrize("name", COMPANY)
@pytest.mark.parametrize(
    "text", [b"", b"- a\n", b"x: y\n", b"a: [", b"x: ~\n", b"\xff", b"office: {hours: 1}"]
)
def test_a_companys_file_of_any_kind_raises_nothing(name: str, text: bytes):
    """Whatever it is."""
    read_context({**COMPANY, name: text})


def test_84_files_are_read_within_three_seconds(tmp_path: Path):
    """A desk is not kept waiting for its definitions."""
    texts = [
        COMPLAINT.replace("workflow: complaint", f"workflow: p{n}").replace("TS-", f"P{n}-").replace("open: complaint", "open: p0").replace("convert: complaint", "convert: p0")
        for n in range(84)
    ]  # fmt: skip
    write_folder(tmp_path, *texts)
    began = time.process_time()
    found = read_folder(tmp_path)
    patience = 3 if sys.gettrace() is None else 30  # coverage counts every line
    assert time.process_time() - began < patience
    assert found.findings == ()
    assert len(found.definitions) == 84


def test_warnings_are_no_errors():
    """They are for the author to weigh."""
    late = Finding(file="f", line=1, column=1, message="late")
    doubtful = Finding(file="f", line=1, column=1, message="doubtful", severity=Severity.WARNING)
    assert errors([late, doubtful]) == (late,)
