"""A scenario on a virtual clock, through the same door as everybody: a month is rehearsed in a second."""

from __future__ import annotations

from workflows.rehearsal.company import rehearse_folder
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.story import Result, rehearse
from workflows.rehearsal.troupe import troupe

__all__ = ["Result", "Stage", "rehearse", "rehearse_folder", "troupe"]
