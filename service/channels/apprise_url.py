"""Letters through services of Apprise: WeCom, DingTalk, Feishu, a webhook.

Staff write the addresses, and the server sends to them from inside the network. So only what the settings
name is allowed: a service with a fixed host of its own (`dingtalk`), or one of the listed hosts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

import apprise

from service.channels import deadline, web_connections
from service.channels.letter import Letter, Undeliverable

web_connections.install_deadlines()

_FORBIDDEN = frozenset({"template", "smtp", "attach", "attach-as"})  # these read files or name another host
_ONE_AT_A_TIME = Lock()  # Apprise tells its reasons through a logger that all threads share
logging.getLogger("apprise").propagate = False  # it would write addresses, which are secrets
_MAX_REASON = 300  # characters of the reason that are kept
_PATIENCE = 10.0  # seconds that an address may ask us to wait for its server, at most
_USUAL_PORTS = frozenset({None, 80, 443})


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Sends to Apprise URLs. `hosts` may be named in a URL (`host:port` for an unusual port); `services` are
    those with a fixed host of their own.

    With `trusting` every host is allowed: for addresses that the operator wrote, not the staff.
    """

    hosts: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    trusting: bool = False

    def send(self, letter: Letter) -> None:
        """Send to the URL in the letter's address. A server that does not answer is a fault of the
        channel."""
        target = self._target(letter.address)
        if isinstance(getattr(target, "headers", None), dict):  # a webhook: its receiver can tell a repeat
            target.headers["X-Message-Id"] = letter.id
        kind = apprise.NotifyType.WARNING if letter.urgent else apprise.NotifyType.INFO
        with _ONE_AT_A_TIME, _capture_log() as log:
            try:
                sent = target.notify(title=letter.subject, body=letter.body, notify_type=kind)
            except Exception as error:  # a plugin's fault must not stop the others' letters
                raise Undeliverable(f"{target.service_name}: {type(error).__name__}") from None
            reason = "" if sent else log.getvalue().strip()
        if not sent:
            silent = _timed_out()
            raise Undeliverable(
                _without_secrets(letter.address, f"{target.service_name}: {reason}"), channel=silent
            )

    def _target(self, url: str) -> Any:
        """The Apprise object of the URL, if the settings allow it. It is used once: a second use would
        wait first."""
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
        if not self.trusting and not self._is_allowed(parts.scheme.lower(), target):
            raise Undeliverable("the settings do not allow to send there", permanent=True)
        target.redirects = False  # an allowed host must not send us on to another
        target.socket_read_timeout = min(
            target.socket_read_timeout, _PATIENCE
        )  # `?rto=600` holds up all others
        target.socket_connect_timeout = min(target.socket_connect_timeout, _PATIENCE)
        target.retry = 0  # the relay tries again, and not while others wait
        return target

    def _is_allowed(self, scheme: str, target: Any) -> bool:
        if any("{host}" in template for template in target.templates):
            host, port = str(target.host).lower(), getattr(target, "port", None)
            return f"{host}:{port}" in self.hosts or (port in _USUAL_PORTS and host in self.hosts)
        return scheme in self.services


def _timed_out() -> bool:
    """Whether the server was called, and the deadline passed before it answered."""
    limit = deadline.current()
    return limit is not None and limit.connecting and not limit.answered


def _capture_log() -> Any:
    """As a context: collects the log of Apprise, which says why it failed."""
    return apprise.LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]


def _without_secrets(url: str, reason: str) -> str:
    """The reason, with the secret parts of the URL removed."""
    parts = url.replace("://", "/").replace("?", "/").split("/")[1:]
    for secret in sorted({url, *parts}, key=len, reverse=True):
        if len(secret) > 3:
            reason = reason.replace(secret, "***")
    return reason[:_MAX_REASON]
