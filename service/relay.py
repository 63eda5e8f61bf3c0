"""Takes the messages that wait in the outbox, has them written and sent, and notes what became of each.

At least once: a relay that dies after sending and before saying so leaves the message to another, under the
same id. What fails is tried again, later and later; what can never succeed is dead, and shown.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from zoneinfo import ZoneInfo

import structlog

from service import letters
from service.channels.letter import Enclosure, Letter, Undeliverable
from service.channels.post import Post
from service.enclosures import enclosed
from service.quiet import quiet_until
from service.settings import Relay as Settings
from service.wiring import Desk
from workflows.core.assignment import NOBODY
from workflows.core.commands import Actor
from workflows.core.lending import admits
from workflows.core.rights import actor_of
from workflows.core.step import Message
from workflows.core.ticket import Situation
from workflows.errors import Refusal
from workflows.storage.views import OutboxRow
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.relay")
_WORKER = f"{socket.gethostname()}:{os.getpid()}"


def relay(desk: Desk, now: Instant, post: Post | None = None) -> int:
    """Send one batch of what waits; how many were dealt with.

    A slow channel must not hold a message beyond its lease, or another relay would send it too: when half of
    the lease is gone, the rest of the batch is left for the next one.
    """
    return Relay(desk, post or Post(desk.settings)).run(now)


def wait_before(attempts: int, message: str, settings: Settings) -> int:
    """Seconds until the next try: doubled each time, and a quarter more or less, by the message's id."""
    wait = min(settings.longest_wait, settings.first_wait << min(attempts, 30) - 1)
    share = int.from_bytes(sha256(f"{message}/{attempts}".encode()).digest()[:4]) / 2**32
    return max(1, round(wait * (0.75 + share / 2)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who is to read a letter."""

    address: str
    language: str
    actor: Actor | None = None  # None: the client


class Relay:
    """Sends what one desk has to say."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk = desk
        sites = desk.people.sites()
        self._zones = {site.id: ZoneInfo(site.zone) for site in sites}
        self._names = {site.id: site.name for site in sites}
        self._post = post
        self._settings = desk.settings.relay

    def run(self, now: Instant) -> int:
        """Send one batch; how many were dealt with."""
        lease, begun, dealt = self._settings.lease, monotonic(), 0
        for row in self._desk.outbox.claim(now, self._settings.batch, lease, _WORKER):
            passed = monotonic() - begun
            if passed > lease / 2:
                break
            self._deal(row, now + int(passed))
            dealt += 1
        return dealt

    def _deal(self, row: OutboxRow, now: Instant) -> None:
        outbox = self._desk.outbox
        if row.attempts > self._settings.attempts:
            outbox.dead(row.site, row.id, row.last_error or "the relay was stopped each time it was tried")
            return
        held = self._held(row, now)
        if held is not None:
            outbox.retry(row.site, row.id, held, "held until the quiet hours are over")
            return
        try:
            self._send(row, now)
        except Undeliverable as failure:
            self._failed(row, now, failure)
        except Exception as error:  # a letter that cannot be written must not stop the others
            _log.exception("letter failed", message=row.id)
            self._failed(row, now, Undeliverable(f"{type(error).__name__}: {error}"))
        else:
            outbox.sent(row.site, row.id, now)

    def _failed(self, row: OutboxRow, now: Instant, failure: Undeliverable) -> None:
        if failure.permanent or row.attempts >= self._settings.attempts:
            self._desk.outbox.dead(row.site, row.id, failure.reason)
            _log.warning("message dead", message=row.id, reason=failure.reason)
        else:
            wait = wait_before(row.attempts, row.id, self._settings)
            self._desk.outbox.retry(row.site, row.id, now + wait, failure.reason)

    def _held(self, row: OutboxRow, now: Instant) -> Instant | None:
        """Until when the message is held, if it is."""
        return None if row.urgent else quiet_until(self._settings, self._zones[row.site], now)

    def _send(self, row: OutboxRow, now: Instant) -> None:
        if row.recipient == NOBODY:
            raise Undeliverable(f"nobody holds {row.role}", permanent=True)
        situation = self._situation(row)
        reader = self._reader(row, situation)
        zone, link, message = self._zones[row.site], self._link(situation), _message(row)
        words = letters.write(message, situation, zone, reader.language, now, link, reader.actor)
        letter = Letter(
            id=row.id,
            subject=words.subject,
            body=words.body,
            language=reader.language,
            address=reader.address,
            urgent=row.urgent,
            enclosures=self._enclosures(message, situation, reader, now),
        )
        if reader.actor is None:
            self._post.send_to_client(letter)
        else:
            self._post.send(letter)

    def _enclosures(
        self, message: Message, situation: Situation, reader: _Reader, now: Instant
    ) -> tuple[Enclosure, ...]:
        ticket, directory = situation.ticket, situation.directory
        if ticket is None or reader.actor is None or not admits(reader.actor, directory, ticket, now):
            return ()
        return enclosed(message, situation, self._zones[directory.site], reader.language, self._names)

    def _situation(self, row: OutboxRow) -> Situation:
        try:
            return self._desk.engine.look(row.site, row.ticket, None)
        except Refusal as refused:
            raise Undeliverable(str(refused), permanent=True) from None

    def _reader(self, row: OutboxRow, situation: Situation) -> _Reader:
        if row.recipient == letters.CLIENT:
            return _Reader(_client_contact(situation), self._desk.settings.language)
        member = situation.directory.staff.get(row.recipient)
        if member is None:
            raise Undeliverable("the recipient no longer works at the site", permanent=True)
        contact = self._desk.people.contact(member.id)
        address = contact.get("url") or contact.get("mail") or ""
        return _Reader(address, member.language, actor_of(member, row.site))

    def _link(self, situation: Situation) -> str:
        base, ticket = self._desk.settings.channels.base_url, situation.ticket
        return f"{base}/tickets/{ticket.number}" if base and ticket else ""


def _message(row: OutboxRow) -> Message:
    return Message(
        kind=row.kind,
        recipient=row.recipient,
        role=row.role,
        text=row.text,
        clock=row.clock,
        level=row.level,
        urgent=row.urgent,
    )


def _client_contact(situation: Situation) -> str:
    """What the form says is the way to reach the client; empty if it says nothing."""
    ticket, field = situation.ticket, situation.definition.client.get("contact", "")
    if ticket is None:
        return ""
    return str(ticket.personal.get(field) or ticket.data.get(field) or "")
