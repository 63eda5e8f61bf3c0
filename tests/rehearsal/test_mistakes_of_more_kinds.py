"""Further mistakes in the trade as it is: each is told at the right line, under its code, and with few words.

`what` is text of the line that is right.
"""

# ruff: noqa: E501  # a table is read by its lines
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rehearsal.definitions_desk import problems
from tests.rehearsal.test_one_mistake import findings_of_change  # noqa: F401  # a fixture
from workflows.language.findings import Finding

pytestmark = pytest.mark.usefixtures("read_once")
MOST = 3


class Mistake(NamedTuple):
    file: str
    old: str
    new: str
    code: str
    what: str  # how the right line begins, without its indent
    place: str = ""  # the file in which it is told, if that is another one


MISTAKES = {
    "a fault is taken up and never handed on": Mistake("repairs/engineering-order.yaml", "    to: closed\n", "    to: cancelled\n", "no-good-end", "revisited:"),
    "a finding is inspected, and nothing closes it": Mistake("supervision/inspection-nonconformity.yaml", "    to: closed\n", "    to: cancelled\n", "no-good-end", "verified:"),
    "an unanswered matter goes back, and the clock has run out": Mistake("complaints/communicative-complaint.yaml", " && visits(\"dispatched\") < 2", " && reason != ''", "endless-loop", "- trigger: answer-again"),
    "a call in vain is not counted": Mistake("repairs/repair.yaml", "    requires: [visit_notes]\n    effects:\n      - set: attempts\n        value: attempts + 1\n", "    requires: [visit_notes]\n", "endless-loop", "- trigger: note-unreached"),
    "attempts of a return visit without a bound": Mistake("complaints/return-visit.yaml", 'guard: visits("retry") < 2 && now', "guard: now", "endless-loop", "- trigger: note-unreached # the second"),
    "a case between two states by itself": Mistake("public/reception-day-case.yaml", "    guard: children.endorsements.exists(c, c.current && c.category == 'cancelled')\n", "    guard: children.endorsements.exists(c, c.current && c.category == 'cancelled')\n  - trigger: try-again\n    title: {en: Try again, zh-Hans: 重新会签, zh-Hant: 重新會簽, es: Intentar de nuevo}\n    from: not-accepted\n    to: endorsing\n    auto: true\n    guard: place != null\n", "auto-cycle", "- trigger: "),
    "two steps of one name in Spanish": Mistake("repairs/repair.yaml", "es: Dejar una carta}", "es: Cliente no localizado}", "same-title", "title: {en: Leave a letter"),
    "two states of one name": Mistake("complaints/complaint.yaml", "title: {en: In handling, zh-Hans: 处理中,", "title: {en: In handling, zh-Hans: 已上报,", "same-title", "title: {en: Escalated"),
    "whoever approves may be alone, and publishes too": Mistake("public/announcement.yaml", "    to: published\n    roles: [cs-officer, receptionist]", "    to: published\n    roles: [cs-director]", "separation", "roles: [cs-director]"),
    "a step around the one that is kept apart": Mistake("complaints/complaint.yaml", "  - trigger: handle-again\n", "  - trigger: finish-off\n    title: {en: Finish off, zh-Hans: 了结, zh-Hant: 了結, es: Rematar}\n    from: revisited\n    to: closed\n    roles: [department]\n    requires: [reason]\n  - trigger: handle-again\n", "separation", "- trigger: finish-off"),
    "a card that is never taken back": Mistake("household/card-issue.yaml", "    to: closed\n", "    to: issued\n", "no-good-end", "issued:"),
    "who complains is written where everybody reads": Mistake("complaints/complaint.yaml", "      - set: attempts\n        value: 0\n", "      - set: place\n        value: complainant + ' ' + contact\n", "personal-leak", "value: complainant"),
    "a telephone number goes on as a place": Mistake("complaints/communicative-complaint.yaml", "unit: unit, place: place, content", "unit: unit, place: contact, content", "personal-leak", "with: {reporter"),
    "a name goes on as what was said": Mistake("complaints/communicative-complaint.yaml", "unit: unit, content: content, channel", "unit: unit, content: complainant, channel", "personal-leak", "with: {complainant: complainant"),
    "counted by the number that was called": Mistake("reports.yaml", "  by: cause\n", "  by: contact\n", "report-broken", "by: contact"),
    "an average over what is personal": Mistake("reports.yaml", "  where: ticket.category != 'cancelled'\n  by: cause\n", "  where: size(data.complainant) > 3\n  by: cause\n", "personal-leak", "where: size"),
    "two digits for a year": Mistake("repairs/repair.yaml", "numbering: BX-{year}-{seq:5}", "numbering: BX-{year}-{seq:2}", "numbering-overflow", "numbering: BX"),
    "digits that run into another's": Mistake("intake/visitor.yaml", "numbering: LF-{year}-{seq:5}", "numbering: LD-{year}-{seq}", "numbering-clash", "numbering: L"),
    "the night is not in office hours": Mistake("sales-office/night-patrol.yaml", "calendar: around-the-clock", "calendar: office", "calendar", "calendar: office"),
    "a guard's post is not in office hours": Mistake("sales-office/security-post.yaml", "calendar: around-the-clock", "calendar: office", "calendar", "calendar: office"),
    "an hour on Wednesdays": Mistake("calendars.yaml", "  hours: {mon-fri: [\"09:00-12:00\", \"13:30-18:00\"]}", "  hours: {wed: [\"16:00-17:00\"]}", "hours-too-few", "hours: {wed"),
    "a minute a day": Mistake("calendars.yaml", "  hours: {mon-sun: [\"08:30-20:30\"]}", "  hours: {mon-sun: [\"08:30-08:31\"]}", "hours-too-few", "hours: {mon-sun: [\"08:30-08:31"),
    "two zeros too many in hours": Mistake("complaints/complaint.yaml", "    due: 4 working hours", "    due: 400 working hours", "duration", "due: 400"),
    "two zeros too many in days": Mistake("complaints/suggestion.yaml", "    due: 5 working days", "    due: 500 working days", "duration", "due: 500"),
    "a day in minutes": Mistake("public/meeting-service.yaml", "    due: 30 minutes", "    due: 3000 minutes", "duration", "due: 3000"),
    "nobody leads a hosting": Mistake("organisation.yaml", "project-manager, hosting-leader, leader", "project-manager, leader", "role-unheld", "roles:", "public/reception-day.yaml"),
    "nobody at the gate": Mistake("organisation.yaml", "    gate-guard, guard, night", "    guard, night", "role-unheld", "roles:", "household/item-release.yaml"),
    "nobody at the top who hears": Mistake("organisation.yaml", "hosting-leader, leader-in-charge, dept-head", "hosting-leader, dept-head", "unheard", "escalation:", "shapes.yaml"),
    "opened when it is due already": Mistake("schedules.yaml", "  lead: 1 hour\n", "  lead: 10 minutes\n", "deadline-past", "lead: 10 minutes"),
    "due long before it is opened": Mistake("intake/shift-handover.yaml", "by: 20 minutes}", "by: 3 hours}", "deadline-past", "lead: 1 hour", "schedules.yaml"),
    "nobody waits for the slips": Mistake("household/house-acceptance.yaml", "    guard: slips > 0 && double(size(children.rework)) >= slips && children.rework.all(c, c.closed)\n", "    guard: slips > 0\n", "unawaited-link", "- open: repair"),
    "what others give is not accepted": Mistake("repairs/repair.yaml", "convenient_time, photos]", "convenient_time]", "unused", "accepts:"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_the_line_the_code_and_few_findings(
    findings_of_change: Callable[[str, str, str], list[Finding]],  # noqa: F811
    trade: Path,
    name: str,
) -> None:
    mistake = MISTAKES[name]
    found = findings_of_change(mistake.file, mistake.old, mistake.new)
    said = "\n".join(f"[{each.code}] {each}" for each in found)
    assert 1 <= len(found) <= MOST, said
    told = [each for each in found if each.code == mistake.code]
    assert told, said
    lines = (trade / (mistake.place or mistake.file)).read_text("utf-8").splitlines()
    where = [each for each in told if Path(each.file) == trade / (mistake.place or mistake.file)]
    assert any(lines[each.line - 1].strip().startswith(mistake.what) for each in where), said
    if mistake.code == "no-good-end":
        assert any(each.walk.startswith("  - name: ") for each in told), said


def test_a_process_under_another_ending_is_told_and_nothing_else(trade: Path) -> None:
    file = trade / "complaints/complaint.yaml"
    there = file.rename(file.with_suffix(".yml"))
    try:
        found = problems(trade)
    finally:
        there.rename(file)
    assert [(each.code, Path(each.file).name) for each in found] == [("ext", "complaint.yml")]


def test_a_process_saved_as_utf_16_is_told_and_nothing_else(trade: Path) -> None:
    file = trade / "repairs/repair.yaml"
    text = file.read_bytes()
    file.write_bytes(text.decode().encode("utf-16"))
    try:
        found = problems(trade)
    finally:
        file.write_bytes(text)
    assert [(Path(each.file), each.line) for each in found] == [(file, 1)]
