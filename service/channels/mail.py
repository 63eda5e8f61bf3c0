"""Letters by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate

from service.channels.letter import Letter, Undeliverable

_REFUSED = 500  # SMTP replies from here on are final


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
        """Hand the letter to the server. What the server says is final when its answer is 5xx."""
        message = self._message(letter)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout) as server:
                self._sign_in(server)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=0)
            reason = f"the mail server refuses the address ({code})"
            raise Undeliverable(reason, permanent=code >= _REFUSED) from None
        except smtplib.SMTPAuthenticationError as refused:
            raise Undeliverable(f"the mail server refuses us ({refused.smtp_code})") from None
        except smtplib.SMTPResponseException as refused:
            final = refused.smtp_code >= _REFUSED
            raise Undeliverable(f"the mail server answers {refused.smtp_code}", permanent=final) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Undeliverable(f"the mail server {self.host}:{self.port}: {type(error).__name__}") from None

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        if self.user is not None:
            server.login(self.user, self.password or "")

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self.sender
            message["To"] = letter.address
            message["Subject"] = " ".join(letter.subject.split())
            message["Message-ID"] = f"<{letter.id}@{self._domain}>"
        except (ValueError, MessageError):
            raise Undeliverable("the address is no e-mail address", permanent=True) from None
        message["Date"] = formatdate(usegmt=True)
        message["Content-Language"] = letter.language
        message["Auto-Submitted"] = "auto-generated"  # so that no holiday responder answers
        if letter.urgent:
            message["Importance"] = "high"
        message.set_content(letter.body)
        for each in letter.enclosures:
            kind, _, subtype = each.media.partition("/")
            message.add_attachment(each.content, kind, subtype, filename=each.name)
        return message

    @property
    def _domain(self) -> str:
        return self.sender.rstrip(">").rpartition("@")[2] or "huifang"
