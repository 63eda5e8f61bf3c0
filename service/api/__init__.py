"""The API: thin views over the one door. A view parses, calls one verb, renders."""

from __future__ import annotations

from service.api import (
    absences,
    figures,
    people,
    prints,
    registers,
    reports,
    rosters,
    schedules,
    sites,
    steps,
    tickets,
    workflows,
)
from service.api.routing import Route


def all_routes() -> list[Route]:
    """Every route, in the order of the document."""
    parts = (
        tickets.routes,
        steps.routes,
        prints.routes,
        workflows.routes,
        people.routes,
        absences.routes,
        sites.routes,
        registers.routes,
        rosters.routes,
        reports.routes,
        figures.routes,
        schedules.routes,
    )
    return [route for part in parts for route in part.found]
