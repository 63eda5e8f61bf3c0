"""What tickets somebody looks for on the desk: words, site, process, department; and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from service.api.tickets.lists import find_page
from service.console.http.console_request import ConsoleRequest
from service.texts import localize
from workflows.storage.queries.results import TicketPage

CONDITIONS = ("q", "site", "workflow", "department", "which")
WHICH = ("open", "queue", "all")
_LONGEST = 200  # characters of a condition


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChoices:
    """What can be chosen: (value, title) of sites, processes, departments and kinds."""

    site: Sequence[tuple[str, str]]
    workflow: Sequence[tuple[str, str]]
    department: Sequence[tuple[str, str]]
    which: Sequence[tuple[str, str]]


def read_conditions(given: Mapping[str, str]) -> dict[str, str]:
    """The conditions of a query or a form; those that are empty are left out."""
    found = {name: given.get(name, "").strip()[:_LONGEST] for name in CONDITIONS}
    if found["which"] not in WHICH:
        found["which"] = ""
    return {name: text for name, text in found.items() if text}


def filter_address(conditions: Mapping[str, str]) -> str:
    """The address of the list with these conditions."""
    return f"/desk?{urlencode(conditions)}"


def find_tickets(
    call: ConsoleRequest, conditions: Mapping[str, str], cursor: str | None, limit: int
) -> TicketPage:
    """A page of the tickets that fit. NotFound for a site that is not the user's."""
    which = conditions.get("which", "all")
    call.query = {name: text for name, text in conditions.items() if name != "which"}
    call.query |= {"queue": {"view": "queue"}, "open": {"category": "open"}}.get(which, {})
    return find_page(call, cursor, limit)


def list_filter_choices(call: ConsoleRequest) -> FilterChoices:
    """What can be chosen, by title."""
    language, desk = call.language, call.desk
    names = {each.id: each.name for each in desk.people.sites()} if len(call.sites) > 1 else {}
    processes = desk.definitions.in_force()
    departments = processes[0].organisation.departments if processes else {}
    return FilterChoices(
        site=[(site, names.get(site, site)) for site in call.sites] if names else [],
        workflow=_sort_titles((each.name, localize(each.title, language)) for each in processes),
        department=_sort_titles((name, localize(titles, language)) for name, titles in departments.items()),
        which=[(each, call.text("my_desk", f"which-{each}")) for each in WHICH],
    )


def _sort_titles(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(options, key=lambda each: each[1])


def describe_filter(conditions: Mapping[str, str], choices: FilterChoices) -> str:
    """The conditions in words, such as `Complaint · Reception`; proposed as the name of a filter."""
    titles = {**dict(choices.site), **dict(choices.workflow), **dict(choices.department)}
    named = [titles.get(conditions.get(name, ""), conditions.get(name, "")) for name in CONDITIONS[:-1]]
    return " · ".join(filter(None, named)) or dict(choices.which).get(conditions.get("which", ""), "")
