"""Mails about a ticket belong together, for each reader by himself: a real mail server takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import clock_desk
import pytest
from aiosmtpd.controller import Controller
from clock_desk import MONDAY, SITE
from test_channels import Mailbox, free_port, to

from service.bootstrap import Desk
from service.channels.mail import MailChannel
from service.relay import relay_batch
from service.scheduler import sweep
from service.settings_tables import ChannelSettings, MailSettings

# One of Apprise's plugins asks for `imghdr`; none that the desk uses does.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
BASE = "https://desk.example.org"
UUID = re.compile(r"<[0-9a-f-]{36}@example\.org>")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Mailbox, int]]:
    """A mail server."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture
def box(server: tuple[Mailbox, int]) -> Mailbox:
    server[0].mails.clear()
    return server[0]


@pytest.fixture
def mailing(desk: Desk, server: tuple[Mailbox, int]) -> Desk:
    """The desk with that mail server and a public address; the director and the clerk have addresses."""
    for account in ("director", "clerk"):
        clock_desk.set_contact(desk, account, mail=f"{account}@example.org")
    mail = MailSettings(host="127.0.0.1", port=server[1], sender="Desk <desk@example.org>", timeout=5)
    channels = ChannelSettings(base_url=BASE)
    return replace(desk, settings=replace(desk.settings, mail=mail, channels=channels))


def tell(desk: Desk, ticket: str, times: int, begin: int = 0) -> None:
    """Tell the director so often of the ticket."""
    for number in range(begin, begin + times):
        clock_desk.fire(desk, ticket, "tell", MONDAY + number)
        relay_batch(desk, MONDAY + number)


def ids(mail: EmailMessage, header: str) -> list[str]:
    return UUID.findall(str(mail[header] or ""))


def test_the_first_mail_begins_a_thread_and_the_others_follow(mailing: Desk, box: Mailbox) -> None:
    tell(mailing, clock_desk.open_errand(mailing), 3)
    own = [ids(mail, "Message-ID")[0] for mail in box.mails]
    assert len(set(own)) == 3
    assert [ids(mail, "In-Reply-To") for mail in box.mails] == [[], [own[0]], [own[1]]]
    assert [ids(mail, "References") for mail in box.mails] == [[], own[:1], own[:2]]


def test_a_long_thread_keeps_its_first_mail_and_the_latest(mailing: Desk, box: Mailbox) -> None:
    tell(mailing, clock_desk.open_errand(mailing), 13)
    own = [ids(mail, "Message-ID")[0] for mail in box.mails]
    assert ids(box.mails[-1], "References") == [own[0], *own[3:12]]
    assert ids(box.mails[-1], "In-Reply-To") == [own[11]]


def test_no_line_of_a_header_is_longer_than_the_standard_recommends() -> None:
    """78 characters (RFC 5322 2.1.1), and no id is cut or encoded: also for a sender with a long name."""
    sender = f"desk@{'a' * 50}.{'b' * 20}.example.org"
    first, second = (clock_desk.ticket_id(number) for number in (1, 2))
    letter = replace(to("li@example.org"), id=first, thread=(second,) * 10)
    raw = MailChannel(host="127.0.0.1", sender=sender)._message(letter).as_bytes()
    head = raw.partition(b"\n\n")[0].decode()
    heads = [line for line in head.splitlines() if "a" * 50 not in line]
    assert max(map(len, heads)) <= 78
    references = next(
        line for line in head.replace("\n ", " ").splitlines() if line.startswith("References:")
    )
    assert references.count(f"<{second}@{'b' * 20}.example.org>") == 10


def test_another_ticket_and_another_reader_have_threads_of_their_own(mailing: Desk, box: Mailbox) -> None:
    for number in (1, 2):  # one after the other, or the clerk hears of both in one letter
        tell(mailing, clock_desk.open_errand(mailing, number), 1)
        sweep(mailing, MONDAY + 9_000)
        relay_batch(mailing, MONDAY + 9_000)
    assert [str(mail["To"]) for mail in box.mails].count("clerk@example.org") == 2
    assert [ids(mail, "References") for mail in box.mails] == [[]] * 4


def test_a_mail_that_did_not_leave_is_none_that_others_answer(mailing: Desk, box: Mailbox) -> None:
    """Nor one of before the address was known."""
    ticket = clock_desk.open_errand(mailing)
    clock_desk.set_contact(mailing, "director")
    tell(mailing, ticket, 1)
    clock_desk.set_contact(mailing, "director", mail="director@example.org")
    tell(mailing, ticket, 1, begin=1)
    assert [ids(mail, "In-Reply-To") for mail in box.mails] == [[]]


def test_a_mail_that_is_sent_again_is_the_same(mailing: Desk, box: Mailbox) -> None:
    """Its Message-ID and its place in the thread: its relay died before it could say that it was sent."""
    ticket = clock_desk.open_errand(mailing)
    tell(mailing, ticket, 2)
    last = mailing.queries.outgoing.of_ticket(SITE, ticket).messages[-2:]
    (again,) = [each.message for each in last if each.message.recipient != "client"]
    with mailing.database.transaction() as session:
        session.run(f"UPDATE outbox SET status = 'pending' WHERE id = '{again.id}'")
    relay_batch(mailing, MONDAY + 60)
    assert len(box.mails) == 3
    for header in ("Message-ID", "In-Reply-To", "References"):
        assert box.mails[2][header] == box.mails[1][header]


def test_the_link_of_a_letter_says_which_ticket_of_which_site(mailing: Desk, box: Mailbox) -> None:
    clock_desk.open_errand(mailing)
    sweep(mailing, MONDAY + 9_000)
    relay_batch(mailing, MONDAY + 9_000)
    (mail,) = [each for each in box.mails if each["To"] == "clerk@example.org"]
    assert mail.get_content().splitlines()[-1] == f"{BASE}/tickets/CS-2026-00001?site=office"
