"""Runs scenarios on a virtual clock, through the same engine as everybody: a month takes a second."""

from __future__ import annotations

from workflows.rehearsal.folder import rehearse_folder, rehearse_processes
from workflows.rehearsal.scenario import ScenarioResult, rehearse
from workflows.rehearsal.staff import sample_staff
from workflows.rehearsal.virtual_desk import VirtualDesk

__all__ = [
    "ScenarioResult",
    "VirtualDesk",
    "rehearse",
    "rehearse_folder",
    "rehearse_processes",
    "sample_staff",
]
