"""Removes files that nobody can read or name any more from their place."""

from __future__ import annotations

from contextlib import suppress

import structlog

from service.bootstrap import Desk
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.attachments")


def remove_erased_files(desk: Desk) -> None:
    """Remove the files of what was just erased. Their keys are gone with the erasure; where the place does
    not answer now, the clock removes them later."""
    if desk.database.in_unit_of_work:  # the erasure may still be undone: the clock removes them
        return
    with suppress(OSError):
        while desk.attachments.remover.remove_erased():
            pass


def clean_up_files(desk: Desk, now: Instant) -> int:
    """Remove some erased files, some that no step has named, and what killed uploads have left; how many. A
    place that does not answer is asked again the next time."""
    try:
        return (
            desk.attachments.remover.remove_erased()
            + desk.attachments.remover.remove_unnamed(now)
            + desk.attachments.remover.remove_strays(now)
        )
    except OSError as error:
        _log.warning("the place of attachments does not answer", error=type(error).__name__)
        return 0
