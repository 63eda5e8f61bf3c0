"""A message is sent only when a channel took it; what became of every other one is kept, with the reason."""

from __future__ import annotations

from dataclasses import replace

import clock_desk
import pytest
from clock_desk import MONDAY, SITE, at
from mail_servers import Script, serving

from service.bootstrap import Desk
from service.channels.post import Post
from service.relay import Relay, relay_batch
from service.scheduler import sweep
from service.settings_tables import MailSettings, RelaySettings
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.results import TicketMessage
from workflows.storage.registers.write import EntryAuthor

# One of Apprise's plugins asks for `imghdr`; none that the desk uses does.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
PHONE = "13800000001"


def told_client(desk: Desk, **data: str) -> str:
    """An errand whose client and whose auditor are told something; its id."""
    ticket = clock_desk.open_errand(desk, content="Collect the keys", **data)
    clock_desk.fire(desk, ticket, "tell", MONDAY)
    return ticket


def by_mail(desk: Desk, port: int, **relay: object) -> Desk:
    mail = MailSettings(host="127.0.0.1", port=port, sender="desk@example.org", timeout=1)
    settings = replace(desk.settings, mail=mail, relay=RelaySettings(**relay))  # type: ignore[arg-type]
    return replace(desk, settings=settings)


def outgoing(desk: Desk, ticket: str) -> dict[str, TicketMessage]:
    """The messages about the ticket, by recipient."""
    page = desk.queries.outgoing.of_ticket(SITE, ticket)
    names = {clock_desk.staff_id(account): account for account in clock_desk.POSTS}
    return {names.get(each.message.recipient, each.message.recipient): each for each in page.messages}


def verdict(message: OutboxMessage) -> tuple[str, str | None, str | None]:
    return message.status, message.channel, message.last_error


def test_without_channels_nothing_is_called_sent(desk: Desk) -> None:
    """Who has no address, and which channel is missing, is said; the words are kept all the same."""
    ticket = told_client(desk, caller="Li Example", phone=PHONE)
    relay_batch(desk, MONDAY)
    found = outgoing(desk, ticket)
    no_channel = "no channel to clients is set up (HUIFANG_CHANNELS)"
    assert verdict(found["client"].message) == ("logged", "log", no_channel)
    assert verdict(found["director"].message) == ("no-address", "log", "the recipient has no address")
    assert {each.message.sent_at for each in found.values()} == {None}
    assert {each.message.tried_at for each in found.values()} == {MONDAY}
    letter = found["client"].letter
    assert letter is not None
    assert letter.body.endswith("正在办理。")


def test_a_client_without_a_number_has_no_address(desk: Desk) -> None:
    ticket = told_client(desk, caller="Li Example")
    relay_batch(desk, MONDAY)
    reason = "the ticket has no address of the client"
    assert verdict(outgoing(desk, ticket)["client"].message) == ("no-address", "log", reason)


def test_what_a_mail_server_took_is_sent_and_says_where(desk: Desk) -> None:
    clock_desk.set_contact(desk, "director", mail="director@example.org")
    ticket = told_client(desk)
    with serving(Script()) as port:
        relay_batch(by_mail(desk, port), MONDAY)
    found = outgoing(desk, ticket)["director"]
    assert verdict(found.message) == ("sent", "mail", None)
    assert (found.message.sent_at, found.message.attempts) == (MONDAY, 1)
    assert found.letter is not None
    assert found.letter.address == "d***@e***"
    assert found.letter.subject.endswith("CS-2026-00001 Errand")


@pytest.mark.parametrize(
    ("greeting", "receiver", "status", "attempts"),
    [
        ("220 ready", "450 greylisted", "failed", 1),
        ("421 too busy", "250 fine", "held", 0),
        ("220 ready", "550 no such mailbox", "dead", 1),
    ],
    ids=["tried again", "the server is away", "refused for good"],
)
def test_what_was_not_taken_says_why(
    desk: Desk, greeting: str, receiver: str, status: str, attempts: int
) -> None:
    clock_desk.set_contact(desk, "director", mail="director@example.org")
    ticket = told_client(desk)
    with serving(Script(greeting=greeting, answers={"RCPT": receiver})) as port:
        relay_batch(by_mail(desk, port), MONDAY)
    message = outgoing(desk, ticket)["director"].message
    assert (message.status, message.channel, message.attempts) == (status, "mail", attempts)
    assert "mail server" in str(message.last_error)
    assert message.sent_at is None


def test_what_waits_for_the_morning_is_held(desk: Desk) -> None:
    quiet = replace(desk.settings.relay, quiet_from="18:00", quiet_until="08:30")
    night_desk = replace(desk, settings=replace(desk.settings, relay=quiet))
    ticket = clock_desk.open_errand(desk, now=at("2026-03-02 16:30"))
    sweep(desk, at("2026-03-03 18:30"))
    relay_batch(night_desk, at("2026-03-03 18:30"))
    first = desk.queries.outgoing.of_ticket(SITE, ticket).messages[0].message
    assert (first.status, first.last_error) == ("held", "held until the quiet hours are over")
    assert first.not_before == at("2026-03-04 08:30")


def test_mail_for_a_desk_without_a_mail_server_is_held_until_there_is_one(desk: Desk) -> None:
    clock_desk.set_contact(desk, "director", mail="director@example.org")
    ticket = told_client(desk)
    relay_batch(desk, MONDAY)
    message = outgoing(desk, ticket)["director"].message
    assert (message.status, message.last_error) == (
        "held",
        "no mail server is set up ([mail] in config.toml)",
    )
    with serving(Script()) as port:
        ours = by_mail(desk, port)
        assert Relay(ours, Post(ours.settings), clock=lambda: MONDAY + 3_600).run() == 1
    assert outgoing(desk, ticket)["director"].message.status == "sent"


def test_who_gets_an_address_can_be_told_after_all(desk: Desk) -> None:
    """What had none is put back by hand, and is sent with all its tries."""
    ticket = told_client(desk)
    relay_batch(desk, MONDAY)
    message = outgoing(desk, ticket)["director"].message
    clock_desk.set_contact(desk, "director", mail="director@example.org")
    assert desk.outbox.requeue(SITE, message.id, MONDAY + 60)
    assert outgoing(desk, ticket)["director"].letter is None
    with serving(Script()) as port:
        relay_batch(by_mail(desk, port), MONDAY + 60)
    assert verdict(outgoing(desk, ticket)["director"].message) == ("sent", "mail", None)
    assert not desk.outbox.requeue(SITE, message.id, MONDAY + 90)


def test_a_url_is_kept_by_its_scheme_alone(desk: Desk) -> None:
    """The rest is a secret of its service."""
    secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    clock_desk.set_contact(desk, "director", url=f"json://{secret}.example.org/x")
    ticket = told_client(desk)
    relay_batch(desk, MONDAY)
    found = outgoing(desk, ticket)["director"]
    assert (found.message.status, found.message.channel) == ("dead", "json")
    assert found.letter is not None
    assert found.letter.address == "json://***"
    rows = desk.database.read("SELECT * FROM outbox", {})
    assert secret not in str(rows)


def test_sealed_letters_go_with_the_key_of_their_ticket(desk: Desk) -> None:
    """Not a word of them stands in clear; who was told, when and how stays."""
    ticket = told_client(desk, caller="Li Example", phone=PHONE)
    relay_batch(desk, MONDAY)
    stored = str(desk.database.read("SELECT letter, sealed_letter FROM outbox", {}))
    assert not any(words in stored for words in ("正在办理", "It is seen to", "138"))
    assert outgoing(desk, ticket)["director"].letter is not None
    desk.privacy.erase(SITE, ticket, clock_desk.actor(desk), MONDAY + 60)
    found = outgoing(desk, ticket)
    assert {each.letter for each in found.values()} == {None}
    assert found["director"].message.status == "no-address"
    assert desk.database.read("SELECT count(*) FROM outbox WHERE sealed_letter IS NOT NULL", {}) == [(0,)]


def test_a_text_that_is_erased_goes_from_the_letters_that_quote_it(desk: Desk) -> None:
    """Also where the ticket has no personal values, and its letters stand open."""
    ticket = told_client(desk)
    relay_batch(desk, MONDAY)
    assert "Collect the keys" in str(outgoing(desk, ticket)["director"].letter)
    author = EntryAuthor(SITE, clock_desk.actor(desk), MONDAY + 60)
    assert len(list(desk.erasures.erase_value("Collect the keys", author))) == 1
    assert "Collect the keys" not in str(desk.database.read("SELECT letter FROM outbox", {}))
