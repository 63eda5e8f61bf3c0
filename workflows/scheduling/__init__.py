"""Opens what schedules open, through the same door as everybody."""

from __future__ import annotations

from workflows.scheduling.announcing import Announcements
from workflows.scheduling.opener import Opener, Outcome, Register
from workflows.scheduling.watch import Schedules

__all__ = ["Announcements", "Opener", "Outcome", "Register", "Schedules"]
