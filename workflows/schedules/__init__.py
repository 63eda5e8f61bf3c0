"""Opening tickets by schedule. All go through `Engine.do`."""

from __future__ import annotations

from workflows.schedules.announcements import Announcements
from workflows.schedules.opener import Opener
from workflows.schedules.watch import Schedules

__all__ = ["Announcements", "Opener", "Schedules"]
