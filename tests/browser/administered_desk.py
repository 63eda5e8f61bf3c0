"""A desk with what an administrator looks after: a clock that ticks, a mail server that refuses some, and a
schedule that needs a whole register."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.e2e.running_desk import ROOT, RunningDesk, started, stopped

REFUSED = "no-"  # so begin the addresses that the mail server refuses
PUBLIC = "http://desk.example.org"
EVENT = "heavy-rain-over"
SCHEDULE = f"""
suppliers-after-rain: # it needs the contract, which the register may lack
  title: {{en: After the rain, zh-Hans: 雨后供方沟通, zh-Hant: 雨後供應商溝通, es: Tras la lluvia}}
  opens: supplier-liaison
  event: {EVENT}
  each: {{register: suppliers}}
  with: {{supplier: item.contract}}
"""


@dataclass
class Mailbox:
    """Takes mail for everybody but those whose address begins with `no-`."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - so aiosmtpd calls it
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - likewise
        self.letters.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters that came for an address."""
        return [each for each in self.letters if each["To"] == address]


@dataclass(frozen=True)
class AdministeredDesk:
    """The desk as it serves, and its mails."""

    running: RunningDesk
    mailbox: Mailbox


@contextmanager
def administered(folder: Path) -> Iterator[AdministeredDesk]:
    """Such a desk, made in a folder of its own."""
    shutil.copytree(ROOT / "definitions", folder / "definitions")
    with (folder / "definitions" / "schedules.yaml").open("a", encoding="utf-8") as schedules:
        schedules.write(SCHEDULE)
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=_free_port())
    server.start()
    config = folder / "config.toml"
    config.write_text(
        '[clock]\nschedules_every = "1 second"\n[relay]\nevery = "1 second"\n'
        f'[channels]\nbase_url = "{PUBLIC}"\n[mail]\nhost = "127.0.0.1"\nport = {server.port}\n'
        'sender = "desk@example.org"\n',
        encoding="utf-8",
    )
    running = started(folder / "data", serving="serve", HUIFANG_CONFIG=str(config))
    try:
        yield AdministeredDesk(running, box)
    finally:
        assert stopped(running) == 0, running.log.read_text()
        server.stop()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
