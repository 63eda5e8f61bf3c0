"""The relay: takes waiting messages from the outbox, sends them as letters, and records the results.

Delivery is at least once: if a relay dies after sending and before recording it, another sends the letter
again, with the same id. Failures are retried with growing delays; a message that can never be delivered is
dead, and shown. A failure of a channel does not count as a try of a letter: the channel is not used for a
while, and its letters wait.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from threading import Event
from uuid import uuid4

import structlog

from service import wallclock
from service.bootstrap import Desk
from service.channels.availability import Availability
from service.channels.deadline import Deadline
from service.channels.letter import Undeliverable, Withdrawn
from service.channels.post import Post
from service.channels.receipt import Receipt
from service.letter_writer import LetterWriter, OutgoingLetter
from service.quiet_hours import quiet_until
from service.settings_tables import RelaySettings
from workflows.errors import describe_error
from workflows.storage.deliveries import WITHDRAWN, Delivery
from workflows.storage.errors import StorageError
from workflows.storage.outbox_bundles import is_bundled
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.relay")
_WORKER = f"{socket.gethostname()}:{os.getpid()}"
_DAY = 86_400
_UNREAD = -1
_BACKLOG_WAIT, _LONGEST_BACKLOG = 2, 300
"""Seconds that an escalation waits for others of the same sweep, at each look and at most."""
_STOP_PATIENCE = 4.0
"""Seconds for the letter being sent, when the relay is stopped."""


def relay_batch(desk: Desk, now: Instant, post: Post | None = None) -> int:
    """Send one batch of the messages waiting at `now`; returns the number processed."""
    return Relay(desk, post, clock=lambda: now).run()


def retry_delay(attempts: int, message: str, settings: RelaySettings) -> int:
    """Seconds until the next try: doubled each time, plus or minus a quarter that depends on the message's
    id."""
    wait = min(settings.longest_wait, settings.first_wait << min(attempts, 30) - 1)
    share = int.from_bytes(sha256(f"{message}/{attempts}".encode()).digest()[:4]) / 2**32
    return max(1, round(wait * (0.75 + share / 2)))


class Relay:
    """Sends the messages of one desk. One that is kept remembers which channels are unavailable."""

    def __init__(
        self, desk: Desk, post: Post | None = None, *, clock: Callable[[], Instant] = wallclock.now
    ) -> None:
        self._desk = desk
        self._post = post or Post(desk.settings)
        self._settings = desk.settings.relay
        self._clock = clock
        self._availability = Availability(self._settings.first_wait, self._settings.longest_silence)
        self._stopped = Event()
        self._deadline: Deadline | None = None
        self._oldest_due: Instant | None = _UNREAD
        self._bundled: set[str] = set()  # dealt with together with a message before them
        self._writer = LetterWriter(desk)

    def stop(self) -> None:
        """Begin no further letter; the one being sent has a few seconds. May be called from any thread."""
        self._stopped.set()
        under_way = self._deadline
        if under_way is not None:
            under_way.shorten(_STOP_PATIENCE)

    def run(self) -> int:
        """Send one batch; returns the number processed. When stopped, messages not begun yet are released."""
        if self._stopped.is_set():
            return 0
        outbox, claimer, dealt = self._desk.outbox, f"{_WORKER}:{uuid4().hex}", 0
        self._writer, self._oldest_due, self._bundled = LetterWriter(self._desk), _UNREAD, set()
        now = self._clock()
        outbox.correct_times(now, now + max(_DAY, 2 * self._settings.longest_wait))
        rows = outbox.claim(now, self._settings.batch, self._settings.lease, claimer)
        try:
            for row in rows:
                if self._stopped.is_set():
                    break
                if row.id not in self._bundled:
                    self._process(row, claimer)
                dealt += 1
        finally:
            if dealt < len(rows):
                with suppress(StorageError):  # then the lease ends by itself
                    outbox.release(rows[dealt:], claimer)
        return dealt

    def _process(self, message: OutboxMessage, claimer: str) -> None:
        outbox, settings, now = self._desk.outbox, self._settings, self._clock()
        held, why_held = self._held_until(message, now)
        if held is None and is_bundled(message):
            begun = outbox.begin_bundle(message, claimer, now, settings.lease)
        else:
            count = outbox.begin_attempt(message, claimer, settings.lease)
            begun = None if count is None else replace(message, attempts=count)
        if begun is None:
            return  # another relay has it by now, or it has gone with those before it
        message, attempt = begun, begun.attempts
        self._bundled.update(each.id for each in begun.bundled)
        if held is not None:
            outbox.postpone(message, claimer, held, why_held)
        elif attempt > settings.attempts:
            why = message.last_error or "the relay was stopped each time it was tried"
            _warn_if_taken(message, outbox.mark_dead(message, claimer, why, now))
        else:
            self._try_send(message, claimer, attempt)

    def _try_send(self, message: OutboxMessage, claimer: str, attempt: int) -> None:
        outbox, outgoing = self._desk.outbox, None
        try:
            outgoing = self._writer.write(message, self._clock())
            away = self._availability.blocked_until(outgoing.channel, self._clock())
            if away is not None:
                why = message.last_error or "its channel is away"
                outbox.postpone(message, claimer, away, why, outgoing.channel_name)
                return
            receipt = self._send(outgoing)
        except Withdrawn as withdrawn:
            delivery = Delivery(status=WITHDRAWN, reason=str(withdrawn))
            _warn_if_taken(message, outbox.mark_sent(message, claimer, self._clock(), delivery))
        except Undeliverable as failure:
            self._record_failure(message, claimer, attempt, failure, outgoing)
        except StorageError:  # the database is away: that is no try
            raise
        except Exception as error:  # a letter that cannot be written must not stop the others
            _log.exception("letter failed", message=message.id)
            self._record_failure(message, claimer, attempt, Undeliverable(describe_error(error)), outgoing)
        else:
            self._availability.record_success(outgoing.channel)
            delivery = Delivery(**receipt._asdict(), letter=outgoing.record, parts=outgoing.parts)
            _warn_if_taken(message, outbox.mark_sent(message, claimer, self._clock(), delivery))

    def _send(self, outgoing: OutgoingLetter) -> Receipt:
        with Deadline(self._settings.send_timeout) as self._deadline:
            if self._stopped.is_set():  # since it was looked at last
                self._deadline.shorten(_STOP_PATIENCE)
            if outgoing.to_client:
                return self._post.send_to_client(outgoing.letter)
            return self._post.send(outgoing.letter)

    def _record_failure(
        self,
        message: OutboxMessage,
        claimer: str,
        attempt: int,
        failure: Undeliverable,
        outgoing: OutgoingLetter | None,
    ) -> None:
        outbox, now = self._desk.outbox, self._clock()
        channel = outgoing.channel_name if outgoing else None
        if failure.channel:
            away = outgoing.channel if outgoing else ""
            until = self._availability.record_failure(away, now)
            _log.warning("channel away", channel=away, until=until, reason=failure.reason)
            # Later than the others, so that another letter asks next: it may be this one's fault after all.
            _warn_if_taken(message, outbox.postpone(message, claimer, until + 1, failure.reason, channel))
        elif failure.permanent or attempt >= self._settings.attempts:
            _log.warning("message dead", message=message.id, reason=failure.reason)
            record, parts = (outgoing.record, outgoing.parts) if outgoing else (None, {})
            delivery = Delivery(channel=channel, letter=record, parts=parts)
            dead = outbox.mark_dead(message, claimer, failure.reason, now, delivery)
            _warn_if_taken(message, dead)
        else:
            wait = retry_delay(attempt, message.id, self._settings)
            retried = outbox.retry(message, claimer, now + wait, failure.reason, at=now, channel=channel)
            _warn_if_taken(message, retried)

    def _held_until(self, message: OutboxMessage, now: Instant) -> tuple[Instant | None, str]:
        """Until when the message is held, and why; None if nothing holds it."""
        if message.urgent:
            return None, ""
        quiet = quiet_until(self._settings, self._writer.zone(message.site), now)
        if quiet is not None:
            return quiet, "held until the quiet hours are over"
        if is_bundled(message) and self._is_backlog(message, now):
            return now + _BACKLOG_WAIT, "more that is due is still being found, and goes in the same letter"
        return None, ""

    def _is_backlog(self, message: OutboxMessage, now: Instant) -> bool:
        """Whether levels that were due when the message was written are still to be fired: after a downtime
        the sweeps take them in batches."""
        if now >= message.created_at + _LONGEST_BACKLOG:
            return False
        if self._oldest_due is _UNREAD:
            self._oldest_due = self._desk.store.oldest_due_level()
        oldest = self._oldest_due
        return oldest is not None and oldest <= message.created_at


def _warn_if_taken(message: OutboxMessage, counted: bool) -> None:
    if not counted:
        _log.warning("message taken by another relay", message=message.id)
