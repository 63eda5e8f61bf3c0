"""Fills a desk with copies of real tickets, thousands per second, to measure growth.

Tickets are opened at fixed intervals up to now, at the three sites in turn; one in ten is still open. At
every size the rare values occur three times, and a month holds the same number of tickets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

from benchmarks.bulk import insert_rows
from benchmarks.people import SearchedPeople
from benchmarks.walked import HIDDEN_SITE, NOW, RARE_WORKFLOW, SITES, Rows
from service.bootstrap import Desk
from workflows.storage.blind_index import MARK
from workflows.storage.database import Database
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.storage.search import first_doc

RARE = 3
RARE_STATE, RARE_DEPARTMENT, RARE_ASSIGNEE = "rare-state", "rare-department", "rare-person"
RARE_WORD = "罕见"
PARENT = "00000000-0000-7000-8000-00000000cafe"
_BATCH = 2_000
_BEFORE = 60 * 86_400  # messages were sent in the last sixty days: none is old enough to be forgotten


def fill(
    desk: Desk,
    walked: Sequence[Rows],
    count: int,
    every: int,
    *,
    sites: Sequence[str] = SITES,
    hidden: bool = False,
    people: SearchedPeople | None = None,
    note_progress: Callable[[int], object] = lambda _: None,
) -> None:
    """Insert `count` tickets, one every `every` seconds, at these sites in turn, and residents of the first:
    of `people`, or one to twenty tickets. `hidden`: all at one site, and restricted to somebody else, but
    for the rare ones. Progress is noted by how many tickets there are."""
    database, people = desk.database, people or SearchedPeople(desk, count // 20, sites[0])
    copies = _copies(walked, count, every, sites, people)
    people.add_residents(NOW)
    if hidden:
        copies = map(_hide, copies)
    if database.postgres:  # its workers' reading would be counted among ours
        with database.transaction() as session:
            for table in (*walked[0].rows, "queue_entries", "changes"):
                session.run(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    written = 0
    while batch := list(islice(copies, _BATCH)):
        _write(database, batch)
        written += len(batch)
        note_progress(written)
    tidy(database)


def tidy(database: Database) -> None:
    """Do what is done within a minute of writing; there are no statistics yet."""
    TicketCounts(database).consolidate(NOW)
    if database.postgres:  # its housekeeping does not come in the moment between
        with database.connect() as session:
            # Of `tickets`: what an index alone can answer, it answers; of `texts`: the list of what waits.
            session.run("VACUUM tickets, ticket_counts, due_counts, queue_entries, changes, texts")


def _copies(
    walked: Sequence[Rows], count: int, every: int, sites: Sequence[str], people: SearchedPeople
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    usual = [each for each in walked if each.workflow != RARE_WORKFLOW]
    ended, standing = ([each for each in usual if each.open is open_] for open_ in (False, True))
    rare = {count * (2 * place + 1) // (2 * RARE) for place in range(RARE)}
    for number in range(count):
        source = standing if number % 10 == 0 else ended
        at = NOW - (count - number) * every
        chosen = source[number // 10 % len(source) if number % 10 == 0 else number % len(source)]
        made = _copy(chosen, number, at, sites[number % len(sites)])
        if number in rare:
            _make_rare(made)
        _call(made, number, number in rare, people)
        yield made


def _call(made: dict[str, list[dict[str, Any]]], number: int, rare: bool, people: SearchedPeople) -> None:
    """Somebody else has called, at another site."""
    (ticket,) = made["tickets"]
    for row in made["texts"]:
        words = [each for each in row["terms"].split() if not each.startswith(MARK)]
        caller = people.build_terms(ticket["site_id"], ticket["workflow"], ticket["version"], number, rare)
        row["terms"] = " ".join(words) + caller


def _copy(walked: Rows, number: int, at: int, site: str) -> dict[str, list[dict[str, Any]]]:
    """The rows as another ticket, moved in time and to another site."""
    shift = at - walked.opened_at
    moment = f"{at * 1000 + number % 1000:012x}"
    identity = f"{moment[:8]}-{moment[8:]}-7000-8000-{number:012x}"
    found: dict[str, list[dict[str, Any]]] = {}
    for table, rows in walked.rows.items():
        instants = _instants(table, tuple(rows[0])) if rows else ()
        found[table] = [_moved(row, instants, shift, site, identity) for row in rows]
    (ticket,) = found["tickets"]
    ticket |= {"id": identity, "number": f"N-{number:07d}", "parent": None, "origin": None}
    ticket |= {"personal": None, "data_key": None}  # which are sealed for the ticket that was walked
    for row in found["texts"]:
        row["doc"] = first_doc(at)
    for clock in found.get("clocks", ()):
        if clock["next_level_at"] is not None:
            clock["next_level_at"] = NOW + 30 * 86_400 + number % 86_400
    for place, message in enumerate(found.get("outbox", ())):
        message["id"] = f"{identity[:24]}{number:010x}{place:02x}"
        sent = NOW - (number * 7 + place) % _BEFORE
        message |= {"status": "sent", "sent_at": sent, "created_at": sent - 60, "not_before": sent - 60}
    return found


def _hide(made: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    for row in chain.from_iterable(made.values()):
        row["site_id"] = HIDDEN_SITE
    (ticket,) = made["tickets"]
    if ticket["state"] != RARE_STATE:
        ticket["audience"] = '["=somebody-else"]'
    return made


@cache
def _instants(_table: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name.endswith(("at", "since")))


def _moved(
    row: dict[str, Any], instants: Iterable[str], shift: int, site: str, identity: str
) -> dict[str, Any]:
    made = {**row, "site_id": site}
    for name in instants:
        if isinstance(made[name], int):
            made[name] += shift
    if "ticket_id" in made:
        made["ticket_id"] = identity
    return made


def _make_rare(made: dict[str, list[dict[str, Any]]]) -> None:
    (ticket,) = made["tickets"]
    ticket |= {"workflow": RARE_WORKFLOW, "state": RARE_STATE, "department": RARE_DEPARTMENT}
    ticket |= {"assignee": RARE_ASSIGNEE, "parent": PARENT, "origin": PARENT, "category": "waiting"}
    ticket |= {"closed_at": None, "due_at": ticket["opened_at"] + 3_600, "audience": None}
    for row in made["texts"]:
        row["terms"] += f" {RARE_WORD} {RARE_WORD[1]}"
    for clock in made.get("clocks", ())[:1]:
        clock["parked"] = "it could not be worked on"


def _write(database: Database, batch: Sequence[dict[str, list[dict[str, Any]]]]) -> None:
    with database.transaction() as session:
        for table in batch[0]:
            insert_rows(database, session, table, [row for made in batch for row in made[table]])
