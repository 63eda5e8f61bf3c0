"""A small company and one process of it, as texts; and what reading says when a word of it is changed."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from pathlib import Path

from workflows.language.builder.company import read_context
from workflows.language.checks.check import check
from workflows.language.definition import Definition
from workflows.language.findings import structural_errors
from workflows.language.load import read_text


def titles(word: str) -> str:
    """A title in all four languages."""
    return f"{{en: {word}, zh-Hans: {word}, zh-Hant: {word}, es: {word}}}"


ORGANISATION = f"""
roles:
  desk: {{superior: supervisor, title: {titles("Desk")}}}
  worker: {{superior: supervisor, title: {titles("Worker")}}}
  supervisor: {{superior: director, title: {titles("Supervisor")}}}
  director: {{title: {titles("Director")}}}
  resident: {{outside: true, title: {titles("Resident")}}}
departments:
  engineering: {titles("Engineering")}
  security: {titles("Security")}
"""
CALENDARS = f"""
office:
  title: {titles("Office")}
  zone: Asia/Shanghai
  hours: {{mon-fri: ["09:00-12:00", "13:30-18:00"]}}
"""
ESCALATIONS = f"""
standard:
  title: {titles("Standard")}
  levels:
    - {{at: 80%, notify: assignee}}
    - {{at: 100%, notify: superior}}
    - {{after: 1 working day, notify: [director], raise: priority, urgent: true}}
steep:
  title: {titles("Steep")}
  levels: [{{at: 100%, notify: [next-superior, client]}}, {{at: 150%, fire: give-up}}]
"""
COMPANY = {
    "organisation.yaml": ORGANISATION.encode(),
    "calendars.yaml": CALENDARS.encode(),
    "escalations.yaml": ESCALATIONS.encode(),
}
CONTEXT, CONTEXT_PROBLEMS = read_context(COMPANY)

COMPLAINT = f"""\
workflow: complaint
title: {titles("Complaint")}
purpose: A complaint, as a closed loop.
covers: [R066]
numbering: TS-{{year}}-{{seq:5}}
calendar: office
summary: content
client: {{name: complainant, contact: contact}}
readers: [supervisor]
fields:
  complainant: {{type: person, title: {titles("Complainant")}}}
  contact: {{type: phone, title: {titles("Contact")}}}
  content: {{type: text, multiline: true, max: 4000, title: {titles("Content")}}}
  severity:
    type: choice
    title: {titles("Severity")}
    options:
      low: {titles("Low")}
      high: {titles("High")}
  department: {{type: department, title: {titles("Department")}}}
  worker: {{type: staff, title: {titles("Worker")}}}
  appointment: {{type: datetime, title: {titles("Appointment")}}}
  attempts: {{type: number, min: 0, title: {titles("Attempts")}}}
  defects:
    type: table
    title: {titles("Defects")}
    columns:
      what: {{type: text, title: {titles("What")}}}
start:
  state: registered
  roles: [desk, guest]
  requires: [complainant, contact, content]
states:
  registered: {{title: {titles("Registered")}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  handled: {{title: {titles("Handled")}, owner: {{role: worker, department: department}}}}
  waiting: {{title: {titles("Waiting")}, category: waiting, owner: {{role: desk}}, due: {{at: appointment, grace: 30 minutes}}}}
  revisited: {{title: {titles("Revisited")}, owner: {{staff: worker}}, due: {{before: appointment, by: 1 hour}}}}
  closed: {{title: {titles("Closed")}, category: closed}}
  withdrawn: {{title: {titles("Withdrawn")}, category: cancelled}}
transitions:
  - trigger: classify
    title: {titles("Classify")}
    from: registered
    to: handled
    roles: [desk]
    requires: [severity, department, worker]
    accepts: [appointment, defects]
    guard: severity == 'high'
    effects:
      - assign: worker
      - notify: [department-head, client]
        text: {titles("Look")}
        urgent: true
      - raise: priority
      - set: attempts
        value: 0
  - {{trigger: classify, from: registered, to: waiting, roles: [desk], requires: [severity]}}
  - {{trigger: resume, title: {titles("Resume")}, from: waiting, to: handled, roles: [desk], accepts: [appointment]}}
  - {{trigger: note, title: {titles("Note")}, from: open, roles: [assignee], requires: [content]}}
  - trigger: split
    title: {titles("Split")}
    from: handled
    roles: [worker]
    requires: [defects]
    effects: [{{open: complaint, each: defects, with: {{content: item.what, complainant: complainant, contact: contact}}, as: rework}}]
  - {{trigger: finish, title: {titles("Finish")}, from: handled, to: revisited, auto: true, guard: "children.rework.all(c, c.closed)"}}
  - {{trigger: confirm, title: {titles("Confirm")}, from: revisited, to: closed, roles: [desk], requires: [satisfied], guard: satisfied}}
  - {{trigger: confirm, from: revisited, to: handled, roles: [desk], requires: [satisfied]}}
  - {{trigger: give-up, title: {titles("Give up")}, from: open, to: withdrawn, roles: [desk, clock], accepts: [reason]}}
  - trigger: convert
    title: {titles("Convert")}
    from: [registered, handled]
    to: withdrawn
    roles: [desk]
    effects: [{{convert: complaint, with: {{content: content, complainant: "'Li'", contact: contact}}}}]
clocks:
  resolution:
    title: {titles("Resolution")}
    starts: registered
    stops: [revisited]
    within: {{high: 1 working day, otherwise: 3 working days}}
    by: severity
    escalation: steep
invariants:
  - {{passes: revisited, before: closed}}
  - {{separate: [classify, confirm]}}
scenarios:
  - name: a good day
    at: 2026-03-02 09:00
    steps:
      - {{open: {{complainant: Li, contact: "13800000000", content: dirty}}, as: desk}}
      - {{classify: {{severity: high}}, as: desk, refused: [missing-field]}}
      - {{wait: 3 working hours}}
      - {{wait_until: 2026-03-02 16:00}}
      - {{expect: {{state: registered, overdue: true, escalated_to: [superior], children: 0, visits: {{registered: 1}}}}}}
      - {{child: {{link: rework, index: 0}}, steps: [{{expect: {{state: anything}}}}, {{solve: {{}}, as: desk}}]}}
"""


def changed(old: str, new: str, text: str = COMPLAINT) -> str:
    """The process with one passage changed."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)


def complaints(text: str | bytes) -> list[str]:
    """What reading says of a text, each with its line and column."""
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert (reading.definition is None) == bool(structural_errors(reading.findings))
    return [str(problem) for problem in reading.findings]


def after(old: str, new: str) -> list[str]:
    """What reading says when one passage is changed."""
    return complaints(changed(old, new))


def definition(text: str = COMPLAINT) -> Definition:
    """The process, which must be free of problems."""
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition, [str(problem) for problem in reading.findings]
    return reading.definition


def findings(old: str, new: str) -> list[str]:
    """What checking says when one passage is changed."""
    text = changed(old, new) if old else COMPLAINT
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition, [str(problem) for problem in reading.findings]
    return [str(problem) for problem in check(reading.definition, source=reading.source)]


def line_of(passage: str, text: str = COMPLAINT) -> int:
    """The line in which a passage begins."""
    return text[: text.index(passage)].count("\n") + 1


def write_folder(folder: Path, *definitions: str) -> Path:
    """A folder with the company's files and these processes."""
    for name, text in COMPANY.items():
        (folder / name).write_bytes(text)
    for index, each in enumerate(definitions):
        group = folder / f"group-{index}"
        group.mkdir()
        (group / "process.yaml").write_text(each, encoding="utf-8")
    return folder
