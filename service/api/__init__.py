"""The HTTP API. A view validates the request, makes one call to the engine or to a query, and renders the
result."""

from __future__ import annotations

from service.api import (
    absences,
    accounts,
    bulk,
    calendars,
    callers,
    candidates,
    changes,
    company_files,
    differences,
    migrations,
    operations,
    people,
    registers,
    reports,
    rosters,
    schedules,
    searches,
    sites,
    staff_accounts,
    staff_imports,
    workflow_acts,
    workflow_drafts,
    workflow_texts,
    workflows,
)
from service.api.http.route import Route
from service.api.tickets import (
    attachments,
    collection,
    erasures,
    links,
    lists,
    messages,
    prints,
    repetition,
    transitions,
    watchers,
)


def all_routes() -> list[Route]:
    """All routes of the API, in the order in which the OpenAPI document lists them."""
    parts = (
        collection.routes,
        lists.routes,
        messages.routes,
        transitions.routes,
        erasures.routes,
        watchers.routes,
        repetition.routes,
        links.routes,
        attachments.routes,
        prints.routes,
        bulk.routes,
        changes.routes,
        workflows.routes,
        differences.routes,
        migrations.routes,
        workflow_texts.routes,
        workflow_drafts.routes,
        workflow_acts.routes,
        company_files.routes,
        candidates.routes,
        people.routes,
        accounts.routes,
        staff_accounts.routes,
        staff_imports.routes,
        absences.routes,
        sites.routes,
        searches.routes,
        calendars.routes,
        registers.routes,
        callers.routes,
        rosters.routes,
        operations.routes,
        reports.routes,
        schedules.routes,
    )
    return [route for part in parts for route in part.routes]
