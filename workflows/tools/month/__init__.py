"""A simulated month at one estate: every process, the schedules, and the staff, two of whom fall ill."""

from __future__ import annotations

from workflows.tools.month.chronicle import Chronicle
from workflows.tools.month.month import rehearse_month

__all__ = ["Chronicle", "rehearse_month"]
