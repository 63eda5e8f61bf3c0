"""Letters through any of Apprise's services: WeCom, DingTalk, Feishu, a webhook.

The addresses are written by people, and sent to from inside the network. So nothing is allowed but what the
settings name: a service with a fixed address of its own (`dingtalk`), or a host that addresses may choose.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

import apprise

from service.channels.letter import Letter, Undeliverable

_FORBIDDEN = frozenset({"template", "smtp", "attach", "attach-as"})  # these read files or name another host
_ONE_AT_A_TIME = Lock()  # Apprise tells its reasons through a logger that all threads share
logging.getLogger("apprise").propagate = False  # it would write addresses, which are secrets
_WHY = 300  # characters of the reason that are kept


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """`hosts` are those that an address may name; `services` those that have an address of their own.

    One that is `trusting` sends anywhere: for addresses that the operator wrote, not the staff.
    """

    hosts: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    trusting: bool = False

    def send(self, letter: Letter) -> None:
        """Send to the URL in the letter's address."""
        target = self._target(letter.address)
        if isinstance(getattr(target, "headers", None), dict):  # a webhook: its receiver can tell a repeat
            target.headers["X-Message-Id"] = letter.id
        kind = apprise.NotifyType.WARNING if letter.urgent else apprise.NotifyType.INFO
        with _ONE_AT_A_TIME, _listening() as said:
            try:
                sent = target.notify(title=letter.subject, body=letter.body, notify_type=kind)
            except Exception as error:  # a plugin's fault must not stop the others' letters
                raise Undeliverable(f"{target.service_name}: {type(error).__name__}") from None
            reason = "" if sent else said.getvalue().strip()
        if not sent:
            raise Undeliverable(_without(letter.address, f"{target.service_name}: {reason}"))

    def _target(self, url: str) -> Any:
        """What the URL stands for, if the settings allow it. One used twice would sleep in between."""
        try:
            parts = urlsplit(url)
            target = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        except ValueError:
            target = None
        if target is None:
            raise Undeliverable("the address is no URL that can be sent to", permanent=True)
        if not self.trusting and _FORBIDDEN & {
            name.lower() for name in parse_qs(parts.query, keep_blank_values=True)
        }:
            raise Undeliverable("the address asks for something that is not allowed", permanent=True)
        if not self.trusting and not self._allowed(parts.scheme.lower(), target):
            raise Undeliverable("the settings do not allow to send there", permanent=True)
        target.redirects = False  # an allowed host must not send us on to another
        return target

    def _allowed(self, scheme: str, target: Any) -> bool:
        if any("{host}" in template for template in target.templates):
            return str(target.host).lower() in self.hosts
        return scheme in self.services


def _listening() -> Any:
    """Takes down why Apprise says that it failed."""
    return apprise.LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]


def _without(url: str, reason: str) -> str:
    """The reason, without what the URL keeps secret."""
    parts = url.replace("://", "/").replace("?", "/").split("/")[1:]
    for secret in sorted({url, *parts}, key=len, reverse=True):
        if len(secret) > 3:
            reason = reason.replace(secret, "***")
    return reason[:_WHY]
