"""Text → definition: what is understood, and every refusal with its line and what was meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.desk import COMPLAINT, CONTEXT, after, changed, complaints, definition, line_of
from workflows.language.definition import Category, Owner, Passes, Separate
from workflows.language.effect import Assign, Convert, Notify, OpenChild, Raise, Set
from workflows.language.files.source import Source
from workflows.language.problems import Problem, Report, Severity
from workflows.language.promise import Due
from workflows.language.reading import read_text
from workflows.timing.durations import Duration


def length(text: str) -> Duration:
    """A duration as it is written."""
    return Duration.parse(text)


def test_the_whole_file_is_understood():
    """Section by section."""
    found = definition()
    assert (found.name, found.numbering, found.calendar.name) == ("complaint", "TS-{year}-{seq:5}", "office")
    assert found.covers == ("R066",)
    assert found.client == {"name": "complainant", "contact": "contact"}
    assert found.personal == {"complainant", "contact"}
    assert found.start.state == "registered"
    assert list(found.policies) == ["standard", "steep"] or set(found.policies) == {"standard", "steep"}
    assert found.invariants == (
        Passes(passes="revisited", before="closed"),
        Separate(triggers=("classify", "confirm")),
    )
    assert found.scenarios[0].line == line_of("- name: a good day")


def test_states_know_their_owners_and_dues():
    """All four kinds of owner, and what is due when."""
    states = definition().states
    assert states["registered"].owner == Owner(role="desk")
    assert states["handled"].owner == Owner(role="worker", department="department")
    assert states["revisited"].owner == Owner(staff="worker")
    assert states["waiting"].category is Category.WAITING
    assert states["registered"].due == Due(within=length("2 working hours"))
    assert states["waiting"].due == Due(at="appointment", grace=length("30 minutes"))
    assert states["revisited"].due == Due(at="appointment", before=length("1 hour"))


def test_a_clock_promises_by_the_answer_to_a_question():
    """One starting state may stand for a list of one."""
    clock = definition().clocks["resolution"]
    assert (clock.starts, clock.stops, clock.pauses) == (("registered",), ("revisited",), True)
    assert clock.due == Due(
        choices={"high": length("1 working day")}, by="severity", otherwise=length("3 working days")
    )


def test_rows_know_their_line_and_the_title_of_their_trigger():
    """The title is written once per trigger."""
    first, second = definition().transitions[:2]
    assert first.title == second.title == dict.fromkeys(("en", "zh-Hans", "zh-Hant", "es"), "Classify")
    assert first.line == line_of("- trigger: classify")
    assert second.line == line_of("- {trigger: classify")
    assert first.requires == ("severity", "department", "worker")
    assert first.guard is not None
    assert first.guard.source == "severity == 'high'"


def test_open_and_any_are_spelled_out():
    """`open` is every state neither closed nor cancelled."""
    rows = definition().transitions
    assert rows[3].sources == ("registered", "handled", "waiting", "revisited")
    every = definition(changed("from: open, to: withdrawn", "from: any, to: withdrawn"))
    assert set(every.transitions[8].sources) == set(every.states)


def test_effects_are_understood():
    """All six kinds."""
    rows = definition().transitions
    assert [type(effect) for effect in rows[0].effects] == [Assign, Notify, Raise, Set]
    notify = rows[0].effects[1]
    assert isinstance(notify, Notify)
    assert notify.to == ("department-head", "client")
    assert notify.urgent
    opened, converted = rows[4].effects[0], rows[9].effects[0]
    assert isinstance(opened, OpenChild)
    assert isinstance(converted, Convert)
    assert (opened.workflow, opened.link) == ("complaint", "rework")
    assert opened.each is not None
    assert opened.values["content"].source == "item.what"
    written = rows[0].effects[3]
    assert isinstance(written, Set)
    assert (written.field, written.value.source) == ("attempts", "0")


def test_a_link_is_called_after_the_workflow_when_it_has_no_name():
    """With underscores, because expressions speak of it."""
    text = (
        changed(", as: rework}", "}")
        .replace("children.rework", "children.complaint")
        .replace("link: rework", "link: complaint")
    )
    opened = definition(text).transitions[4].effects[0]
    assert isinstance(opened, OpenChild)
    assert opened.link == "complaint"


def test_two_fields_need_not_be_declared():
    """They are there when they are spoken of, with titles in all languages."""
    fields = definition().fields
    assert set(fields["reason"].title) == set(fields["satisfied"].title) == {"en", "zh-Hans", "zh-Hant", "es"}
    assert (fields["reason"].max, fields["reason"].multiline) == (2_000, True)
    assert "reason" not in definition(changed(", accepts: [reason]", "")).fields
    own = changed("  attempts:", "  reason: {type: choice, options: {a: {en: A}}}\n  attempts:")
    assert definition(own).fields["reason"].type == "choice"


def test_a_table_with_a_personal_column_is_personal():
    """Its parts cannot be kept apart."""
    text = changed("what: {type: text", "what: {type: phone")
    assert definition(text).fields["defects"].personal
    open_table = changed("type: table", "type: table\n    personal: false", text)
    assert "the column 'what' is personal" in complaints(open_table)[0]


def test_the_digest_tells_texts_and_what_they_lean_on_apart():
    """One blank more is another version; and so is another organisation."""
    again = read_text(COMPLAINT, "elsewhere.yaml", CONTEXT)
    assert again.definition is not None
    assert again.definition.digest == definition().digest
    assert definition(COMPLAINT + "\n").digest != definition().digest
    digests = {**CONTEXT.digests, "escalation:steep": "other"}
    moved = type(CONTEXT)(
        organisation=CONTEXT.organisation,
        calendars=CONTEXT.calendars,
        policies=CONTEXT.policies,
        digests=digests,
    )
    other = read_text(COMPLAINT, "f.yaml", moved)
    assert other.definition is not None
    assert other.definition.digest != definition().digest


def test_a_definition_answers_what_the_desk_asks():
    """Which triggers there are, who must not do both, whether there are children."""
    found = definition()
    assert found.triggers >= {"classify", "note", "give-up"}
    assert found.separations == {"classify": {"confirm"}, "confirm": {"classify"}}
    assert found.has_children


REFUSALS: list[tuple[str, str, str]] = [
    # the shape of the file
    (
        "purpose: A complaint",
        "porpoise: x\npurpose: A complaint",
        "unknown key 'porpoise'; did you mean 'purpose'?",
    ),
    ("due: 2 working hours", "colour: red", "unknown key 'colour'"),
    ("calendar: office\n", "", "'calendar' is missing"),
    ("to: handled\n", "to: true\n", "a boolean (true) where a name belongs"),
    ("from: registered\n", "from: 12\n", "a number (12) where a name belongs"),
    ("covers: [R066]", "covers: R066", "a text where a list belongs"),
    ("covers: [R066]", "covers: [~]", "nothing stands here"),
    ("workflow: complaint", "workflow: ~", "nothing stands after the colon"),
    ("workflow: complaint", "workflow: Complaint", "'Complaint' is no name"),
    ("purpose: A complaint, as a closed loop.", "purpose: ' '", "an empty text"),
    ("workflow: complaint", f"workflow: {'x' * 61}", "longer than 60 characters"),
    ("due: 2 working hours", "due: 2", "a number (2) where a duration"),
    ("due: 2 working hours", "due: P1D", "the unit must be spelled"),
    ("due: 2 working hours", "due: 2 hour hands", "unknown unit"),
    ("due: 2 working hours", "due: [2 hours]", "a list where a duration"),
    ("auto: true", "auto: yes", "a text where true or false belongs"),
    ("min: 0", "min: some", "a text where a whole number belongs"),
    (
        "category: closed",
        "category: close",
        "'close' is none of open, waiting, closed, cancelled; did you mean",
    ),
    ("type: person", "type: human", "'human' is none of"),
    ("- raise: priority", "- rise: priority", "no effect; one of the keys assign, notify"),
    ("- raise: priority", "- raise: level", "'level' is none of priority"),
    ("- raise: priority", "- raise", "a text where a mapping belongs"),
    ("{passes: revisited, before: closed}", "{passed: revisited}", "no invariant"),
    ("owner: {role: desk}, due: 2", "owner: desk, due: 2", "a text where a mapping belongs"),
    (
        "  attempts: {",
        "  Attempts: {",
        "'Attempts' is no name; names here are lower-case words joined by underscores",
    ),
    ("fields:\n", "fields: [x]\nfieldz:\n", "a list where a mapping belongs"),
    ("fields:\n", "fields: [x]\nfieldz:\n", "unknown key 'fieldz'; did you mean 'fields'?"),
    ("    accepts: [appointment, defects]", "    accepts: appointment", "a text where a list belongs"),
    ("value: 0", "value: [0]", "a list where an expression belongs"),
    # names of things
    ("calendar: office", "calendar: offices", "unknown calendar 'offices'; did you mean 'office'?"),
    (
        "escalation: standard",
        "escalation: standart",
        "unknown escalation 'standart'; did you mean 'standard'?",
    ),
    (
        "readers: [supervisor]",
        "readers: [supervizor]",
        "unknown role 'supervizor'; did you mean 'supervisor'?",
    ),
    ("summary: content", "summary: contents", "unknown field 'contents'; did you mean 'content'?"),
    (
        "contact: contact}\nreaders",
        "contact: conctat}\nreaders",
        "unknown field 'conctat'; did you mean 'contact'?",
    ),
    ("roles: [desk, guest]", "roles: [desc, guest]", "unknown role 'desc'; did you mean 'desk'?"),
    ("roles: [desk, guest]", "roles: [desk, assignee]", "unknown role 'assignee'"),
    ("roles: [assignee]", "roles: [asignee]", "unknown role 'asignee'; did you mean 'assignee'?"),
    (
        "state: registered\n  roles",
        "state: registred\n  roles",
        "unknown state 'registred'; did you mean 'registered'?",
    ),
    ("to: handled\n", "to: handeld\n", "unknown state 'handeld'; did you mean 'handled'?"),
    (
        "from: registered\n",
        "from: [registered, handlet]\n",
        "unknown state 'handlet'; did you mean 'handled'?",
    ),
    ("starts: registered", "starts: regisered", "unknown state 'regisered'"),
    ("stops: [revisited]", "stops: [revised]", "unknown state 'revised'; did you mean 'revisited'?"),
    ("passes: revisited", "passes: revisted", "unknown state 'revisted'"),
    (
        "separate: [classify, confirm]",
        "separate: [clasify, confirm]",
        "unknown trigger 'clasify'; did you mean",
    ),
    (
        "department: department}}",
        "department: departement}}",
        "unknown field 'departement'; did you mean 'department'?",
    ),
    ("- assign: worker", "- assign: wroker", "unknown field 'wroker'; did you mean 'worker'?"),
    (
        "[department-head, client]",
        "[departement-head, client]",
        "unknown recipient 'departement-head'; did you mean",
    ),
    (
        "requires: [severity, department, worker]",
        "requires: [severety]",
        "unknown field 'severety'; did you mean 'severity'?",
    ),
    ("guard: severity == 'high'", "guard: severty == 'high'", "severty"),
    ("guard: severity == 'high'", "guard: severity == 'hihg'", "hihg"),
    (
        "guard: severity == 'high'",
        "guard: visits('handlet') > 1",
        "unknown state 'handlet'; did you mean 'handled'?",
    ),
    ("guard: severity == 'high'", "guard: attempts", "must be yes or no"),
    ("guard: severity == 'high'", "guard: 12", "a number (12) where an expression belongs"),
    ("item.what", "item.waht", "waht"),
    ("each: defects", "each: severity", ""),
    ("each: defects", 'each: "[1, 2]"', "one table, checklist or `choices`"),
    ("value: 0", "value: content", "'attempts' is a number field; this is a text"),
    ("set: attempts", "set: atempts", "unknown field 'atempts'; did you mean 'attempts'?"),
    # what fits together
    ("summary: content", "summary: complainant", "'complainant' is personal; it cannot title a ticket"),
    ("summary: content", "summary: defects", "'defects' is a table; it cannot title a ticket"),
    ("readers: [supervisor]\n", "", "who may read the personal field 'complainant'?"),
    ("numbering: TS-{year}-{seq:5}", "numbering: TS-{seq:5}-{year}", "is no numbering"),
    ("numbering: TS-{year}-{seq:5}", "numbering: TS-{month}-{seq:5}", "is no numbering"),
    ("client: {name: complainant, contact: contact}\n", "", "who is the client?"),
    (
        "{at: appointment, grace: 30 minutes}",
        "{at: content}",
        "'content' is a text field; a date or datetime field is needed",
    ),
    ("{at: appointment, grace: 30 minutes}", "{grace: 30 minutes}", "say one of `within`, `at` and `before`"),
    ("{at: appointment, grace: 30 minutes}", "{at: appointment, before: appointment}", "say one of"),
    ("{at: appointment, grace: 30 minutes}", "{at: appointment, by: 1 hour}", "`by` belongs to"),
    ("{before: appointment, by: 1 hour}", "{before: appointment}", "say by how much before"),
    ("{before: appointment, by: 1 hour}", "{before: appointment, by: soon}", "'soon' is no duration"),
    (
        "{before: appointment, by: 1 hour}",
        "{before: appointment, by: 1 hour, grace: 1 hour}",
        "`grace` belongs to `at`",
    ),
    ("department: department}}", "department: content}}", "a department field is needed here"),
    ("{staff: worker}", "{staff: content}", "a staff field is needed here"),
    ("{staff: worker}", "{staff: worker, role: desk}", "`staff` alone"),
    ("- assign: worker", "- assign: content", "a staff field is needed here"),
    ("due: 2 working hours, escalation: standard", "escalation: standard", "nothing falls due here"),
    ("    by: severity\n", "", "which field decides?"),
    ("by: severity", "by: content", "a choice field is needed here"),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{hihg: 1 working day, otherwise: 3 days}",
        "unknown option of 'severity': 'hihg'; did you mean 'high'?",
    ),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{high: 1 working day}",
        "no duration for low; add it, or `otherwise`",
    ),
    ("{high: 1 working day, otherwise: 3 working days}", "1 working day", "needs a mapping of its answers"),
    ("    within: {high", "    due: 2 hours\n    within: {high", "either `within` or `due`"),
    (
        "    within: {high: 1 working day, otherwise: 3 working days}",
        "    due: {at: appointment}",
        "`by` belongs to `within`",
    ),
    ("from: open, roles", "from: [open, registered], roles", "'open' stands alone"),
    ("from: open, roles", "from: [handled, handled], roles", "'handled' is listed twice"),
    ("from: open, roles", "from: [], roles", "from which state?"),
    ("from: open, roles: [assignee]", "from: open", "nobody may take this step"),
    ("accepts: [appointment, defects]", "accepts: [severity]", "'severity' is asked for twice"),
    ('auto: true, guard: "children.rework.all(c, c.closed)"', "auto: true", "needs a guard"),
    ("auto: true, guard", "auto: true, roles: [desk], guard", "it has no roles"),
    ("to: revisited, auto: true", "to: handled, auto: true", "leads to another state"),
    ("to: revisited, auto: true", "auto: true", "leads to another state"),
    (
        "from: [registered, handled]\n    to: withdrawn",
        "from: [registered]\n    to: handled",
        "`convert` ends the ticket",
    ),
    (
        "  requires: [complainant, contact, content]\n",
        "  effects: [{convert: complaint}]\n",
        "cannot be converted while it is opened",
    ),
    ("state: registered\n  roles", "state: closed\n  roles", "a ticket cannot begin where it ends"),
    ("  waiting: {title", "  open: {title", "'open' means several states"),
    ("separate: [classify, confirm]", "separate: [classify]", "two different triggers"),
    ("trigger: note", "trigger: wait", "'wait' is a word of the scenarios"),
    # fields
    ("  attempts:", "  ticket:", "'ticket' is a word of the expressions"),
    ("multiline: true, max", "options: {a: {en: A}}, max", "a text field has no options"),
    ("type: choice\n", "type: text\n", "a text field has no options"),
    ("type: table\n", "type: choices\n", "a choices field needs options"),
    ("min: 0", "min: 5, max: 3", "min 5 is more than max 3"),
    ("max: 4000", "max: -1", "it cannot be negative"),
    ("max: 4000", "pattern: '(a'", "no regular expression"),
    ("what: {type: text", "what: {type: checklist", "a column holds one value"),
    # the processes beside it
    ("{open: complaint", "{open: complant", "unknown workflow 'complant'; did you mean 'complaint'?"),
    (
        "{content: item.what, complainant",
        "{contents: item.what, complainant",
        "'complaint' has no field 'contents'; did you mean 'content'?",
    ),
    (
        "{content: item.what, complainant",
        "{severity: item.what, complainant",
        "does not ask for 'severity' when it is opened",
    ),
    ("{content: item.what, complainant", "{complainant", "cannot begin without content"),
    ("{content: item.what, complainant", "{content: 12, complainant", "is a text field; this is a number"),
    ("    at: 2026-03-02 09:00\n", "", "'at' is missing"),
    ("{open: complaint", "{opens: complaint", "no effect"),
    ("- raise: priority", "- raise: priority\n        when: severty == 'high'", "there is no 'severty' here"),
    ("- raise: priority", "- raise: priority\n        when: severity", "must be yes or no"),
    (
        "  requires: [complainant, contact, content]",
        "  effects: [{open: complant}]",
        "unknown workflow 'complant'",
    ),
    ("from: open, roles", "from: [~], roles", "nothing stands here"),
    ("{at: appointment, grace: 30 minutes}", "{at: Appointment}", "'Appointment' is no name"),
    ("stops: [revisited]", "stops: [~]", "nothing stands here"),
    # lead times
    ("by: 1 hour}", "by: {low: 1 hour, high: 2 hours}}", "which field decides? Say `per: <a choice field>`"),
    ("by: 1 hour}", "by: {low: 1 hour}, per: severity}", "no duration for high; add it, or `otherwise`"),
    (
        "by: 1 hour}",
        "by: {lo: 1 hour, otherwise: 1 day}, per: severity}",
        "unknown option of 'severity': 'lo'",
    ),
    ("by: 1 hour}", "by: {low: soon, otherwise: 1 day}, per: severity}", "'soon' is no duration"),
    ("by: 1 hour}", "by: {low: 1 hour, otherwise: 1 day}, per: content}", "a choice field is needed here"),
    ("by: 1 hour}", "by: 1 hour, per: severity}", "`per` needs a mapping of its answers in `by`"),
    ("by: 1 hour}", "by: 1 working hour}", "only time on the wall can be counted backwards"),
    (
        "by: 1 hour}",
        "by: {low: 1 hour, otherwise: 2 working days}, per: severity}",
        "and '2 working days' is working time",
    ),
    ("grace: 30 minutes", "grace: {low: 1 hour}", "which field decides? Say `per: <a choice field>`"),
    ("grace: 30 minutes", "per: severity", "`per` needs a mapping of its answers in `grace`"),
    ("due: 2 working hours", "due: {within: 2 hours, per: severity}", "beside `within` it is `by`"),
    (
        "due: 2 working hours",
        "due: {within: {low: 1 day}, by: {low: 1 day}}",
        "a mapping where a field belongs",
    ),
    ("type: choice\n", "type: choise\n", "'choise' is none of"),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{high: 1 working day, otherwise: soon}",
        "'soon' is no duration",
    ),
    # clocks that begin anew
    (
        "    escalation: steep",
        "    restarts: [clasify]",
        "unknown trigger 'clasify'; did you mean 'classify'?",
    ),
    ("    escalation: steep", "    restarts: [any, classify]", "`any` stands alone"),
    (
        "    within: {high: 1 working day, otherwise: 3 working days}\n    by: severity\n",
        "    restarts: any\n    due: {at: appointment}\n",
        "an agreed moment is not begun anew",
    ),
    # relatives
    ("as: rework}", "as: rework, in: order}", "'order' is none of sequence, parallel"),
    ("each: defects, with", "in: sequence, with", "one child is no sequence; say `each` or `rows`"),
    ("- raise: priority", "- {fire: resume, on: reworks}", "unknown link 'reworks'; did you mean 'rework'?"),
    ("- raise: priority", "- {fire: resume}", "'on' is missing"),
    ("- raise: priority", "- {fire: resume, on: parent, with: {reason: x}}", "there is no 'x' here"),
    ("- raise: priority", "- {amend: reworks, with: {content: content}}", "unknown link 'reworks'"),
    ("- raise: priority", "- {amend: rework}", "'with' is missing"),
    ("as: rework}", "as: parent}", "no link is called 'parent'"),
    ("roles: [desk], accepts: [appointment]", "roles: [parrent]", "unknown role 'parrent'; did you mean"),
    # scenarios
    ("escalated_to: [superior]", "escalated_to: [~]", "nothing stands here"),
    ("link: rework, ", "", "'link' is missing"),
    ("at: 2026-03-02 09:00", "at: 2026-03-02", "is no moment; write it as 2026-03-02 09:00"),
    ("wait_until: 2026-03-02 16:00", "wait_until: tomorrow", "is no moment"),
    ("{wait: 3 working hours}", "{wait: 3}", "a bare number has no unit"),
    ("{wait: 3 working hours}", "{wiat: {}}", "unknown trigger 'wiat'; did you mean 'wait'?"),
    ("{wait: 3 working hours}", "{wait: 3 hours, as: desk}", "'as' does not belong to 'wait'"),
    ("{wait: 3 working hours}", "{wait: 3 hours, classify: {}}", "a step does one thing"),
    ("{wait: 3 working hours}", "wait", "a text where a mapping belongs"),
    ("{wait: 3 working hours}", "{classify: severity}", "a text where the form's fields belong"),
    ("content: dirty}, as: desk", "content: dirty}, as: desc", "unknown role 'desc'; did you mean 'desk'?"),
    ("content: dirty}, as: desk", "content: dirty}, as: 12", "a number where a role belongs"),
    ("content: dirty}, as", "contents: dirty}, as", "unknown field 'contents'; did you mean 'content'?"),
    ("refused: [missing-field]", "refused: missing-field", "a list of codes is needed"),
    (
        "{expect: {state: registered",
        "{expect: {status: registered",
        "unknown key 'status'; did you mean 'state'?",
    ),
    ("{expect: {state: registered", "{expect: {state: registred", "unknown state 'registred'"),
    ("overdue: true", "data: {contents: x}", "unknown field 'contents'; did you mean 'content'?"),
    ("overdue: true", "data: content", "a text where a mapping belongs"),
    ("overdue: true", "told: [desc]", "unknown role 'desc'; did you mean 'desk'?"),
    ("{wait: 3 working hours}", "{assign: desc, as: desk}", "unknown role 'desc'; did you mean 'desk'?"),
    ("{wait: 3 working hours}", "{assign: {}, as: desk}", "unknown trigger 'assign'; did you mean"),
    ("{wait: 3 working hours}", "{amend: {contents: x}, as: desk}", "unknown field 'contents'; did you mean"),
    ("{wait: 3 working hours}", "{amend: content, as: desk}", "a text where the form's fields belong"),
    ("overdue: true", "overdue: often", "a text where true or false belongs"),
    ("overdue: true", "converted: complant", "unknown workflow 'complant'; did you mean 'complaint'?"),
    (
        "escalated_to: [superior]",
        "escalated_to: [superiour]",
        "unknown role 'superiour'; did you mean 'superior'?",
    ),
    ("visits: {registered: 1}", "visits: {registred: 1}", "unknown state 'registred'"),
    ("link: rework", "link: reworks", "unknown link 'reworks'; did you mean 'rework'?"),
    ("index: 0}, steps: [", "index: 0}, stepz: [", "a step does one thing"),
    (
        "steps: [{expect: {state: anything}}",
        "steps: [x, {expect: {state: anything}}",
        "a text where a step belongs",
    ),
    (
        "steps: [{expect: {state: anything}}, {solve: {}, as: desk}]",
        "steps: x",
        "a text where a list of steps belongs",
    ),
    (", steps: [{expect: {state: anything}}, {solve: {}, as: desk}]", "", "'steps' is missing"),
]


# What is missing is missed elsewhere than where it was cut out: so many lines away.
AWAY = {
    "'at' is missing": 1,
    "'calendar' is missing": 5,
    "unknown key 'fieldz'; did you mean 'fields'?": 1,
    "who may read the personal field 'complainant'?": 1,
    "who is the client?": 42,
    "which field decides?": 1,
    "needs a mapping of its answers": 1,
    "either `within` or `due`": 4,
    "`by` belongs to `within`": 1,
    "`convert` ends the ticket": 3,
    "a text field has no options": 2,
    "a choices field needs options": 1,
}


def _first_change(old: str, new: str) -> int:
    """The first line that a change touches."""
    before, now = COMPLAINT.splitlines(), changed(old, new).splitlines()
    return next(line for line, (a, b) in enumerate(zip(before, now, strict=False), 1) if a != b)


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=lambda value: str(value)[:40])
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    found = [each for each in after(old, new) if message in each]
    assert found
    line = int(found[0].split(":")[1])
    assert abs(line - _first_change(old, new)) <= AWAY.get(message, 0), found


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  registered: {title", "  registered: {colour: red, title", "colour"),
        ("roles: [desk, guest]", "roles: [desc, guest]", "desc"),
        ("guard: severity == 'high'", "guard: severty == 'high'", "severty"),
        ("guard: severity == 'high'", "guard: 'severity == \"high\" && atempts > 1'", "atempts"),
        ("due: 2 working hours", "due: soon", "soon"),
        ("to: handled\n", "to: true\n", "true\n    roles: [desk]\n    requires"),
        ("to: handled\n", "to: [handled]\n", "[handled]\n"),
    ],
)
def test_the_place_is_exact(old: str, new: str, place: str):
    """Line and column of the very word."""
    text = changed(old, new)
    at = text.index(place)
    line, column = text[:at].count("\n") + 1, at - text.rfind("\n", 0, at)
    assert complaints(text)[0].startswith(f"f.yaml:{line}:{column}: "), complaints(text)


def test_all_problems_come_at_once():
    """A wrong key does not hide a wrong name."""
    text = changed("due: 2 working hours", "colour: red")
    text = changed("to: handled\n", "to: handeld\n", text)
    text = changed("guard: severity == 'high'", "guard: severty == 'high'", text)
    text = changed("link: rework", "link: reworks", text)
    assert len(complaints(text)) == 5  # the escalation has nothing to escalate, too


def test_what_only_follows_is_not_complained_about():
    """A list of states that is no list does not make every name unknown."""
    assert complaints(changed("states:\n", "states: x\nstatez:\n"))[0].startswith("f.yaml:")
    found = complaints(changed("to: handled\n", "to: [handled]\n"))
    assert len(found) == 1


def test_a_file_that_is_no_mapping():
    """It says what is needed."""
    assert complaints("- a\n- b\n") == ["f.yaml:1:1: a list where a mapping belongs"]
    assert complaints("") == ["f.yaml:1:1: nothing where a mapping belongs"]


def test_without_the_others_a_text_is_not_judged_by_them():
    """`known` is what may be spoken of; None is "I do not know"."""
    text = changed("{open: complaint", "{open: repair")
    assert read_text(text, "f.yaml", CONTEXT).definition is not None


def test_a_problem_is_one_line():
    """file:line:column: message, with a word for warnings."""
    found: dict[str, Any] = {"file": "f.yaml", "line": 3, "column": 5, "message": "too late"}
    assert str(Problem(**found)) == "f.yaml:3:5: too late"
    assert str(Problem(**found, severity=Severity.WARNING)) == "f.yaml:3:5: warning: too late"


def test_nobody_reads_more_than_500_problems():
    """A report stops there."""
    report = Report(Source("a: b", "f.yaml"))
    for number in range(600):
        report.add((), f"problem {number}")
    assert len(report.problems) == 500


def test_an_answer_may_promise_nothing():
    """`none` is said, not left out."""
    text = changed("{high: 1 working day, otherwise: 3 working days}", "{high: 1 working day, low: none}")
    found = read_text(text, "complaint.yaml", CONTEXT).definition
    assert found is not None
    assert found.clocks["resolution"].due.choices == {"high": length("1 working day"), "low": None}


@pytest.mark.parametrize(("field", "kind"), [("worker", "staff"), ("appointment", "datetime")])
def test_owners_and_deadlines_hang_on_open_fields_only(field: str, kind: str):
    """Else the one or the other would show what is kept secret."""
    found = after(f"{field}: {{type: {kind},", f"{field}: {{personal: true, type: {kind},")
    assert all(f"{field!r} is personal" in each for each in found)
    assert found
