"""A month at one estate on a virtual clock: every process, its schedules, its staff, two of them ill."""

from __future__ import annotations

from workflows.rehearsal.month.chronicle import Chronicle
from workflows.rehearsal.month.month import Month, rehearse_month

__all__ = ["Chronicle", "Month", "rehearse_month"]
