"""The addresses of a member of staff, checked before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from service.refusals import reason
from service.settings_tables import ChannelSettings
from workflows.errors import Reason
from workflows.language.forms.value_fields import is_mail_address

CONTACTS = ("mail", "url")


def merge_contact(before: Mapping[str, str], given: Mapping[str, str | None]) -> dict[str, str]:
    """The addresses after a change: what is given replaces, an empty text or null takes away."""
    changed = {**before, **{name: value or "" for name, value in given.items() if name in CONTACTS}}
    return {name: value for name, value in changed.items() if value}


def check_contact(channels: ChannelSettings, contact: Mapping[str, str]) -> list[Reason]:
    """Every reason against these addresses: no mail address, or a URL to which the settings let nothing be
    sent."""
    reasons = []
    mail, url = contact.get("mail"), contact.get("url")
    if mail and not is_mail_address(mail):
        reasons.append(reason("bad-address", "it is no e-mail address", field="mail"))
    if url and not _is_allowed(channels, url):
        reasons.append(reason("bad-address", "the settings do not allow to send there", field="url"))
    return reasons


def _is_allowed(channels: ChannelSettings, url: str) -> bool:
    """Whether the settings name its service or its host. The channel itself looks closer when it sends."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    hosts = {each.lower() for each in channels.hosts}
    return parts.scheme.lower() in channels.services or host in hosts or f"{host}:{port}" in hosts
