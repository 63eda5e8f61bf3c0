"""Which letter leaves through which channel: the address says it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from service.channels.apprise_url import AppriseChannel
from service.channels.letter import Channel, Letter, Undeliverable
from service.channels.log import LogChannel
from service.channels.mail import MailChannel
from service.settings import Mail, Settings


class Post:
    """The channels of a desk."""

    def __init__(self, settings: Settings) -> None:
        channels = settings.channels
        self._client = channels.client
        self._log: Channel = LogChannel()
        self._urls: Channel = AppriseChannel(
            frozenset(map(str.lower, channels.hosts)), frozenset(channels.services)
        )
        self._clients: Channel = AppriseChannel(trusting=True)  # that URL comes from the settings
        self._mail = _mail(settings.mail)

    def send(self, letter: Letter) -> None:
        """Send it where its address says, or raise `Undeliverable`. Without an address it goes to the log."""
        self._channel(letter.address).send(letter)

    def send_to_client(self, letter: Letter) -> None:
        """Send it to the phone number in its address, as the settings say; else to the log."""
        if not self._client or not letter.address:
            self._log.send(letter)
            return
        url = self._client.replace("{phone}", quote(letter.address, safe=""))
        self._clients.send(replace(letter, address=url))

    def _channel(self, address: str) -> Channel:
        if not address:
            return self._log
        if "://" in address:
            return self._urls
        if self._mail is None:
            raise Undeliverable("no mail server is set up ([mail] in config.toml)")
        return self._mail


def _mail(mail: Mail) -> Channel | None:
    if not mail.host:
        return None
    return MailChannel(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        user=mail.user or None,
        password=mail.password or None,
        starttls=mail.starttls,
        timeout=mail.timeout,
    )
