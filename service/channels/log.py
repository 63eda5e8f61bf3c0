"""The channel of last resort: the desk's own log, for those who have left no address."""

from __future__ import annotations

import structlog

from service.channels.letter import Letter

_log = structlog.get_logger("huifang.letters")


class LogChannel:
    """Writes each letter as one log line."""

    def send(self, letter: Letter) -> None:
        """Write it down. This never fails."""
        files = [each.name for each in letter.enclosures]
        _log.info("letter", id=letter.id, subject=letter.subject, urgent=letter.urgent, enclosures=files)
