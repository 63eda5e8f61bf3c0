"""The channel for people without an address: the log of the desk."""

from __future__ import annotations

import structlog

from service.channels.letter import Letter

_log = structlog.get_logger("huifang.letters")


class LogChannel:
    """Writes each letter as one line of the log."""

    def send(self, letter: Letter) -> None:
        """Log the letter; never fails."""
        files = [each.name for each in letter.attachments]
        _log.info("letter", id=letter.id, subject=letter.subject, urgent=letter.urgent, enclosures=files)
