"""What the histories of accounts, absences and settings have in common, as JSON."""

from __future__ import annotations

from typing import Any

from workflows.storage.audit.books import RecordedChange
from workflows.timing.instants import rfc3339


def render_author(change: RecordedChange) -> dict[str, Any]:
    """The number, the instant, the author and the surface of a change."""
    return {
        "seq": change.seq,
        "at": rfc3339(change.at),
        "actor": {"id": change.actor_id, "name": change.actor_name},
        "surface": change.surface,
    }
