"""A letter is written in the language of its reader, and says when in the zone of the site."""

from __future__ import annotations

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import clock_desk
import pytest
from clock_desk import MONDAY, at

import service.texts
from service.bootstrap import Desk
from service.letters import write_letter
from service.relay import relay_batch
from workflows.core.step import Message
from workflows.language.forms.field import LANGUAGES
from workflows.storage.registers.write import EntryAuthor

VISIT = {"visit_at": "2026-03-03T06:00:00Z", "place": "3-1201", "fee": "600.25"}
LEVEL = Message(kind="escalation", recipient="x", role="supervisor", clock="state.todo", level=2)


def test_every_language_has_every_word() -> None:
    """None is forgotten."""
    texts = Path(service.texts.__file__).parent
    words = {tag: tomllib.loads((texts / f"{tag}.toml").read_text("utf-8"))["letters"] for tag in LANGUAGES}
    assert len({frozenset(each) for each in words.values()}) == 1
    assert {file.stem for file in texts.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "subject", "due"),
    [
        ("en", "[Overdue · level 2] CS-2026-00001 Errand", "Due: 2026-03-02 11:00 (Asia/Shanghai)"),
        ("zh-Hans", "[已超时 · 第 2 级] CS-2026-00001 差事", "应于 2026-03-02 11:00 (Asia/Shanghai) 前完成"),
        ("zh-Hant", "[已逾時 · 第 2 級] CS-2026-00001 差事", "應於 2026-03-02 11:00 (Asia/Shanghai) 前完成"),
        ("es", "[Vencido · nivel 2] CS-2026-00001 Recado", "Vence: 2026-03-02 11:00 (Asia/Shanghai)"),
    ],
)
def test_a_letter_speaks_the_readers_language(desk: Desk, language: str, subject: str, due: str) -> None:
    """Subject, state, due time and role."""
    situation = desk.engine.look(clock_desk.SITE, clock_desk.open_errand(desk), None)
    words = write_letter(LEVEL, situation, clock_desk.SHANGHAI, language, at("2026-03-02 11:00"), "")
    assert words.subject == subject
    assert due in words.body.splitlines()


def test_the_zone_is_the_sites(desk: Desk) -> None:
    """The same moment is another hour elsewhere."""
    situation = desk.engine.look(clock_desk.SITE, clock_desk.open_errand(desk), None)
    words = write_letter(LEVEL, situation, ZoneInfo("Europe/Madrid"), "en", MONDAY, "")
    assert "Due: 2026-03-02 04:00 (Europe/Madrid)" in words.body


def test_a_reminder_is_not_called_overdue_and_a_link_leads_to_the_ticket(desk: Desk) -> None:
    """The link comes last, and only if there is one."""
    situation = desk.engine.look(clock_desk.SITE, clock_desk.open_errand(desk), None)
    link = "https://desk.example.org/tickets/CS-2026-00001"
    words = write_letter(LEVEL, situation, clock_desk.SHANGHAI, "en", MONDAY, link)
    assert words.subject.startswith("[Due soon · level 2]")
    assert words.body.splitlines()[-1] == link


def letter_of(desk: Desk, ticket: str, recipient: str) -> str:
    """The last line of the letter to who is told of an appointment."""
    found = desk.queries.outgoing.of_ticket(clock_desk.SITE, ticket).messages
    (letter,) = [each.letter for each in found if each.message.recipient == recipient]
    assert letter is not None
    return letter.body.splitlines()[-1]


def test_a_letter_says_what_the_step_left_in_the_fields_that_it_names(desk: Desk) -> None:
    """Computed ones too; as the reader's language and the site's zone write them."""
    ticket = clock_desk.open_errand(desk, caller="Li Example", phone="13800000001")
    clock_desk.fire(desk, ticket, "appoint", MONDAY, **VISIT)
    relay_batch(desk, MONDAY)
    director = letter_of(desk, ticket, clock_desk.staff_id("director"))
    assert director == "We come on Tuesday, 3 March 2026, 14:00 to 3-1201; it costs 1,200.50."
    client = letter_of(desk, ticket, "client")
    assert client == "我们于2026年3月3日星期二 14:00上门（3-1201），费用1,200.50元。"


def test_what_is_not_known_yet_reads_well(desk: Desk) -> None:
    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "appoint", MONDAY)
    relay_batch(desk, MONDAY)
    said = letter_of(desk, ticket, clock_desk.staff_id("director"))
    assert said == "We come on not yet known; it costs not yet known."


def test_a_letter_that_waits_says_what_its_own_step_said(desk: Desk) -> None:
    """And not what a later one did."""
    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "appoint", MONDAY, **VISIT)
    clock_desk.fire(desk, ticket, "appoint", MONDAY + 60, **VISIT | {"visit_at": "2026-03-04T06:00:00Z"})
    relay_batch(desk, MONDAY + 60)
    bodies = [
        each.letter.body
        for each in desk.queries.outgoing.of_ticket(clock_desk.SITE, ticket).messages
        if each.letter and each.message.recipient != "client"
    ]
    assert [("Tuesday, 3 March" in body, "Wednesday, 4 March" in body) for body in bodies] == [
        (True, False),
        (False, True),
    ]


def test_a_text_that_is_erased_is_not_quoted_by_a_letter_that_waits(desk: Desk) -> None:
    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "appoint", MONDAY, **VISIT | {"place": "Li Example 3-1201"})
    author = EntryAuthor(clock_desk.SITE, clock_desk.actor(desk), MONDAY + 60)
    assert len(list(desk.erasures.erase_value("Li Example", author))) == 1
    assert "Li Example" not in str(desk.database.read("SELECT payload FROM outbox", {}))
