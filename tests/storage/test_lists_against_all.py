"""Every list, page by page, holds what looking at every ticket says it holds, whoever looks."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from random import Random
from types import SimpleNamespace

import pytest
from storage_samples import LI, NOW, clock, desk, opened

from workflows.core.access.visibility import DESK, OUTSIDER, Viewer
from workflows.core.ticket import PRIORITIES, Ticket
from workflows.language.forms.field import Field, FieldType
from workflows.storage import search
from workflows.storage.blind_index import list_spellings
from workflows.storage.database import Database
from workflows.storage.queries import walks, word_matches
from workflows.storage.queries.filters import SORTED_COLUMNS, ListOrder, TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.search_query import QueryPart, parse_query
from workflows.storage.tickets.store import Store

SITES = ("east", "north", "west")
STATES = {"registered": "open", "waiting-client": "waiting", "closed": "closed", "withdrawn": "cancelled"}
TEXTS = ("电梯坏了", "电梯噪音", "水管 pipe-3", "pipe lift", "lifted 灯", "3-1-1203 灯", "")
ASKED = (
    "电梯",
    "梯",
    "灯",
    "lift",
    "l",
    "pipe 3",
    "1203",
    "12",
    "水管",
    "absent",
    "!!",
    "坏 电梯",
    "TS-2026-00003",
)
NUMBERS = ("TS-2026-00003", "TS-2026-00099", "00003")
PEOPLE = (
    {},
    {"contact": "13800000001", "caller": "欧阳测试"},
    {"contact": "+8613911112222", "caller": "Ana Pérez"},
    {"contact": "02161234567;ext=802", "caller": "王灯"},
)
ASKED_OF_PEOPLE = (
    *("0001", "001", "13800000001", "138-0000-0001", "+86 138 0000 0001", "13911112222", "6123 4567 转 802"),
    *(
        "欧阳",
        "歐陽",
        "测试",
        "perez",
        "ana pérez",
        "灯",
        "王 电梯",
        "0001 电梯",
        "3-1-1203 0001",
        "13800000009",
    ),
)
READERS = {"complaint": {"clerk"}, "repair": {"clerk", "smith"}, "visit": {"guard"}}
PERSONAL = {
    "contact": Field(name="contact", type=FieldType.PHONE, title={}, personal=True),
    "caller": Field(name="caller", type=FieldType.PERSON, title={}, personal=True),
    "unit": Field(name="unit", type=FieldType.UNIT, title={}),
}
SOURCE = SimpleNamespace(
    get=lambda workflow, _: SimpleNamespace(fields=PERSONAL, readers=READERS[workflow]),
    find_register=lambda _: None,
)
ROLES = (
    {},
    {"east": {"clerk"}},
    {site: {"clerk", "guard"} for site in SITES},
    {"west": {"smith"}, "east": {"x"}},
)
VIEWERS = (
    DESK,
    OUTSIDER,
    Viewer({"east": frozenset({"leader", "=li"}), "west": frozenset({"@green"})}),
    Viewer(
        {"north": frozenset({"leader"})}, delegators={"east": frozenset({"wang"}), "north": frozenset({"li"})}
    ),
)


def stored(store: Store, random: Random, count: int) -> list[Ticket]:
    """Tickets of every sort, many of one moment."""
    found = []
    for _ in range(count):
        state, at = random.choice(list(STATES)), NOW + random.randrange(count // 3)
        ended = STATES[state] in ("closed", "cancelled")
        level, stopped = random.choice((0, 0, 1, 2)), random.choice((None, None, at))
        unit = random.choice(({}, {"unit": "3-1-1203"}))
        found.append(
            opened(
                store,
                at=at,
                changed_at=at + random.randrange(count // 3),
                clocks=(clock(level=level, stopped_at=stopped),),
                site=random.choice(SITES),
                workflow=random.choice(("complaint", "complaint", "repair", "visit")),
                state=state,
                category=STATES[state],
                title=random.choice(TEXTS),
                data={"content": random.choice(TEXTS), **unit},
                assignee=random.choice((None, "li", "wang", "zhou")),
                department=random.choice((None, "green", "green", "cs")),
                closed_at=at if ended else None,
                due_at=None if ended or random.random() < 0.2 else NOW + random.randrange(count),
                parent=random.choice([None, None, *(each.id for each in found[:3])]),
                origin=random.choice([None, *(each.id for each in found[:3])]),
                priority=random.randrange(len(PRIORITIES)),
                audience=random.choice((None, None, ("leader",), ("@green", "=li"), ("=wang",))),
                personal=random.choice(PEOPLE),
            )
        )
        LEVELS[found[-1].id] = level if stopped is None else 0
        for person in random.choice(((), ("li",), ("li", "wang"))):
            FOLLOWED.add((found[-1].id, person))
            row = {"site": found[-1].site, "id": found[-1].id, "person": person, "at": at}
            with store._database.transaction() as session:
                session.run(_FOLLOW, row)
    return found


LEVELS: dict[str, int] = {}
"""Ticket -> the level of its clock, if that runs."""
FOLLOWED: set[tuple[str, str]] = set()
"""Who follows which ticket."""
_FOLLOW = (
    "INSERT INTO watchers (site_id, ticket_id, staff_id, since_at, opened_at)"
    " VALUES (:site, :id, :person, :at, :at)"
)


def any_filter(random: Random, tickets: list[Ticket]) -> TicketFilter:
    """A filter with a few things asked for."""

    def some(*values: object) -> object:
        return random.choice(values) if random.random() < 0.3 else None

    assignee = some("li", "wang", "nobody")
    workflow = some("complaint", "repair", "none")
    return TicketFilter(
        sites=random.sample(SITES, random.randint(0, 3)),
        viewer=random.choice(VIEWERS),
        workflow=workflow,  # type: ignore[arg-type]
        former_names=random.choice(((), ("old-repair", "repair"))) if workflow != "repair" else (),
        state=some(*STATES, "none"),  # type: ignore[arg-type]
        category=some("open", "waiting", "closed", "cancelled", "ended"),  # type: ignore[arg-type]
        priority=some(0, 1, 3),  # type: ignore[arg-type]
        assignee=assignee,  # type: ignore[arg-type]
        substitute_for={"east": {"zhou", "wang"}} if random.random() < 0.5 else {},
        unassigned=random.random() < 0.2,
        departed={"east": {"zhou", "li"}} if random.random() < 0.5 else {},
        department=some("green", "cs"),  # type: ignore[arg-type]
        overdue=NOW + random.randrange(len(tickets)) if random.random() < 0.3 else None,
        q=random.choice(ASKED + ASKED_OF_PEOPLE + NUMBERS) if random.random() < 0.5 else None,
        readers=random.choice(ROLES),
        parent=random.choice(tickets[:3]).id if random.random() < 0.1 else None,
        origin=random.choice(tickets[:3]).id if random.random() < 0.1 else None,
        opener=some(LI.id),  # type: ignore[arg-type]
        opened_after=NOW + 10 if random.random() < 0.1 else None,
        opened_before=NOW + 40 if random.random() < 0.1 else None,
        changed_after=NOW + 5 if random.random() < 0.1 else None,
        changed_before=NOW + 60 if random.random() < 0.1 else None,
        closed_after=NOW + 3 if random.random() < 0.1 else None,
        closed_before=NOW + 50 if random.random() < 0.1 else None,
        due_after=NOW + 10 if random.random() < 0.1 else None,
        due_before=NOW + 60 if random.random() < 0.1 else None,
        level=random.choice((1, 2)) if random.random() < 0.1 else None,
        watcher=random.choice(("li", "wang")) if random.random() < 0.1 else None,
        unit=random.choice(("3-1-1203", "absent")) if random.random() < 0.1 else None,
        undated=random.choice(("due_at", "closed_at")) if random.random() < 0.1 else None,
        order=ListOrder(random.choice(SORTED_COLUMNS), random.random() < 0.5)
        if random.random() < 0.4
        else None,
    )


def test_every_filter_is_asked_here() -> None:
    """What a list may be asked for stands in `any_filter`, and in what it is held against."""
    named = {field.name for field in fields(TicketFilter)}
    made, held = inspect.getsource(any_filter), inspect.getsource(matches) + inspect.getsource(in_order)
    assert {name for name in named if f"{name}=" not in made} == set()
    assert {name for name in named if name not in held} == set()


def matches(wanted: TicketFilter, ticket: Ticket) -> bool:
    """What a list means, asked of one ticket."""
    kinds = {"open": ("open", "waiting"), "ended": ("closed", "cancelled")}
    had_by = {wanted.assignee, *wanted.substitute_for.get(ticket.site, ())}
    return (
        ticket.site in wanted.sites
        and wanted.viewer.sees(ticket.site, ticket.audience, ticket.assignee)
        and all(
            getattr(wanted, name) in (None, getattr(ticket, name))
            for name in ("state", "department", "parent", "origin", "opener")
        )
        and (wanted.workflow is None or ticket.workflow in (wanted.workflow, *wanted.former_names))
        and (wanted.category is None or ticket.category in kinds.get(wanted.category, (wanted.category,)))
        and (wanted.assignee is None or ticket.assignee in had_by)
        and (not wanted.unassigned or ticket.assignee in {None, *wanted.departed.get(ticket.site, ())})
        and wanted.priority in (None, ticket.priority)
        and (wanted.overdue is None or (ticket.due_at is not None and ticket.due_at < wanted.overdue))
        and (wanted.opened_after is None or ticket.opened_at >= wanted.opened_after)
        and (wanted.opened_before is None or ticket.opened_at < wanted.opened_before)
        and is_between(ticket.changed_at, wanted.changed_after, wanted.changed_before)
        and is_between(ticket.closed_at, wanted.closed_after, wanted.closed_before)
        and is_between(ticket.due_at, wanted.due_after, wanted.due_before)
        and (wanted.level is None or LEVELS[ticket.id] >= wanted.level)
        and (wanted.watcher is None or (ticket.id, wanted.watcher) in FOLLOWED)
        and wanted.unit in (None, ticket.data.get("unit"))
        and (wanted.undated is None or getattr(ticket, wanted.undated) is None)
        and (wanted.q is None or said(wanted.q, ticket, wanted.readers))
    )


def said(q: str, ticket: Ticket, roles: Mapping[str, Collection[str]]) -> bool:
    """Whether a ticket's text holds every word, or it has this number; or a reader finds its people."""
    reads = not READERS[ticket.workflow].isdisjoint(roles.get(ticket.site, ()))
    people = list_spellings(PERSONAL.values(), ticket.personal) if reads else []
    held = (search.extract_terms(ticket) + search.number_terms(ticket.number)).split()

    def found(part: QueryPart) -> bool:
        words = [any(h.startswith(term) if start else h == term for h in held) for term, start in part.words]
        return (bool(words) and all(words)) or not set(part.hashes).isdisjoint((*people, *held))

    asked = parse_query(q)
    return bool(asked) and (ticket.number == q or any(all(map(found, reading)) for reading in asked))


def is_between(instant: int | None, after: int | None, before: int | None) -> bool:
    """Whether an instant is within both bounds; none is within none."""
    if instant is None:
        return after is None and before is None
    return (after is None or instant >= after) and (before is None or instant < before)


def in_order(wanted: TicketFilter, tickets: list[Ticket]) -> list[str]:
    """The ids of all that match. What lacks the instant of the order is last, newest first."""
    found = [each for each in tickets if matches(wanted, each)]
    column, ascending = wanted.sorted_by
    if column == "priority":
        found.sort(key=lambda each: (each.priority, each.opened_at, each.id), reverse=not ascending)
        return [each.id for each in found]
    dated = [each for each in found if getattr(each, column) is not None]
    dated.sort(key=lambda each: (getattr(each, column), each.id), reverse=not ascending)
    others = [each for each in found if getattr(each, column) is None]
    others.sort(key=lambda each: (each.opened_at, each.id), reverse=True)
    return [each.id for each in (*dated, *others)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("small", [True, False])
def test_a_list_of_pages_is_what_looking_at_every_ticket_finds(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int, small: bool
) -> None:
    """No ticket twice and none missing, while others are opened in between; every way to read is taken."""
    if small:
        monkeypatch.setattr(walks, "NARROW_LIMIT", 4)
        monkeypatch.setattr(walks, "LOOK_LIMIT", 5)
        monkeypatch.setattr(walks, "_BRANCHES_PER_STATEMENT", 3)
        monkeypatch.setattr(word_matches, "SCAN_LIMIT", 5)
        monkeypatch.setattr(word_matches, "SCAN_FURTHER_LIMIT", 20)
        monkeypatch.setattr(word_matches, "MAX_INDEXED", 6)
        monkeypatch.setattr(word_matches, "SCAN_LIMIT_OF_PAGE", 30)
    random = Random(seed)
    desk(database, *SITES)
    store = Store(database, SOURCE)
    tickets, queries = stored(store, random, 90), Queries(database)
    later: set[str] = set()
    for number in range(60):
        wanted, limit = any_filter(random, tickets), random.randint(1, 12)
        if number % 20 == 19:
            wanted, limit = (
                replace(wanted, sites=SITES, q=None, unit=None),
                limit + 3,
            )  # else the list outgrows its pages
        seen: list[str] = []
        cursor = None
        for _ in range(200):
            page = queries.tickets(wanted, cursor, limit)
            seen += [each.id for each in page.tickets]
            cursor = page.next
            if cursor is None:
                break
            if number % 20 == 19:
                later |= {each.id for each in stored(store, random, 3)}
        assert [each for each in seen if each not in later] == in_order(wanted, tickets), wanted
        assert len(seen) == len(set(seen))
