"""The page of the board: five figures, filters, and what is late or soon due with the forms beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response

from service.console.board.board_choice import NOWHERE, BoardChoice
from service.console.board.board_lines import BoardDepartment, build_departments, department_title
from service.console.board.day_figures import read_figures
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_day
from service.schemas.bodies import MAX_BULK
from service.texts import localize
from workflows.board import BoardQuery
from workflows.storage.queries.board_rows import BoardGroup
from workflows.timing.instants import to_datetime

pages = Pages()
EACH, PAGE_SIZE = 8, 50  # tickets of a process among others, and of one alone
_UNFOLDED = 20  # tickets that all show at once; of more, each process is a line that unfolds
_MOST_ROLES = 2  # of a person, in a list to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBoard:
    """What was ticked and typed when a form of the board was not taken, and why."""

    ticked: frozenset[str] = frozenset()
    values: Mapping[str, str]
    wrong: tuple[str, ...] = ()


NOTHING_SENT = SentBoard(values={})


@pages.get("/board")
def show_board(call: ConsoleRequest) -> Response:
    """What is late or due by the end of the next working day (`?site=`, `?department=`, `?process=`)."""
    return board_page(call, BoardChoice.of(call.request.args))


def board_page(
    call: ConsoleRequest, choice: BoardChoice, status: int = 200, sent: SentBoard = NOTHING_SENT
) -> Response:
    """The board, with what was typed if a form was not taken."""
    with call.desk.definitions.without_rechecks():
        return _build_page(call, choice, status, sent)


def _build_page(call: ConsoleRequest, choice: BoardChoice, status: int, sent: SentBoard) -> Response:
    board, query = call.desk.board, read_query(call, choice.site)
    groups = board.groups(query)
    named = {each.id: each.name for each in call.desk.people.sites()}
    present = call.desk.definitions.lifecycle().present_name
    chosen = [each for each in groups if choice.fits(each.department, present(each.workflow))]
    size, passed = (PAGE_SIZE, (choice.page - 1) * PAGE_SIZE) if choice.single else (EACH, 0)
    tickets = board.first_tickets(query, chosen, passed, size, MAX_BULK)
    departments = build_departments(call, choice, chosen, tickets)
    return call.page(
        "board/board.html",
        call.text("board", "title"),
        status,
        choice=choice,
        departments=departments,
        unfolded=len(tickets) <= _UNFOLDED or choice.single,
        figures=read_figures(call, choice, query.sites, chosen),
        until=_name_next_day(call, query),
        filters=_list_filters(call, groups, named),
        people=_list_people(call, query.sites, named) if departments else [],
        closing=_suggest_until(call, query),
        sent=sent,
        **_pages_of(choice, departments),
    )


def read_query(call: ConsoleRequest, site: str = "") -> BoardQuery:
    """The reader at the sites, or the one, where they lead others. Raises Forbidden if there is none."""
    sites = (call.check_site(site),) if site else call.sites
    query = BoardQuery(member=call.staff, sites=sites, viewer=call.viewer, now=call.now)
    return replace(query, sites=call.desk.board.sites_led(query))


def _pages_of(choice: BoardChoice, departments: Sequence[BoardDepartment]) -> dict[str, str]:
    """The addresses of the first and the next page, if one process is shown alone."""
    count = departments[0].processes[0].count if choice.single and departments else 0
    more = choice.page * PAGE_SIZE < count
    return {
        "first": choice.turn_to(1).address if choice.page > 1 else "",
        "following": choice.turn_to(choice.page + 1).address if more else "",
    }


def _name_next_day(call: ConsoleRequest, query: BoardQuery) -> str:
    site = query.sites[0]
    end = call.desk.board.end_of_next_day(site, call.now)
    return write_day(end - 1, call.desk.board.zone_of(site), call.language)


def _suggest_until(call: ConsoleRequest, query: BoardQuery) -> str:
    """When the first site closes next, as the input of a form has it."""
    site = query.sites[0]
    at = call.desk.board.closing_time(site, call.now)
    return to_datetime(at, call.desk.board.zone_of(site)).strftime("%Y-%m-%dT%H:%M")


def _list_filters(
    call: ConsoleRequest, groups: Sequence[BoardGroup], named: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, as (value, title): the sites, and the departments and processes of the groups."""
    lifecycle, latest = call.desk.definitions.lifecycle(), call.desk.definitions.latest
    processes = {lifecycle.present_name(each.workflow) for each in groups}
    titles = {name: localize(latest(name).title, call.language) for name in processes - lifecycle.gone}
    departments = {each.department for each in groups}
    return {
        "site": [(site, named[site]) for site in read_query(call).sites],
        "department": _by_title((each or NOWHERE, department_title(call, each)) for each in departments),
        "process": _by_title(titles.items()),
    }


def _by_title(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(options, key=lambda option: (option[0] == NOWHERE, option[1]))


def _list_people(
    call: ConsoleRequest, sites: Sequence[str], named: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The staff of each site, as (name of the site, [(id, name with roles)])."""
    return [(named[site], _list_staff(call, site)) for site in sites]


def _list_staff(call: ConsoleRequest, site: str) -> list[tuple[str, str]]:
    roles = call.desk.definitions.organisation.roles
    found = []
    for member in call.desk.people.directory(site).staff.values():
        held = [roles[each].title for each in sorted(member.roles(site)) if each in roles][:_MOST_ROLES]
        found.append(
            (member.id, " · ".join([member.name, *(localize(each, call.language) for each in held)]))
        )
    return sorted(found, key=lambda each: each[1])
