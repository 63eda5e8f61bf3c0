"""What tickets somebody looks for on the desk: words, site, process, state, department; and what is kept of
it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from service.api.tickets.lists import find_page
from service.console.http.console_request import ConsoleRequest
from service.console.http.sealed_search import FIND, seal_search
from service.texts import localize
from workflows.storage.queries.results import TicketPage

PATH = "/desk"
CONDITIONS = ("q", "site", "workflow", "state", "department", "which")
WHICH = ("open", "overdue", "queue", "all")
_QUERIES = {"queue": {"view": "queue"}, "open": {"category": "open"}, "overdue": {"view": "overdue"}}
_LONGEST = 200  # characters of a condition


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChoices:
    """What can be chosen: (value, title) of sites, processes, states of the process that was chosen,
    departments and kinds."""

    site: Sequence[tuple[str, str]]
    workflow: Sequence[tuple[str, str]]
    state: Sequence[tuple[str, str]]
    department: Sequence[tuple[str, str]]
    which: Sequence[tuple[str, str]]


def read_conditions(given: Mapping[str, str]) -> dict[str, str]:
    """The conditions of a query or a form; those that are empty are left out."""
    found = {name: given.get(name, "").strip()[:_LONGEST] for name in CONDITIONS}
    if found["which"] not in WHICH:
        found["which"] = ""
    return {name: text for name, text in found.items() if text}


def build_parameters(
    call: ConsoleRequest, conditions: Mapping[str, str], sealed: str | None = None
) -> dict[str, str]:
    """The parameters of the list's address: the words are sealed, unless they are already."""
    words, rest = conditions.get("q", ""), {name: text for name, text in conditions.items() if name != "q"}
    return ({FIND: sealed} if sealed else seal_search(call, PATH, {"q": words})) | rest


def filter_address(call: ConsoleRequest, conditions: Mapping[str, str]) -> str:
    """The address of the list with these conditions."""
    parameters = build_parameters(call, conditions)
    return f"{PATH}?{urlencode(parameters)}" if parameters else PATH


def find_tickets(
    call: ConsoleRequest, conditions: Mapping[str, str], cursor: str | None, limit: int
) -> TicketPage:
    """A page of the tickets that fit. NotFound for a site that is not the user's."""
    which = conditions.get("which", "all")
    call.query = {name: text for name, text in conditions.items() if name != "which"}
    call.query |= _QUERIES.get(which, {})
    return find_page(call, cursor, limit)


def list_filter_choices(call: ConsoleRequest, conditions: Mapping[str, str]) -> FilterChoices:
    """What can be chosen, by title; states in the order of the chosen process. Tickets of an earlier version
    may stand in a state that the process has no more."""
    language, desk = call.language, call.desk
    names = {each.id: each.name for each in desk.people.sites()} if len(call.sites) > 1 else {}
    processes = desk.definitions.in_force()
    chosen = next((each for each in processes if each.name == conditions.get("workflow")), None)
    states = {name: localize(each.title, language) for name, each in chosen.states.items()} if chosen else {}
    asked = conditions.get("state")
    departments = processes[0].organisation.departments if processes else {}
    return FilterChoices(
        site=[(site, names.get(site, site)) for site in call.sites] if names else [],
        workflow=_sort_titles((each.name, localize(each.title, language)) for each in processes),
        state=list({**states, **({asked: states.get(asked, asked)} if asked else {})}.items()),
        department=_sort_titles((name, localize(titles, language)) for name, titles in departments.items()),
        which=[(each, call.text("my_desk", f"which-{each}")) for each in WHICH],
    )


def _sort_titles(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(options, key=lambda each: each[1])


def describe_filter(conditions: Mapping[str, str], choices: FilterChoices) -> str:
    """The conditions in words, such as `Complaint · Reception`; proposed as the name of a filter."""
    listed = {"site": choices.site, "workflow": choices.workflow, "state": choices.state}
    listed |= {"department": choices.department}
    given = {name: text for name, text in conditions.items() if name != "which"}
    named = [dict(listed.get(name, ())).get(given[name], given[name]) for name in CONDITIONS if name in given]
    which = dict(choices.which).get(conditions.get("which", ""), "")
    if named and conditions.get("which") == "overdue":
        named.append(which)
    return " · ".join(named) or which
