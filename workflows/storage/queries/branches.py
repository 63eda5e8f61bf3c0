"""Translates a ticket filter to SQL that reads ranges of one index, in the order of the list.

A list over several sites merges one branch for each site, category and assignee. Each branch is read from its
own range of an index whose last columns are the order of the list, and no further than the page needs. On
SQLite the statement names the index; PostgreSQL chooses it by itself, since with any other it would have to
sort.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.visibility_sql import visibility_conditions
from workflows.storage.sql import bind_list, in_values
from workflows.storage.tickets.rows import STILL_RUNS

OPEN_CATEGORIES, ENDED_CATEGORIES = ("open", "waiting"), ("closed", "cancelled")
ENDED = ("ended", *ENDED_CATEGORIES)
"""What a filter may say of the category that no open ticket matches."""
CATEGORIES = {None: OPEN_CATEGORIES + ENDED_CATEGORIES, "open": OPEN_CATEGORIES, "ended": ENDED_CATEGORIES}
EQUAL = ("workflow", "state", "opener", "department", "parent", "origin", "priority")
_TIMES = ("opened_at", "changed_at", "closed_at", "due_at")
_BOUNDS = {
    column: ((f"{name}_after", ">="), (f"{name}_before", "<"))
    for column, name in zip(_TIMES, ("opened", "changed", "closed", "due"), strict=True)
} | {"overdue": (("overdue", "<"),)}
"""Column (`overdue`: also of `due_at`) -> the filters that bound it, with how they compare."""
_BOUND = (*(name for bounds in _BOUNDS.values() for name, _ in bounds), "level", "watcher")
_LEVEL = (
    "EXISTS (SELECT 1 FROM clocks WHERE clocks.site_id = tickets.site_id AND clocks.ticket_id = tickets.id"
    f" AND {STILL_RUNS} AND clocks.level >= :level)"
)
_WATCHED = (
    "EXISTS (SELECT 1 FROM watchers w WHERE w.site_id = tickets.site_id AND w.ticket_id = tickets.id"
    " AND w.staff_id = :watcher)"
)

BindValues = dict[str, object]


@dataclass(frozen=True, slots=True)
class Driver:
    """An index to read from, and the filters that its leading columns answer, those after the site.

    `order` is the column that follows them; an index by another one than `opened_at` and `changed_at` holds
    only tickets that have it. `ids` are the tickets that `AMONG` reads.
    """

    index: str
    columns: tuple[str, ...] = ()
    order: str = "opened_at"
    ids: tuple[str, ...] = ()


class Branch(NamedTuple):
    """`FROM … WHERE …` of a range of an index, and the condition that a ticket in it is shown: it matches
    what the index does not answer, and the viewer may see it."""

    source: str
    visible: str


IN_ORDER = {
    "opened_at": Driver("ix_tickets_site_newest"),
    "changed_at": Driver("ix_tickets_changed", order="changed_at"),
    "closed_at": Driver("ix_tickets_closed", order="closed_at"),
    "due_at": Driver("ix_tickets_due", order="due_at"),
}
"""The drivers of whole lists, by what they are ordered by."""
OPENER = Driver("ix_tickets_opener", ("opener",))
CATEGORY = Driver("ix_tickets_category", ("category",))
PARENT = Driver("ix_tickets_parent", ("parent",))
ORIGIN = Driver("ix_tickets_origin", ("origin",))
ASSIGNEE = Driver("ix_tickets_assignee", ("assignee", "category"))
WORKFLOW_STATE = Driver("ix_tickets_workflow_state", ("workflow", "state", "category"))
STATE = Driver("ix_tickets_state", ("state", "category"))
DEPARTMENT = Driver("ix_tickets_department", ("department", "category"))
PRIORITY = Driver("ix_tickets_priority", ("priority", "category"))
WORKFLOW = Driver("ix_tickets_workflow", ("workflow", "category"))
AMONG = Driver("sqlite_autoindex_tickets_1", ("id",))  # the names that SQLite gives to keys
AMONG_OR_NUMBER = Driver("sqlite_autoindex_tickets_1", ("id or number",))
"""Reads the tickets that are among `ids`, and the one that has the number."""
_NUMBERED = "SELECT n.id FROM tickets AS n{by} WHERE n.site_id = :{site} AND n.number = :number"


def categories(ticket_filter: TicketFilter) -> tuple[str, ...]:
    """The exact categories that the filter asks for. An ended ticket is never overdue: its clocks have
    stopped."""
    wanted = CATEGORIES.get(
        ticket_filter.category, (ticket_filter.category,) if ticket_filter.category else ()
    )
    if ticket_filter.overdue is not None:
        return tuple(each for each in wanted if each in OPEN_CATEGORIES)
    return wanted


def list_drivers(ticket_filter: TicketFilter) -> list[Driver]:
    """The indexes that may be read from, the one that is probably the most selective first."""
    if ticket_filter.parent is not None:
        return [PARENT]
    if ticket_filter.origin is not None:
        return [ORIGIN]
    drivers = []
    if ticket_filter.opener is not None:
        drivers.append(OPENER)
    if ticket_filter.assignee is not None or ticket_filter.unassigned:
        drivers.append(ASSIGNEE)
    if ticket_filter.state is not None:
        drivers.append(STATE if ticket_filter.workflow is None else WORKFLOW_STATE)
    if ticket_filter.department is not None:
        drivers.append(DEPARTMENT)
    if ticket_filter.priority is not None:
        drivers.append(PRIORITY)
    if ticket_filter.workflow is not None and ticket_filter.state is None:
        drivers.append(WORKFLOW)
    order = ticket_filter.sorted_by.column
    if not drivers and order == "opened_at" and ticket_filter.category is not None:
        drivers.append(CATEGORY)
    drivers += [
        IN_ORDER[column] for column in _TIMES if column != order and any(_bounds(ticket_filter, column))
    ]
    streaming = any(driver.order == order for driver in drivers)
    return drivers if streaming else [*drivers, IN_ORDER[order]]


def build_branches(
    ticket_filter: TicketFilter, driver: Driver, postgres: bool, more: str = ""
) -> tuple[list[Branch], BindValues]:
    """The branches, which together select everything in the driver's ranges, and their values.

    `more` is one more condition on the place in the list for all of them.
    """
    values = _bound_values(ticket_filter)
    if ticket_filter.category is not None and not categories(ticket_filter):
        return [], values
    place = [*_order_conditions(ticket_filter), *([more] if more else [])]
    rest = [*_remaining_conditions(ticket_filter, driver)]
    branches = []
    for number, site in enumerate(_sites(ticket_filter)):
        assigned, people = _assignee_conditions(ticket_filter, site, number)
        visible, names = visibility_conditions(ticket_filter.viewer, site, postgres, number)
        values |= people | names
        assignee_conditions = (
            [] if "assignee" in driver.columns or not assigned else [f"({' OR '.join(assigned)})"]
        )
        ranges, range_values = _index_ranges(ticket_filter, driver, site, number, postgres)
        values |= range_values
        shown = " AND ".join([*visible, *rest, *assignee_conditions]) or "TRUE"
        branches += [Branch(" AND ".join([each, *place]), shown) for each in ranges]
    return branches, values


def build_index_ranges(
    ticket_filter: TicketFilter, driver: Driver, postgres: bool
) -> tuple[list[str], BindValues]:
    """The `FROM … WHERE …` of all index ranges that a driver reads, matching or not, and their values."""
    ranges, values = list[str](), _bound_values(ticket_filter)
    for number, site in enumerate(_sites(ticket_filter)):
        site_ranges, site_values = _index_ranges(ticket_filter, driver, site, number, postgres)
        ranges, values = [*ranges, *site_ranges], values | site_values
    return ranges, values


def _workflow_values(ticket_filter: TicketFilter) -> list[str]:
    """The names of the bound values for a workflow's present and former names."""
    return ["workflow", *(f"former{number}" for number in range(len(ticket_filter.former_names)))]


def _bound_values(ticket_filter: TicketFilter) -> BindValues:
    values: BindValues = {name: getattr(ticket_filter, name) for name in (*EQUAL, *_BOUND)}
    return values | {f"former{number}": name for number, name in enumerate(ticket_filter.former_names)}


def order_column(ticket_filter: TicketFilter, driver: Driver, postgres: bool) -> str:
    """The column, as SQL, that the list is ordered by."""
    column = ticket_filter.sorted_by.column
    # A sum keeps PostgreSQL from reading all of another index where only a few rows are to be sorted.
    return f"{column} + 0" if postgres and driver.order != column else column


def _bounds(ticket_filter: TicketFilter, column: str) -> Iterator[str]:
    """The conditions that bound a column with an instant."""
    names = (column, "overdue") if column == "due_at" else (column,)
    for name, comparison in (bound for each in names for bound in _BOUNDS[each]):
        if getattr(ticket_filter, name) is not None:
            yield f"{column} {comparison} :{name}"


def _order_conditions(ticket_filter: TicketFilter) -> Iterator[str]:
    """The conditions on the column that the list is ordered by. Tickets without one are not in the list: a
    bound says so, and said twice PostgreSQL would count them out twice."""
    column = ticket_filter.sorted_by.column
    bounds = list(_bounds(ticket_filter, column))
    yield from bounds
    if column in ("closed_at", "due_at") and not bounds:
        yield f"{column} IS NOT NULL"


def _sites(ticket_filter: TicketFilter) -> list[str]:
    return sorted(set(ticket_filter.sites))


def _index_ranges(
    ticket_filter: TicketFilter, driver: Driver, site: str, number: int, postgres: bool
) -> tuple[list[str], BindValues]:
    """One range for each combination of exact values of the driver's columns."""
    assigned, people = _assignee_conditions(ticket_filter, site, number)
    exact = {"category": [f"category = '{each}'" for each in categories(ticket_filter)], "assignee": assigned}
    exact["workflow"] = [f"workflow = :{name}" for name in _workflow_values(ticket_filter)]
    exact["id"] = [f"id {in_values('ids', postgres)}"]
    exact["id or number"] = [f"id {_named_values(f's{number}', postgres)}"]
    source = "tickets" if postgres else f"tickets INDEXED BY {driver.index}"
    values = product(*(exact.get(name, [f"{name} = :{name}"]) for name in driver.columns))
    beginning = [f"FROM {source} WHERE site_id = :s{number}"]
    if driver.order != ticket_filter.sorted_by.column:
        beginning += _bounds(ticket_filter, driver.order)
    ids: BindValues = {"ids": bind_list(driver.ids, postgres)} if driver.ids else {}
    return [" AND ".join([*beginning, *each]) for each in values], people | {f"s{number}": site} | ids


def _named_values(site: str, postgres: bool) -> str:
    """What an id must be in that is one of `:ids`, or that of the ticket with the number at a site."""
    if postgres:
        return f"= ANY (CAST(:ids AS TEXT[]) || ARRAY({_NUMBERED.format(by='', site=site)}))"
    numbered = _NUMBERED.format(by=" INDEXED BY sqlite_autoindex_tickets_2", site=site)
    return f"IN (SELECT value FROM json_each(:ids) UNION ALL {numbered})"


def _remaining_conditions(ticket_filter: TicketFilter, driver: Driver) -> Iterator[str]:
    """The conditions that the index does not answer."""
    for name in EQUAL:
        if getattr(ticket_filter, name) is None or name in driver.columns:
            continue
        values = _workflow_values(ticket_filter) if name == "workflow" else [name]
        listed = ", ".join(f":{value}" for value in values)
        yield f"{name} IN ({listed})" if values[1:] else f"{name} = :{name}"
    if ticket_filter.category is not None and "category" not in driver.columns:
        wanted = categories(ticket_filter)
        yield f"category IN ({', '.join(map(repr, wanted))})" if wanted else "1 = 0"
    for column in _TIMES:
        if column != ticket_filter.sorted_by.column:
            yield from _bounds(ticket_filter, column)
    if ticket_filter.undated is not None:
        yield f"{ticket_filter.undated} IS NULL"
    if ticket_filter.level is not None:
        yield _LEVEL
    if ticket_filter.watcher is not None:
        yield _WATCHED


def _assignee_conditions(ticket_filter: TicketFilter, site: str, number: int) -> tuple[list[str], BindValues]:
    """One condition for each person who may be the assignee at a site; none if it may be anybody."""
    if ticket_filter.assignee is not None:
        people = [ticket_filter.assignee, *sorted(ticket_filter.substitute_for.get(site, ()))]
        if ticket_filter.unassigned:  # a ticket of somebody who has left counts as unassigned
            people = [each for each in people if each in ticket_filter.departed.get(site, ())]
            if not people:
                return ["1 = 0"], {}
    else:
        people = sorted(ticket_filter.departed.get(site, ())) if ticket_filter.unassigned else []
    values: BindValues = {f"a{number}_{index}": person for index, person in enumerate(dict.fromkeys(people))}
    nobody = ["assignee IS NULL"] if ticket_filter.unassigned and ticket_filter.assignee is None else []
    return [*nobody, *(f"assignee = :{name}" for name in values)], values
