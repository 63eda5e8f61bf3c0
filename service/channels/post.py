"""Selects the channel of a letter by its address, and says which one took it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from urllib.parse import quote, urlsplit

from service.channels.letter import Channel, Letter, Undeliverable
from service.channels.log import LogChannel
from service.channels.mail import MailChannel
from service.channels.receipt import Receipt
from service.settings import Settings
from service.settings_tables import MailSettings
from workflows.storage.deliveries import LOGGED, NO_ADDRESS

MAIL, CLIENT, LOG = "mail", "client", "log"


class Post:
    """All channels of a desk."""

    def __init__(self, settings: Settings) -> None:
        channels = settings.channels
        self._client = channels.client
        self._log: Channel = LogChannel()
        self._hosts, self._services = frozenset(map(str.lower, channels.hosts)), frozenset(channels.services)
        self._mail = _mail(settings.mail)

    @cached_property
    def _urls(self) -> Channel:
        from service.channels.apprise_url import AppriseChannel  # a large library: loaded by the first letter

        return AppriseChannel(self._hosts, self._services)

    @cached_property
    def _clients(self) -> Channel:
        from service.channels.apprise_url import AppriseChannel

        return AppriseChannel(trusting=True)  # that URL comes from the settings

    def send(self, letter: Letter) -> Receipt:
        """Send the letter by the channel of its address, or raise `Undeliverable`. Without an address it
        is only logged."""
        if not letter.address:
            self._log.send(letter)
            return Receipt(LOG, NO_ADDRESS, "the recipient has no address")
        self._channel(letter.address).send(letter)
        return Receipt(name_channel(letter.address))

    def send_to_client(self, letter: Letter) -> Receipt:
        """Send to the phone number in the address, by the URL of HUIFANG_CHANNELS; without one it is
        only logged."""
        if not letter.address:
            self._log.send(letter)
            return Receipt(LOG, NO_ADDRESS, "the ticket has no address of the client")
        if not self._client:
            self._log.send(letter)
            return Receipt(LOG, LOGGED, "no channel to clients is set up (HUIFANG_CHANNELS)")
        url = self._client.replace("{phone}", quote(letter.address, safe=""))
        self._clients.send(replace(letter, address=url))
        return Receipt(CLIENT)

    def _channel(self, address: str) -> Channel:
        if "://" in address:
            return self._urls
        if self._mail is None:
            raise Undeliverable("no mail server is set up ([mail] in config.toml)", channel=True)
        return self._mail


def name_channel(address: str, *, client: bool = False) -> str:
    """The channel of an address, as it is shown: `mail`, `client`, `log`, or the scheme of a URL. The rest
    of a URL may be a secret."""
    return channel_of(address, client=client).partition("://")[0]


def channel_of(address: str, *, client: bool = False) -> str:
    """The name of what fails together: the mail server, the host of a URL, the channel to clients, the
    log."""
    if not address:
        return LOG
    if client:
        return CLIENT
    if "://" not in address:
        return MAIL
    try:
        parts = urlsplit(address)
    except ValueError:  # it will be refused
        return address
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def _mail(mail: MailSettings) -> Channel | None:
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
