"""Links by which somebody sets a password. Each works once, and for a limited time."""

from __future__ import annotations

import secrets
from urllib.parse import quote
from uuid import uuid4

from service.auth import hash_token
from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.post import Post
from service.settings import Settings
from service.texts import say
from workflows.core.people import Staff
from workflows.storage.people.staff_changes import Author

PATH = "/password"


def create_password_link(desk: Desk, person: Staff, author: Author) -> str:
    """A new link for somebody; earlier links end. The link is not stored, only a hash of its code."""
    code = secrets.token_urlsafe(32)
    desk.accounts.store_link(person, hash_token(code), author.at + desk.settings.api.link_life, author)
    return f"{base_url(desk.settings)}{PATH}?code={quote(code)}"


def send_password_link(desk: Desk, person: Staff, address: str, link: str) -> None:
    """Send the link to an e-mail address, in the person's language. Raises Undeliverable."""
    facts = {"name": person.name, "account": person.account, "link": link}
    letter = Letter(
        id=str(uuid4()),
        subject=say(person.language, "password", "subject", facts) or "Huifang",
        body=say(person.language, "password", "letter", facts) or link,
        language=person.language,
        address=address,
    )
    Post(desk.settings).send(letter)


def base_url(settings: Settings) -> str:
    """The public address of the desk: as in the settings, else the address where it listens."""
    if settings.channels.base_url:
        return settings.channels.base_url
    host, port = settings.server.host, settings.server.port
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
