"""The letter that channels deliver, and the error of one that cannot be delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file attached to a letter. `media` is its media type, without parameters."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as text. `id` is the same at every try, so that a receiver can recognise a repetition;
    `thread` are those of the letters that it follows, to this reader about this ticket, oldest first.

    Channels without files leave the attachments out; the link in the body leads to them.
    """

    id: str
    subject: str
    body: str
    language: str
    address: str = field(default="", repr=False)  # where it goes; a secret, when it is a URL
    urgent: bool = False
    thread: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Undeliverable(Exception):  # noqa: N818 - reads as what the channel says
    """The letter was not delivered.

    `permanent`: the receiver refuses it for good. `channel`: the channel failed, as it would for every
    letter, so this does not count as a try of the letter.
    """

    def __init__(self, reason: str, *, permanent: bool = False, channel: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.channel = channel


class Withdrawn(Exception):  # noqa: N818 - likewise
    """The letter is not to be sent: its recipient may not, or need not, hear of it any more."""


class Channel(Protocol):
    """The interface of all channels."""

    def send(self, letter: Letter) -> None:
        """Deliver the letter, or raise `Undeliverable`."""
        ...
