"""A letter is written in the language of its reader, and says when in the zone of the site."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import office
import pytest
from office import MONDAY, at

from service.letter_words import WORDS
from service.letters import write
from service.wiring import Desk
from workflows.core.step import Message
from workflows.language.forms.field import LANGUAGES

LEVEL = Message(kind="escalation", recipient="x", role="supervisor", clock="state.todo", level=2)


def test_every_language_has_every_word() -> None:
    """None is forgotten."""
    assert set(WORDS) == set(LANGUAGES)
    assert len({frozenset(words) for words in WORDS.values()}) == 1


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
    situation = desk.engine.look(office.SITE, office.open_errand(desk), None)
    words = write(LEVEL, situation, office.SHANGHAI, language, at("2026-03-02 11:00"), "")
    assert words.subject == subject
    assert due in words.body.splitlines()


def test_the_zone_is_the_sites(desk: Desk) -> None:
    """The same moment is another hour elsewhere."""
    situation = desk.engine.look(office.SITE, office.open_errand(desk), None)
    words = write(LEVEL, situation, ZoneInfo("Europe/Madrid"), "en", MONDAY, "")
    assert "Due: 2026-03-02 04:00 (Europe/Madrid)" in words.body


def test_a_reminder_is_not_called_overdue_and_a_link_leads_to_the_ticket(desk: Desk) -> None:
    """The link comes last, and only if there is one."""
    situation = desk.engine.look(office.SITE, office.open_errand(desk), None)
    link = "https://desk.example.org/tickets/CS-2026-00001"
    words = write(LEVEL, situation, office.SHANGHAI, "en", MONDAY, link)
    assert words.subject.startswith("[Due soon · level 2]")
    assert words.body.splitlines()[-1] == link
