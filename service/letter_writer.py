"""Turns messages of the outbox into letters: recipient, channel and language."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import quote
from zoneinfo import ZoneInfo

from service import letters
from service.bootstrap import Desk
from service.channels.letter import Attachment, Letter, Undeliverable, Withdrawn
from service.channels.post import MAIL, channel_of, name_channel
from service.mail_attachments import build_attachments
from workflows.core.access.assignment import NOBODY
from workflows.core.access.delegation import may_see
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor
from workflows.core.step import Message
from workflows.core.step_messages import WATCHER
from workflows.core.ticket import StepContext
from workflows.errors import Refusal
from workflows.language.forms.mask import mask_address
from workflows.storage.deliveries import LetterRecord
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """A letter ready to be sent, and its channel: as it fails together with others, and as it is shown."""

    letter: Letter
    channel: str
    channel_name: str
    to_client: bool
    parts: Mapping[str, LetterRecord] = field(default_factory=dict)  # of a digest, by message

    @property
    def record(self) -> LetterRecord:
        """What is kept of the letter."""
        letter = self.letter
        return LetterRecord(letter.subject, letter.body, letter.language, mask_address(letter.address))


@dataclass(frozen=True, slots=True)
class _Addressee:
    """The recipient of a letter."""

    address: str
    language: str
    actor: Actor | None = None  # None: the client


class LetterWriter:
    """Writes the letters of one desk. It holds the sites as they were when it was made."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        sites = desk.people.sites()
        self._zones = {site.id: ZoneInfo(site.zone) for site in sites}
        self._names = {site.id: site.name for site in sites}

    def zone(self, site: str) -> ZoneInfo:
        """The time zone of the site."""
        return self._zones[site]

    def write(self, row: OutboxMessage, now: Instant) -> OutgoingLetter:
        """The letter for a message. Raises a permanent `Undeliverable` if there is no recipient, `Withdrawn`
        if it is not to be sent."""
        if row.bundled:
            return self._write_digest(row, now)
        if row.recipient == NOBODY:
            raise Undeliverable(f"nobody holds {row.role}", permanent=True)
        return self._compose(row, self._load_context(row), now)

    def _compose(self, row: OutboxMessage, context: StepContext, now: Instant) -> OutgoingLetter:
        reader = self._addressee(row, context)
        if row.role == WATCHER and not _sees(reader, context, now):
            raise Withdrawn("the recipient may not see the ticket any more")
        zone, link, message = self._zones[row.site], self._ticket_link(context), _message(row)
        words = letters.write_letter(message, context, zone, reader.language, now, link, reader.actor)
        letter = Letter(
            id=row.letter_id,
            subject=words.subject,
            body=words.body,
            language=reader.language,
            address=reader.address,
            urgent=row.urgent,
            thread=self._thread(row, context, reader, now),
            attachments=self._attachments(message, context, reader, now),
        )
        to_client = reader.actor is None
        return OutgoingLetter(
            letter,
            channel_of(reader.address, client=to_client),
            name_channel(reader.address, client=to_client),
            to_client,
        )

    def _write_digest(self, row: OutboxMessage, now: Instant) -> OutgoingLetter:
        """One letter for messages to one person, what is due first at the top. Of several levels of one clock
        only the highest is written out; what is kept with each ticket is its own part."""
        written: dict[str, OutgoingLetter] = {}
        order: dict[str, tuple[Instant, str]] = {}
        for each in (row, *row.bundled):
            with suppress(Undeliverable, Withdrawn):
                context = self._load_context(each)
                written[each.id] = self._compose(replace(each, bundled=()), context, now)
                due_at = letters.find_due_at(_message(each), context)
                order[each.id] = (each.created_at if due_at is None else due_at, context.ticket.number)
        if not written:
            raise Undeliverable("nothing of it can be told any more", permanent=True)
        latest = letters.choose_latest([each for each in (row, *row.bundled) if each.id in written])
        shown = [written[each.id].letter for each in sorted(latest, key=lambda each: order[each.id])]
        first = next(iter(written.values()))
        words = letters.write_digest([(each.subject, each.body) for each in shown], first.letter.language)
        letter = replace(first.letter, subject=words.subject, body=words.body, thread=(), attachments=())
        parts = {name: each.record._replace(subject=words.subject) for name, each in written.items()}
        return replace(first, letter=letter, parts=parts)

    def _thread(
        self, row: OutboxMessage, context: StepContext, reader: _Addressee, now: Instant
    ) -> tuple[str, ...]:
        """The mails that this one follows. A letter to somebody to whom the ticket is not visible follows
        none: it would tell which of such letters belong together."""
        if name_channel(reader.address, client=reader.actor is None) != MAIL:
            return ()
        if reader.actor is not None and not _sees(reader, context, now):
            return ()
        return self._desk.queries.outgoing.thread(row, MAIL)

    def _attachments(
        self, message: Message, context: StepContext, addressee: _Addressee, now: Instant
    ) -> tuple[Attachment, ...]:
        if not _sees(addressee, context, now):
            return ()
        return build_attachments(
            message, context, self._zones[context.directory.site], addressee.language, self._names
        )

    def _load_context(self, message: OutboxMessage) -> StepContext:
        try:
            return self._desk.engine.look(message.site, message.ticket, None)
        except Refusal as refused:
            raise Undeliverable(str(refused), permanent=True) from None

    def _addressee(self, message: OutboxMessage, context: StepContext) -> _Addressee:
        client, _, merged = message.recipient.partition(":")
        if client == letters.CLIENT and merged:
            context = self._desk.engine.look(message.site, merged, None)
        if client == letters.CLIENT:
            return _Addressee(_client_contact(context), self._desk.settings.language)
        member = context.directory.staff.get(message.recipient)
        if member is None:
            raise Undeliverable("the recipient no longer works at the site", permanent=True)
        contact = self._desk.people.contact(member.id)
        address = contact.get("url") or contact.get("mail") or ""
        return _Addressee(address, member.language, build_actor(member, message.site))

    def _ticket_link(self, context: StepContext) -> str:
        """The address of the ticket's page; empty without a public address in the settings."""
        base, ticket = self._desk.settings.channels.base_url, context.ticket
        if not base:
            return ""
        return f"{base}/tickets/{quote(ticket.number, safe='')}?site={quote(ticket.site, safe='')}"


def _sees(reader: _Addressee, context: StepContext, now: Instant) -> bool:
    """Whether the reader is staff, and the ticket visible to them."""
    return reader.actor is not None and may_see(reader.actor, context.directory, context.ticket, now)


def _message(message: OutboxMessage) -> Message:
    return Message(
        kind=message.kind,
        recipient=message.recipient.partition(":")[0],  # of a merged ticket's client, its id follows
        role=message.role,
        text=message.text,
        clock=message.clock,
        level=message.level,
        urgent=message.urgent,
        values=message.values,
    )


def _client_contact(context: StepContext) -> str:
    """The client's address in the form; empty if there is none."""
    ticket, field = context.ticket, context.definition.client.get("contact", "")
    return str(ticket.personal.get(field) or ticket.data.get(field) or "")
