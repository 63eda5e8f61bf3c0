"""Invitations of several people at once, by mail."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from service.bootstrap import Desk
from service.channels.letter import Undeliverable
from service.imports.staff_import import ImportedPerson
from service.password_links import create_password_link, send_password_link
from service.settings import Settings
from workflows.storage.people.staff_changes import Author

MOST_SECONDS = 20  # that somebody waits for the page


def can_invite(settings: Settings) -> bool:
    """Whether a link can be sent at all: there is a mail server, and an address for the link to lead to."""
    return bool(settings.mail.host and settings.channels.base_url)


def send_invitations(
    desk: Desk, people: Iterable[ImportedPerson], author: Author
) -> tuple[ImportedPerson, ...]:
    """Send each of those who have a mail address a link to set a password. Returns whom it was sent to.

    When the mail server fails, or takes too long, the others are left to be invited one by one.
    """
    sent: list[ImportedPerson] = []
    until = monotonic() + MOST_SECONDS
    for person in people:
        if not person.mail:
            continue
        if monotonic() >= until:
            break
        link = create_password_link(desk, person.staff, author)
        try:
            send_password_link(desk, person.staff, person.mail, link)
        except Undeliverable as error:
            if error.channel:
                break
        else:
            sent.append(person)
    return tuple(sent)
