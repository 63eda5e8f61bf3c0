"""Mail servers that hang, drip or refuse, and whose fault it then is: the letter's or the channel's."""

from __future__ import annotations

from dataclasses import replace

import clock_desk
import pytest
from clock_desk import MONDAY
from mail_servers import Script, serving

from service.bootstrap import Desk
from service.channels.deadline import Deadline
from service.channels.letter import Letter, Undeliverable
from service.channels.mail import MailChannel
from service.channels.post import Post
from service.relay import Relay
from service.scheduler import sweep
from service.settings_tables import MailSettings

LETTER = Letter(id="018f", subject="Overdue", body="Please act.", language="en", address="li@example.org")


def sent(script: Script, *, limit: float = 5, timeout: float = 5) -> Undeliverable | None:
    """What becomes of a letter at such a server."""
    with serving(script) as port, Deadline(limit):
        try:
            MailChannel(host="127.0.0.1", port=port, sender="desk@example.org", timeout=timeout).send(LETTER)
        except Undeliverable as failure:
            return failure
    return None


@pytest.mark.parametrize(
    "script",
    [
        Script(greeting="554 no service here"),
        Script(greeting="421 too busy"),
        Script(answers={"MAIL": "530 sign in first"}),
        Script(answers={"MAIL": "550 you may not send"}),
        Script(answers={"MAIL": "451 later"}),
        Script(answers={"RCPT": "530 sign in first"}),
        Script(answers={"RCPT": "421 going away"}),
        Script(answers={"DATA": "421 going away"}),
    ],
    ids=repr,
)
def test_what_is_the_servers_own_affair_is_no_letters_fault(script: Script) -> None:
    """It is tried again, and the whole channel waits."""
    failure = sent(script)
    assert failure is not None
    assert (failure.permanent, failure.channel) == (False, True)


@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "550 no such mailbox"},
        {"DATA": "554 no"},
        {"END": "554 looks like spam"},
        {"MAIL": "552 too large"},
    ],
    ids=repr,
)
def test_what_the_receiver_refuses_is_refused_for_good(answers: dict[str, str | None]) -> None:
    """The recipient, the text, its size."""
    failure = sent(Script(answers=answers))
    assert failure is not None
    assert (failure.permanent, failure.channel) == (True, False)


@pytest.mark.parametrize(
    "answers", [{"RCPT": "450 greylisted"}, {"END": "451 full"}, {"RCPT": None}, {"END": None}], ids=repr
)
def test_what_may_be_the_letters_fault_is_a_try_of_it(answers: dict[str, str | None]) -> None:
    """Nobody else waits for it."""
    failure = sent(Script(answers=answers), timeout=0.3)
    assert failure is not None
    assert (failure.permanent, failure.channel) == (False, False)


@pytest.mark.parametrize("where", ["greeting", "EHLO", "MAIL"])
def test_a_server_that_says_nothing_is_away(where: str) -> None:
    """For every letter."""
    script = Script(greeting=None) if where == "greeting" else Script(answers={where: None})
    failure = sent(script, timeout=0.3)
    assert failure is not None
    assert failure.channel


@pytest.mark.parametrize("where", ["greeting", "EHLO", "RCPT", "END"])
def test_a_server_that_drips_is_cut_in_time(where: str) -> None:
    """Each byte comes within the time-out, and the line does not end."""
    failure = sent(script := Script(drips=(where,)), limit=0.5)
    assert failure is not None
    assert not script.patient
    assert failure.reason.endswith("is too slow")
    assert failure.channel == (where in ("greeting", "EHLO"))


def test_what_was_taken_is_not_sent_again_for_a_goodbye_that_fails() -> None:
    """The letter has left, whatever is answered to QUIT."""
    for answer in ("500 what?", None):
        script = Script(answers={"QUIT": answer})
        assert sent(script) is None
        assert len(script.ids) == 1


PEOPLE = ("clerk", "supervisor", "director")


@pytest.fixture
def late(desk: Desk) -> None:
    """Ten errands of which several people are to hear by mail, each in one letter."""
    for account in PEOPLE:
        clock_desk.set_contact(desk, account, mail=f"{account}@example.org")
    for number in range(10):
        clock_desk.open_errand(desk, number)
    sweep(desk, MONDAY + 9_000)


def by_mail(desk: Desk, port: int) -> Desk:
    mail = MailSettings(host="127.0.0.1", port=port, sender="desk@example.org", timeout=1)
    return replace(desk, settings=replace(desk.settings, mail=mail))


@pytest.mark.usefixtures("late")
def test_no_letter_dies_while_the_mail_server_hangs(desk: Desk) -> None:
    """An hour long, minute by minute; then all of them arrive, in one letter to each."""
    waiting = desk.queries.messages("pending", None, 100).messages
    count, letters = len(waiting), len({message.recipient for message in waiting})
    assert (count, letters) == (20, 2)
    now = [MONDAY + 9_000]
    script = Script(greeting="554 hangs, and says so, for the sake of the test's length")
    with serving(script) as port:
        ours = by_mail(desk, port)
        relay = Relay(ours, Post(ours.settings), clock=lambda: now[0])
        for _ in range(60):
            relay.run()
            now[0] += 60
        assert desk.queries.messages("dead", None, 100).messages == ()
        script.greeting = "220 ready again"
        now[0] += 300
        assert relay.run() == count
    assert len(script.ids) == letters
    assert {message.attempts for message in desk.queries.messages("sent", None, 100).messages} == {1}


@pytest.mark.usefixtures("late")
def test_one_letter_finds_out_that_the_server_hangs(desk: Desk) -> None:
    """The others are put off without being tried: a batch takes one time-out, not fifty."""
    with serving(script := Script(answers={"EHLO": None, "HELO": None})) as port:
        ours = by_mail(desk, port)
        assert Relay(ours, Post(ours.settings), clock=lambda: MONDAY + 9_000).run() == 20
    assert script.heard.count("EHLO") == 1
