"""Letters by e-mail (SMTP)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate

from service.channels import deadline
from service.channels.letter import Letter, Undeliverable

_REFUSED = 500  # what a server replies to a recipient or to the text is final from here on
_UNKNOWN_SENDER = frozenset(
    {530, 535, 538}
)  # RFC 4954: we have not signed in as it wants; our fault, not the letter's
_TOO_LARGE = 552  # RFC 1870: in answer to MAIL, where the size is declared
_CLOSING = 421  # RFC 5321 3.8: the server is going away, whatever it was asked
_LONGEST_DOMAIN = 36  # with a UUID before it, an id still fits into a line of 78 characters (RFC 5322 2.1.1)
_QUIT_TIMEOUT = 2.0  # seconds for QUIT: the letter has been taken by then


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannel:
    """One SMTP server. `timeout` is in seconds; user and password are both given, or neither."""

    host: str
    sender: str
    port: int = 25
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    timeout: float = 10

    def send(self, letter: Letter) -> None:
        """Deliver the letter to the SMTP server.

        A 5xx reply to the recipient or to the text is permanent. Anything before that is a fault of the
        channel: a server that cannot be reached, greets with 554, or refuses the sender.
        """
        message = self._message(letter)
        try:
            server = _Server(self.host, self.port, timeout=self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(error) from None
        try:
            self._sign_in(server)
            self._hand_over(server, message)
        except Undeliverable:
            if not _deadline_passed():
                raise
            raise self._unavailable(TimeoutError(), channel=not server.heard_recipient) from None
        finally:
            server.leave()

    def _hand_over(self, server: _Server, message: EmailMessage) -> None:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=0)
            raise _undeliverable(code, f"the mail server refuses the address ({code})") from None
        except smtplib.SMTPSenderRefused as refused:
            code, large = refused.smtp_code, refused.smtp_code == _TOO_LARGE
            reason = f"the mail server refuses {'the size' if large else 'us as a sender'} ({code})"
            raise Undeliverable(reason, permanent=large, channel=not large) from None
        except smtplib.SMTPDataError as refused:
            raise _undeliverable(refused.smtp_code, f"the mail server answers {refused.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(error, channel=not server.heard_recipient) from None

    def _unavailable(self, error: Exception, *, channel: bool = True) -> Undeliverable:
        code = getattr(error, "smtp_code", None)
        what = type(error).__name__ if code is None else f"answers {code}"
        if _deadline_passed():  # the reply is incomplete
            what = "is too slow"
        return Undeliverable(f"the mail server {self.host}:{self.port}: {what}", channel=channel)

    def _sign_in(self, server: _Server) -> None:
        try:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as refused:
            raise Undeliverable(f"the mail server refuses us ({refused.smtp_code})", channel=True) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._unavailable(error) from None

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self.sender
            message["To"] = letter.address
            message["Subject"] = " ".join(letter.subject.split())
            message["Message-ID"] = self._message_id(letter.id)
        except (ValueError, MessageError):
            raise Undeliverable("the address is no e-mail address", permanent=True) from None
        if letter.thread:  # RFC 5322 3.6.4: so that a mail program shows what belongs to a ticket together
            message["In-Reply-To"] = self._message_id(letter.thread[-1])
            message["References"] = " ".join(map(self._message_id, letter.thread))
        message["Date"] = formatdate(usegmt=True)
        message["Content-Language"] = letter.language
        message["Auto-Submitted"] = "auto-generated"  # so that no holiday responder answers
        if letter.urgent:
            message["Importance"] = "high"
        message.set_content(letter.body)
        for each in letter.attachments:
            kind, _, subtype = each.media_type.partition("/")
            message.add_attachment(each.content, kind, subtype, filename=each.name)
        return message

    def _message_id(self, letter: str) -> str:
        """The Message-ID of a letter; the same at each try."""
        domain = self.sender.rstrip(">").rpartition("@")[2] or "huifang"
        while len(domain) > _LONGEST_DOMAIN and "." in domain:
            domain = domain.partition(".")[2]
        return f"<{letter}@{domain[:_LONGEST_DOMAIN]}>"


class _Server(smtplib.SMTP):
    """An SMTP connection under the letter's deadline, which knows the last command it sent."""

    heard_recipient = False  # from then on, what goes wrong may be the letter's fault

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        limit = deadline.current()
        if limit is None:
            return socket.create_connection((host, port), timeout, self.source_address)
        connection = socket.create_connection(
            (host, port), min(timeout, limit.seconds_left), self.source_address
        )
        limit.watch(connection)
        return connection

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        self.heard_recipient = True
        return super().rcpt(recip, options)

    def leave(self) -> None:
        """Send QUIT. Errors are ignored: what the server has accepted stays accepted."""
        with suppress(OSError, smtplib.SMTPException):
            if self.sock is not None:
                self.sock.settimeout(_QUIT_TIMEOUT)
                self.quit()
        self.close()


def _deadline_passed() -> bool:
    limit = deadline.current()
    return limit is not None and limit.passed


def _undeliverable(code: int, reason: str) -> Undeliverable:
    ours = code in _UNKNOWN_SENDER or code == _CLOSING
    return Undeliverable(reason, permanent=code >= _REFUSED and not ours, channel=ours)
