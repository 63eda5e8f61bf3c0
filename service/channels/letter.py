"""What leaves the house: a letter, and what a channel says when it cannot be delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes with a letter. `media` is its media type, without parameters."""

    name: str
    media: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in words. `id` is the same however often it is sent, so that a receiver can tell a repeat.

    Channels that carry no files leave the enclosures out; the link in the body leads to them.
    """

    id: str
    subject: str
    body: str
    language: str
    address: str = field(default="", repr=False)  # where it goes; a secret, when it is a URL
    urgent: bool = False
    enclosures: tuple[Enclosure, ...] = ()


class Undeliverable(Exception):  # noqa: N818 - reads as what the channel says
    """The letter did not get through. `permanent` means that trying again would not help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Channel(Protocol):
    """A way out of the house."""

    def send(self, letter: Letter) -> None:
        """Send it, or raise `Undeliverable`."""
        ...
