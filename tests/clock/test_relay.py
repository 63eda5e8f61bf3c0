"""Messages leave at least once, are tried again later and later, and are shown when they cannot leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import office
import pytest
from office import MONDAY, at

from service.channels.letter import Letter, Undeliverable
from service.channels.post import Post
from service.relay import Relay, relay, wait_before
from service.scheduler import sweep
from service.settings import Relay as RelaySettings
from service.wiring import Desk
from workflows.storage.views import OutboxRow

LATE = at("2026-03-02 11:30")


@dataclass
class Recorder(Post):
    """A post that keeps what it is given, or fails as it is told to."""

    fails: Callable[[Letter], Undeliverable | None] = lambda _: None
    letters: list[Letter] = field(default_factory=list)
    clients: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        failure = self.fails(letter)
        if failure is not None:
            raise failure
        self.letters.append(letter)

    def send_to_client(self, letter: Letter) -> None:
        self.clients.append(letter)


def down(_: Letter) -> Undeliverable:
    return Undeliverable("the server is down")


def messages(desk: Desk, status: str) -> tuple[OutboxRow, ...]:
    return desk.queries.messages(status, None, 1_000).messages


@pytest.fixture
def late(desk: Desk) -> str:
    """An errand of which the clerk and the supervisor are to hear."""
    ticket = office.open_errand(desk, content="Collect the keys", caller="Li", phone="13800000001")
    sweep(desk, LATE)
    return ticket


def test_everybody_is_told_once(desk: Desk, late: str) -> None:
    """What has been sent is not sent again."""
    post = Recorder()
    assert relay(desk, LATE, post) == 2
    assert relay(desk, LATE + 10_000, post) == 0
    subjects = [letter.subject for letter in post.letters]
    assert subjects == [
        "[Overdue · level 1] CS-2026-00001 Errand",
        "[Overdue · level 2] CS-2026-00001 Errand",
    ]
    assert len(messages(desk, "sent")) == 2
    assert not any(letter.enclosures for letter in post.letters)


def test_a_letter_names_the_ticket_and_never_the_caller(desk: Desk, late: str) -> None:
    """Personal words stay in the house."""
    post = Recorder()
    relay(desk, LATE, post)
    for letter in post.letters:
        assert "CS-2026-00001" in letter.subject
        assert "Collect the keys" in letter.body
        assert "2026-03-02 11:00 (Asia/Shanghai)" in letter.body
        assert "Li" not in letter.body
        assert "13800000001" not in letter.body


def test_what_fails_is_tried_again_later_and_later_and_then_is_dead(desk: Desk, late: str) -> None:
    """Eight tries, each wait about twice the one before, and the reason is kept."""
    post, now, waits = Recorder(fails=down), LATE, []
    for _ in range(desk.settings.relay.attempts - 1):
        relay(desk, now, post)
        nearest = min(message.not_before for message in messages(desk, "pending"))
        furthest = max(message.not_before for message in messages(desk, "pending"))
        assert relay(desk, nearest - 1, post) == 0
        waits.append(nearest - now)
        now = furthest
    relay(desk, now, post)
    expected = [30 * 2**n for n in range(desk.settings.relay.attempts - 1)]
    assert all(0.7 * wait <= waited <= 1.3 * wait for wait, waited in zip(expected, waits, strict=True))
    assert [message.last_error for message in messages(desk, "dead")] == ["the server is down"] * 2
    assert messages(desk, "pending") == ()


def test_the_wait_differs_from_message_to_message_but_not_from_run_to_run() -> None:
    """So that a thousand messages do not come back in the same second, and tests can be written."""
    settings = RelaySettings()
    waits = {wait_before(3, f"message {number}", settings) for number in range(50)}
    assert len(waits) > 20
    assert all(90 <= wait <= 150 for wait in waits)
    assert wait_before(3, "message 1", settings) == wait_before(3, "message 1", settings)
    assert wait_before(30, "message 1", settings) <= 1.25 * settings.longest_wait


def test_what_can_never_leave_is_dead_at_once(desk: Desk, late: str) -> None:
    """Nothing is tried eight times that cannot succeed."""
    relay(desk, LATE, Recorder(fails=lambda _: Undeliverable("no such mailbox", permanent=True)))
    assert [message.attempts for message in messages(desk, "dead")] == [1, 1]


def test_a_dead_message_can_be_sent_after_all(desk: Desk, late: str) -> None:
    """Once the trouble is mended, it is put back by hand."""
    relay(desk, LATE, Recorder(fails=lambda _: Undeliverable("no", permanent=True)))
    dead = messages(desk, "dead")
    assert all(desk.outbox.requeue(message.site, message.id, LATE) for message in dead)
    post = Recorder()
    relay(desk, LATE, post)
    assert {letter.id for letter in post.letters} == {message.id for message in dead}


def test_one_letter_that_fails_does_not_hold_up_the_others(desk: Desk, late: str) -> None:
    """Also when it is a fault of ours."""

    def broken(letter: Letter) -> Undeliverable | None:
        if "level 1" in letter.subject:
            raise RuntimeError("a fault of ours")
        return None

    post = Recorder(fails=broken)
    assert relay(desk, LATE, post) == 2
    assert len(post.letters) == 1
    assert messages(desk, "pending")[0].last_error == "RuntimeError: a fault of ours"


def test_two_relays_do_not_send_the_same_message(desk: Desk, second_desk: Desk, late: str) -> None:
    """Whoever claims it has it for the length of the lease."""
    other = Recorder()

    class Meanwhile(Recorder):
        def send(self, letter: Letter) -> None:
            relay(second_desk, LATE, other)
            super().send(letter)

    post = Meanwhile()
    relay(desk, LATE, post)
    assert len(post.letters) == 2
    assert other.letters == []


def test_a_relay_that_dies_after_sending_leaves_the_message_to_another_under_the_same_id(
    desk: Desk, second_desk: Desk, late: str
) -> None:
    """At least once: the receiver can tell by the id."""
    first = desk.outbox.claim(LATE, 10, desk.settings.relay.lease, "one that died")
    post = Recorder()
    assert relay(second_desk, LATE + desk.settings.relay.lease - 1, post) == 0
    assert relay(second_desk, LATE + desk.settings.relay.lease, post) == 2
    assert {letter.id for letter in post.letters} == {message.id for message in first}


def test_a_message_that_kills_every_relay_is_dead_in_the_end(desk: Desk, late: str) -> None:
    """Claims count as tries, so it does not go round for ever."""
    now = LATE
    for _ in range(desk.settings.relay.attempts):
        desk.outbox.claim(now, 10, 60, "one that died")
        now += 60
    relay(desk, now, Recorder())
    assert [message.last_error for message in messages(desk, "dead")] == [
        "the relay was stopped each time it was tried"
    ] * 2


def test_a_post_that_nobody_holds_is_said_to_be_empty(desk: Desk) -> None:
    """The message is dead, with the role that should have heard."""
    ticket = office.open_errand(desk)
    desk.people.change_staff(office.staff_id("director"), active=False)
    office.fire(desk, ticket, "tell", MONDAY)
    relay(desk, MONDAY, Recorder())
    assert [message.last_error for message in messages(desk, "dead")] == ["nobody holds auditor"]


def test_the_client_hears_little_and_through_the_clients_channel(desk: Desk) -> None:
    """Number, kind and state, and the words of the definition."""
    ticket = office.open_errand(desk, content="Collect the keys", caller="Li", phone="13800000001")
    office.fire(desk, ticket, "tell", MONDAY)
    post = Recorder()
    relay(desk, MONDAY, post)
    (letter,) = post.clients
    assert letter.address == "13800000001"
    assert letter.body == "CS-2026-00001 差事\n当前环节：待办\n正在办理。"


def test_what_is_not_urgent_waits_for_the_morning(desk: Desk) -> None:
    """Quiet hours hold, urgent messages pierce."""
    quiet = replace(desk.settings.relay, quiet_from="18:00", quiet_until="08:30")
    night_desk = replace(desk, settings=replace(desk.settings, relay=quiet))
    office.open_errand(desk, now=at("2026-03-02 16:30"))
    sweep(desk, at("2026-03-03 18:30"))
    post = Recorder()
    relay(night_desk, at("2026-03-03 18:30"), post)
    assert [letter.urgent for letter in post.letters] == []
    sweep(desk, at("2026-03-04 18:30"))
    relay(night_desk, at("2026-03-04 18:30"), post)
    assert [letter.urgent for letter in post.letters] == [True]
    relay(night_desk, at("2026-03-05 08:30"), post)
    assert len(post.letters) == 4


def test_a_slow_channel_does_not_hold_messages_beyond_their_lease(
    desk: Desk, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When half of the lease is gone, the rest of the batch is left."""
    ticks = iter((0.0, 0.0, 61.0, 62.0))
    monkeypatch.setattr("service.relay.monotonic", lambda: next(ticks))
    post = Recorder()
    assert Relay(desk, post).run(LATE) == 1
    assert len(messages(desk, "pending")) == 1


def test_somebody_who_has_left_is_not_written_to(desk: Desk, late: str) -> None:
    """The message is dead and says why."""
    desk.people.change_staff(office.staff_id("clerk"), active=False)
    post = Recorder()
    relay(desk, LATE, post)
    assert [message.last_error for message in messages(desk, "dead")] == [
        "the recipient no longer works at the site"
    ]
    assert len(post.letters) == 1


def test_an_address_decides_the_channel(desk: Desk, late: str) -> None:
    """A URL goes before a mail address; without either the letter goes to the log."""
    desk.people.set_contact(
        office.staff_id("clerk"), {"mail": "clerk@example.org", "url": "json://example.org/x"}
    )
    post = Recorder()
    relay(desk, LATE, post)
    assert sorted(letter.address for letter in post.letters) == ["", "json://example.org/x"]
