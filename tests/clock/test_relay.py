"""Messages leave at least once, are tried again later and later, and are shown when they cannot leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import clock_desk
import pytest
from clock_desk import MONDAY, at

from service.bootstrap import Desk
from service.channels.letter import Letter, Undeliverable
from service.channels.post import Post
from service.channels.receipt import Receipt
from service.relay import Relay, relay_batch, retry_delay
from service.scheduler import sweep
from service.settings_tables import RelaySettings as RelaySettings
from workflows.storage.outbox_messages import OutboxMessage

LATE = at("2026-03-02 11:30")


@dataclass
class Recorder(Post):
    """A post that keeps what it is given, or fails as it is told to."""

    fails: Callable[[Letter], Undeliverable | None] = lambda _: None
    letters: list[Letter] = field(default_factory=list)
    clients: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> Receipt:
        failure = self.fails(letter)
        if failure is not None:
            raise failure
        self.letters.append(letter)
        return Receipt("mail")

    def send_to_client(self, letter: Letter) -> Receipt:
        self.clients.append(letter)
        return Receipt("client")


def down(_: Letter) -> Undeliverable:
    return Undeliverable("the server is down")


def messages(desk: Desk, status: str) -> tuple[OutboxMessage, ...]:
    return desk.queries.messages(status, None, 1_000).messages


def lapse(desk: Desk, seconds: int, *, begun: bool = True) -> None:
    """Let so much of the leases go by: the database's clock measures them, and no test can turn that.

    Of all of them, or only of those whose letter was not begun.
    """
    only = "" if begun else "WHERE attempts = 0"
    with desk.database.transaction() as session:
        session.run(f"UPDATE outbox SET claimed_until = claimed_until - {seconds} {only}")


@pytest.fixture
def late(desk: Desk) -> str:
    """An errand of which the clerk and the supervisor are to hear."""
    ticket = clock_desk.open_errand(desk, content="Collect the keys", caller="Li", phone="13800000001")
    sweep(desk, LATE)
    return ticket


def test_everybody_is_told_once(desk: Desk, late: str) -> None:
    """What has been sent is not sent again."""
    post = Recorder()
    assert relay_batch(desk, LATE, post) == 2
    assert relay_batch(desk, LATE + 10_000, post) == 0
    subjects = [letter.subject for letter in post.letters]
    assert subjects == [
        "[Overdue · level 1] CS-2026-00001 Errand",
        "[Overdue · level 2] CS-2026-00001 Errand",
    ]
    assert len(messages(desk, "sent")) == 2
    assert not any(letter.attachments for letter in post.letters)


def test_a_letter_names_the_ticket_and_never_the_caller(desk: Desk, late: str) -> None:
    """Personal words stay in the house."""
    post = Recorder()
    relay_batch(desk, LATE, post)
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
        relay_batch(desk, now, post)
        nearest = min(message.not_before for message in messages(desk, "waiting"))
        furthest = max(message.not_before for message in messages(desk, "waiting"))
        assert relay_batch(desk, nearest - 1, post) == 0
        waits.append(nearest - now)
        now = furthest
    relay_batch(desk, now, post)
    expected = [30 * 2**n for n in range(desk.settings.relay.attempts - 1)]
    assert all(0.7 * wait <= waited <= 1.3 * wait for wait, waited in zip(expected, waits, strict=True))
    assert [message.last_error for message in messages(desk, "dead")] == ["the server is down"] * 2
    assert messages(desk, "waiting") == ()


def test_the_wait_differs_from_message_to_message_but_not_from_run_to_run() -> None:
    """So that a thousand messages do not come back in the same second, and tests can be written."""
    settings = RelaySettings()
    waits = {retry_delay(3, f"message {number}", settings) for number in range(50)}
    assert len(waits) > 20
    assert all(90 <= wait <= 150 for wait in waits)
    assert retry_delay(3, "message 1", settings) == retry_delay(3, "message 1", settings)
    assert retry_delay(30, "message 1", settings) <= 1.25 * settings.longest_wait


def test_what_can_never_leave_is_dead_at_once(desk: Desk, late: str) -> None:
    """Nothing is tried eight times that cannot succeed."""
    relay_batch(desk, LATE, Recorder(fails=lambda _: Undeliverable("no such mailbox", permanent=True)))
    assert [message.attempts for message in messages(desk, "dead")] == [1, 1]


def test_a_dead_message_can_be_sent_after_all(desk: Desk, late: str) -> None:
    """Once the trouble is mended, it is put back by hand."""
    relay_batch(desk, LATE, Recorder(fails=lambda _: Undeliverable("no", permanent=True)))
    dead = messages(desk, "dead")
    assert all(desk.outbox.requeue(message.site, message.id, LATE) for message in dead)
    post = Recorder()
    relay_batch(desk, LATE, post)
    assert {letter.id for letter in post.letters} == {message.id for message in dead}


def test_one_letter_that_fails_does_not_hold_up_the_others(desk: Desk, late: str) -> None:
    """Also when it is a fault of ours."""

    def broken(letter: Letter) -> Undeliverable | None:
        if "level 1" in letter.subject:
            raise RuntimeError("a fault of ours")
        return None

    post = Recorder(fails=broken)
    assert relay_batch(desk, LATE, post) == 2
    assert len(post.letters) == 1
    assert messages(desk, "waiting")[0].last_error == "RuntimeError in test_relay.py:144"


def test_two_relays_do_not_send_the_same_message(desk: Desk, second_desk: Desk, late: str) -> None:
    """Whoever claims it has it for the length of the lease."""
    other = Recorder()

    class Meanwhile(Recorder):
        def send(self, letter: Letter) -> Receipt:
            relay_batch(second_desk, LATE, other)
            return super().send(letter)

    post = Meanwhile()
    relay_batch(desk, LATE, post)
    assert len(post.letters) == 2
    assert other.letters == []


def test_a_relay_whose_clock_runs_ahead_sends_nothing_twice(desk: Desk, second_desk: Desk, late: str) -> None:
    """Leases are measured by the clock of the database."""
    other = Recorder()

    class Meanwhile(Recorder):
        def send(self, letter: Letter) -> Receipt:
            relay_batch(second_desk, LATE + 10 * 365 * 86_400, other)
            return super().send(letter)

    post = Meanwhile()
    relay_batch(desk, LATE, post)
    assert (len(post.letters), other.letters) == (2, [])


def test_what_another_has_taken_from_a_slow_batch_is_not_sent_again(
    desk: Desk, second_desk: Desk, late: str
) -> None:
    """The first letter took longer than the lease of the batch; another relay has sent the second by then."""
    other = Recorder()

    class Slow(Recorder):
        def send(self, letter: Letter) -> Receipt:
            receipt = super().send(letter)
            lapse(desk, desk.settings.relay.lease, begun=False)  # this letter has a lease of its own
            relay_batch(second_desk, LATE, other)
            return receipt

    post = Slow()
    relay_batch(desk, LATE, post)
    assert (len(post.letters), len(other.letters)) == (1, 1)
    assert len(messages(desk, "sent")) == 2


def test_a_relay_that_dies_leaves_its_messages_to_another_under_the_same_ids(
    desk: Desk, second_desk: Desk, late: str
) -> None:
    """At least once: the receiver can tell by the id. Only the letter under way had a try."""
    first = desk.outbox.claim(LATE, 10, desk.settings.relay.lease, "one that died")
    desk.outbox.begin_attempt(first[0], "one that died", desk.settings.relay.lease)
    post = Recorder()
    assert relay_batch(second_desk, LATE, post) == 0
    lapse(desk, desk.settings.relay.lease)
    assert relay_batch(second_desk, LATE, post) == 2
    assert {letter.id for letter in post.letters} == {message.id for message in first}
    assert {message.id: message.attempts for message in messages(desk, "sent")} == {
        first[0].id: 2,
        first[1].id: 1,
    }


def test_however_often_a_relay_is_killed_no_letter_dies_untried(desk: Desk, late: str) -> None:
    """Claiming is no try."""
    for _ in range(2 * desk.settings.relay.attempts):
        desk.outbox.claim(LATE, 10, 60, "one that died")
        lapse(desk, 60)
    assert relay_batch(desk, LATE, Recorder()) == 2
    assert len(messages(desk, "sent")) == 2


def test_a_message_that_kills_every_relay_is_dead_in_the_end(desk: Desk, late: str) -> None:
    """What was begun counts as a try, so it does not go round for ever."""
    for _ in range(desk.settings.relay.attempts):
        for row in desk.outbox.claim(LATE, 10, 60, "one that died"):
            desk.outbox.begin_attempt(row, "one that died", 60)
        lapse(desk, 60)
    relay_batch(desk, LATE, Recorder())
    assert [message.last_error for message in messages(desk, "dead")] == [
        "the relay was stopped each time it was tried"
    ] * 2


def test_told_to_stop_a_relay_gives_back_what_it_has_not_begun(
    desk: Desk, second_desk: Desk, late: str
) -> None:
    """At once, and not when the lease ends; the letter under way is finished."""

    class Stopping(Recorder):
        def send(self, letter: Letter) -> Receipt:
            receipt = super().send(letter)
            first.stop()
            return receipt

    post, other = Stopping(), Recorder()
    first = Relay(desk, post, clock=lambda: LATE)
    assert (first.run(), first.run()) == (1, 0)
    assert relay_batch(second_desk, LATE, other) == 1
    assert len({letter.id for letter in (*post.letters, *other.letters)}) == 2


def test_what_is_the_fault_of_a_channel_is_no_try_of_a_letter(desk: Desk, late: str) -> None:
    """One letter finds out, the others wait with it; none dies of it, however long it lasts."""
    for account in ("clerk", "supervisor"):
        clock_desk.set_contact(desk, account, mail=f"{account}@example.org")
    tried: list[str] = []

    def away(letter: Letter) -> Undeliverable:
        tried.append(letter.id)
        return Undeliverable("the mail server hangs", channel=True)

    now = [LATE]
    lasting = Relay(desk, Recorder(fails=away), clock=lambda: now[0])
    for _ in range(100):
        lasting.run()
        now[0] += 60
    assert 2 < len(tried) < 30  # seldom, and at least every five minutes
    assert len(set(tried)) == 2  # and not always the same one
    assert [message.attempts for message in messages(desk, "waiting")] == [0, 0]
    post = Recorder()
    now[0] += 300
    assert Relay(desk, post, clock=lambda: now[0]).run() == 2
    assert len(post.letters) == 2


def test_a_channel_that_is_away_does_not_hold_up_the_others(desk: Desk, late: str) -> None:
    """Each is left alone for itself."""
    clock_desk.set_contact(desk, "clerk", mail="clerk@example.org")

    def mail_is_away(letter: Letter) -> Undeliverable | None:
        return Undeliverable("the mail server hangs", channel=True) if "@" in letter.address else None

    post = Recorder(fails=mail_is_away)
    relay_batch(desk, LATE, post)
    assert [letter.address for letter in post.letters] == [""]
    assert [message.last_error for message in messages(desk, "waiting")] == ["the mail server hangs"]


def test_a_post_that_nobody_holds_is_said_to_be_empty(desk: Desk) -> None:
    """The message is dead, with the role that should have heard."""
    ticket = clock_desk.open_errand(desk)
    desk.people.update_staff(clock_desk.staff_id("director"), active=False)
    clock_desk.fire(desk, ticket, "tell", MONDAY)
    relay_batch(desk, MONDAY, Recorder())
    assert [message.last_error for message in messages(desk, "dead")] == ["nobody holds auditor"]


def test_the_client_hears_little_and_through_the_clients_channel(desk: Desk) -> None:
    """Number, kind and state, and the words of the definition."""
    ticket = clock_desk.open_errand(desk, content="Collect the keys", caller="Li", phone="13800000001")
    clock_desk.fire(desk, ticket, "tell", MONDAY)
    post = Recorder()
    relay_batch(desk, MONDAY, post)
    (letter,) = post.clients
    assert letter.address == "13800000001"
    assert letter.body == "CS-2026-00001 差事\n当前环节：待办\n正在办理。"


def test_what_is_not_urgent_waits_for_the_morning(desk: Desk) -> None:
    """Quiet hours hold, urgent messages pierce."""
    quiet = replace(desk.settings.relay, quiet_from="18:00", quiet_until="08:30")
    night_desk = replace(desk, settings=replace(desk.settings, relay=quiet))
    clock_desk.open_errand(desk, now=at("2026-03-02 16:30"))
    sweep(desk, at("2026-03-03 18:30"))
    post = Recorder()
    relay_batch(night_desk, at("2026-03-03 18:30"), post)
    assert [letter.urgent for letter in post.letters] == []
    sweep(desk, at("2026-03-04 18:30"))
    relay_batch(night_desk, at("2026-03-04 18:30"), post)
    assert [letter.urgent for letter in post.letters] == [True]
    relay_batch(night_desk, at("2026-03-05 08:30"), post)
    assert len(post.letters) == 4


def test_somebody_who_has_left_is_not_written_to(desk: Desk, late: str) -> None:
    """The message is dead and says why."""
    desk.people.update_staff(clock_desk.staff_id("clerk"), active=False)
    post = Recorder()
    relay_batch(desk, LATE, post)
    assert [message.last_error for message in messages(desk, "dead")] == [
        "the recipient no longer works at the site"
    ]
    assert len(post.letters) == 1


def test_an_address_decides_the_channel(desk: Desk, late: str) -> None:
    """A URL goes before a mail address; without either the letter goes to the log."""
    clock_desk.set_contact(desk, "clerk", mail="clerk@example.org", url="json://example.org/x")
    post = Recorder()
    relay_batch(desk, LATE, post)
    assert sorted(letter.address for letter in post.letters) == ["", "json://example.org/x"]
