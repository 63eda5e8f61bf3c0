"""What one person would get in one sweep comes as one letter; a backlog is one letter, not forty."""

from __future__ import annotations

from dataclasses import replace

import clock_desk
import pytest
from clock_desk import MONDAY, SITE, at
from test_relay import LATE, Recorder, down, lapse, messages

from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.receipt import Receipt
from service.relay import relay_batch
from service.scheduler import sweep
from workflows.core.commands import Note
from workflows.language.forms.field import LANGUAGES
from workflows.storage.audit.verify import verify

FORTY = 40


class Killed(BaseException):
    """The process ends here."""


class Fatal(Recorder):
    """A post that takes a letter, and then the process is killed."""

    def send(self, letter: Letter) -> Receipt:
        super().send(letter)
        raise Killed


@pytest.fixture
def backlog(desk: Desk) -> list[str]:
    """Forty errands that were opened one after the other, and all looked after too late."""
    tickets = [clock_desk.open_errand(desk, number, MONDAY + number) for number in range(1, FORTY + 1)]
    sweep(desk, LATE)
    return tickets


def test_a_backlog_is_one_letter_to_each_oldest_first(desk: Desk, backlog: list[str]) -> None:
    """With every ticket once; the messages of all of them are `sent`, each recorded on its ticket."""
    post = Recorder()
    while relay_batch(desk, LATE, post):
        pass
    assert [letter.subject for letter in post.letters] == ["[40 matters are due soon or overdue]"] * 2
    for letter in post.letters:
        places = [letter.body.index(f"CS-2026-{number:05}") for number in range(1, FORTY + 1)]
        assert places == sorted(places)
    assert len(messages(desk, "sent")) == 2 * FORTY
    assert {each.attempts for each in messages(desk, "sent")} == {1}
    assert list(verify(desk.database)) == []


def test_on_its_ticket_a_message_keeps_its_own_part_only(desk: Desk, backlog: list[str]) -> None:
    """Whoever reads one of the tickets may not see the others."""
    relay_batch(desk, LATE, Recorder())
    page = desk.queries.outgoing.of_ticket(SITE, backlog[3], None, 10)
    for each in page.messages:
        assert each.letter is not None
        assert "CS-2026-00004" in each.letter.body
        assert "CS-2026-00005" not in each.letter.body


def test_a_relay_that_is_killed_leaves_the_same_letter_under_the_same_id(
    desk: Desk, second_desk: Desk, backlog: list[str]
) -> None:
    """With the same tickets in it; what has come meanwhile goes into a letter of its own."""
    killed, post = Fatal(), Recorder()
    with pytest.raises(Killed):
        relay_batch(desk, LATE, killed)
    clock_desk.open_errand(desk, 77, MONDAY)
    sweep(desk, LATE)
    lapse(desk, desk.settings.relay.lease)
    while relay_batch(second_desk, LATE, post):
        pass
    (first,) = killed.letters
    again = [letter for letter in post.letters if letter.id == first.id]
    assert [letter.body for letter in again] == [first.body]
    others = [letter for letter in post.letters if "CS-2026-00041" in letter.body]
    assert len(others) == 2
    assert len({letter.id for letter in post.letters}) == len(post.letters)
    assert len(messages(desk, "sent")) == 2 * (FORTY + 1)


def test_what_fails_is_tried_again_together(desk: Desk, backlog: list[str]) -> None:
    """All or none of it is sent."""
    relay_batch(desk, LATE, Recorder(fails=down))
    waiting = messages(desk, "failed")
    assert len(waiting) == 2 * FORTY
    post, later = Recorder(), max(each.not_before for each in waiting)
    while relay_batch(desk, later, post):
        pass
    assert [letter.subject for letter in post.letters] == ["[40 matters are due soon or overdue]"] * 2


def test_a_sweep_in_many_batches_is_one_letter(desk: Desk) -> None:
    """Nothing is sent while more of the same moment is still being found."""
    for number in range(1, 8):
        clock_desk.open_errand(desk, number)
    post = Recorder()
    assert desk.engine.sweep(LATE, limit=3) == 3
    relay_batch(desk, LATE, post)
    assert post.letters == []
    assert {each.status for each in messages(desk, "waiting")} == {"held"}
    sweep(desk, LATE)
    while relay_batch(desk, LATE + 2, post):
        pass
    assert [letter.subject for letter in post.letters] == ["[7 matters are due soon or overdue]"] * 2


def test_a_sweep_that_never_ends_holds_up_no_letter_for_long(desk: Desk) -> None:
    """After five minutes it is sent without the others."""
    for number in range(1, 4):
        clock_desk.open_errand(desk, number)
    desk.engine.sweep(LATE, limit=2)
    post = Recorder()
    while relay_batch(desk, LATE + 300, post):
        pass
    assert len(post.letters) == 1


def test_of_several_levels_of_a_ticket_the_highest_is_written_out(desk: Desk) -> None:
    """After a downtime somebody is to hear of one ticket on two levels: once, as it stands."""
    clock_desk.open_errand(desk)
    sweep(desk, at("2026-03-02 13:30"))
    post = Recorder()
    while relay_batch(desk, at("2026-03-02 13:30"), post):
        pass
    assert len({letter.subject for letter in post.letters}) == len(post.letters)
    assert all(letter.body.count("CS-2026-00001") == 1 for letter in post.letters)


def test_what_waits_for_the_morning_is_one_letter(desk: Desk) -> None:
    """Of all sweeps of the night."""
    quiet = replace(desk.settings.relay, quiet_from="11:00", quiet_until="13:00")
    calm = replace(desk, settings=replace(desk.settings, relay=quiet))
    post = Recorder()
    for number in range(1, 4):
        clock_desk.open_errand(desk, number, MONDAY + number)
        sweep(desk, LATE + number)
        relay_batch(calm, LATE + number, post)
    assert post.letters == []
    while relay_batch(calm, at("2026-03-02 13:01"), post):
        pass
    assert [letter.subject for letter in post.letters] == ["[3 matters are due soon or overdue]"] * 2


def test_notices_are_letters_of_their_own(desk: Desk) -> None:
    """Only escalations are bundled: what people do to a ticket is told one by one."""
    ticket = clock_desk.open_errand(desk)
    desk.watchers.follow(
        SITE, ticket, clock_desk.staff_id("director"), clock_desk.actor(desk, "director"), MONDAY
    )
    for number in range(2):
        desk.engine.do(Note(site=SITE, ticket=ticket, actor=clock_desk.actor(desk), note=f"{number}"), MONDAY)
    post = Recorder()
    relay_batch(desk, MONDAY, post)
    assert len([letter for letter in post.letters if "A note was written" in letter.body]) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_the_readers_language(desk: Desk, backlog: list[str], language: str) -> None:
    """The heading and every part, with the count."""
    person = desk.people.account("supervisor")
    assert person is not None
    author = clock_desk.Author(clock_desk.actor(desk), MONDAY)
    desk.accounts.update(person, author, language=language)
    post = Recorder()
    while relay_batch(desk, LATE, post):
        pass
    (letter,) = [each for each in post.letters if each.language == language][-1:]
    assert "40" in letter.subject
    words = {"en": "overdue", "es": "vencido", "zh-Hans": "已超时", "zh-Hant": "已逾時"}
    assert words[language] in letter.subject
