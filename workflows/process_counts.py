"""How many tickets of each process are open and overdue, under the name that the process has now."""

from __future__ import annotations

from collections.abc import Collection

from workflows.core.access.visibility import Viewer
from workflows.definitions.lifecycle import Lifecycle
from workflows.storage.queries.ticket_counts import OpenCounts, TicketCounts
from workflows.timing.instants import Instant


def count_processes(
    counts: TicketCounts, lifecycle: Lifecycle, viewer: Viewer, sites: Collection[str], now: Instant
) -> dict[str, OpenCounts]:
    """Process → its tickets at these sites that the viewer may see, those opened under a former name among
    them. A process without open tickets is left out."""
    found: dict[str, OpenCounts] = {}
    for workflow, each in counts.count_by_workflow(viewer, sites, now).items():
        name = lifecycle.present_name(workflow)
        before = found.get(name, OpenCounts(0, 0))
        found[name] = OpenCounts(before.open + each.open, before.overdue + each.overdue)
    return found
