"""Verifies tickets against their histories: each hash chain, and the ticket's row and clocks."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Select, Table, select, tuple_

from workflows.core.step import ERASE, REDACT
from workflows.core.ticket import TicketKey
from workflows.storage.audit import hash_chain
from workflows.storage.audit.finding import AuditFinding, ProgressCallback, build_finding
from workflows.storage.database import Session
from workflows.storage.tables import clocks, history, history_seals, tickets

PAGE_SIZE = 500  # tickets
_HASH = len(hash_chain.HASHED_COLUMNS)
_SEQ, _PREV, _OUTCOME, _KIND, _DATA = (
    hash_chain.HASHED_COLUMNS.index(name) for name in ("seq", "prev", "outcome", "kind", "data")
)
_ENTRY = [history.c[name] for name in (*hash_chain.HASHED_COLUMNS, "hash")]
_TICKET = [
    tickets.c[name] for name in (*hash_chain.HASHED_TICKET_COLUMNS, *hash_chain.SEPARATE_COLUMNS, "head")
]
_ROW_SEQ, _HEAD = hash_chain.HASHED_TICKET_COLUMNS.index("seq"), len(_TICKET) - 1
_PART_NAMES = {
    "ticket": "the ticket's row (state, assignee, audience, dates or another column)",
    "data": "the ticket's data",
    "trail": "the ticket's trail",
    "personal": "the ticket's personal words",
}

OutcomeDigests = dict[str, Any]


@dataclass(slots=True)
class StoredTicket:
    """All that the database has of one ticket: its row, history entries and clocks, and `seal`, its row of
    `history_seals`."""

    ticket: Sequence[Any] | None = None
    entries: list[Sequence[Any]] = field(default_factory=list)
    clocks: dict[str, str] = field(default_factory=dict)  # name -> digest
    seal: Mapping[str, Any] | None = None

    @property
    def outcome(self) -> OutcomeDigests:
        """The digests of the ticket's row and clocks as they are, in the form of an entry's `outcome`."""
        assert self.ticket is not None, "only called for a ticket that has a row"
        row_values = self.ticket[: len(hash_chain.HASHED_TICKET_COLUMNS)]
        separate = zip(
            hash_chain.SEPARATE_COLUMNS, self.ticket[len(hash_chain.HASHED_TICKET_COLUMNS) :], strict=False
        )
        digests = {"ticket": hash_chain.short_digest(row_values)} | {
            name: hash_chain.short_digest(value) for name, value in separate
        }
        return digests | {"clocks": self.clocks}


def read_tickets(
    session: Session, site: str | None, progress: ProgressCallback
) -> Iterator[tuple[TicketKey, StoredTicket]]:
    """Every ticket with all that belongs to it, by site and id; also histories whose ticket has no row.

    `progress` is called with the number of history entries read so far.
    """
    after: TicketKey | None = None
    count = 0
    while True:
        t = tickets.c
        query = _restrict(select(*_TICKET), tickets, "id", site, after, None)
        rows = session.connection.execute(query.order_by(t.site_id, t.id).limit(PAGE_SIZE)).all()
        last = (rows[-1][0], rows[-1][1]) if len(rows) == PAGE_SIZE else None
        page: dict[TicketKey, StoredTicket] = {(row[0], row[1]): StoredTicket(ticket=row) for row in rows}
        for ticket_key, entry in _read_rows(session, history, _ENTRY, "seq", (site, after, last)):
            page.setdefault(ticket_key, StoredTicket()).entries.append(entry)
            count += 1
        columns = [clocks.c[name] for name in hash_chain.HASHED_CLOCK_COLUMNS]
        for ticket_key, clock in _read_rows(session, clocks, columns, "name", (site, after, last)):
            page.setdefault(ticket_key, StoredTicket()).clocks[clock[0]] = hash_chain.short_digest(clock)
        for ticket_key, seal in _read_rows(
            session, history_seals, list(history_seals.c), "seq", (site, after, last)
        ):
            page.setdefault(ticket_key, StoredTicket()).seal = dict(
                zip(history_seals.c.keys(), seal, strict=True)
            )
        yield from page.items()
        progress(count)
        if last is None:
            return
        after = last


def _restrict(
    query: Select[Any],
    table: Table,
    id_: str,
    site: str | None,
    after: TicketKey | None,
    until: TicketKey | None,
) -> Select[Any]:
    key = tuple_(table.c.site_id, table.c[id_])
    query = query.where(table.c.site_id == site) if site is not None else query
    query = query.where(key > tuple_(*after)) if after is not None else query
    return query.where(key <= tuple_(*until)) if until is not None else query


def _read_rows(
    session: Session,
    table: Table,
    columns: Sequence[Any],
    order: str,
    where: tuple[str | None, TicketKey | None, TicketKey | None],
) -> Iterator[tuple[TicketKey, Sequence[Any]]]:
    """The rows of a table that belong to the tickets between two keys, with the key of each."""
    c = table.c
    query = _restrict(select(c.site_id, c.ticket_id, *columns), table, "ticket_id", *where)
    query = query.order_by(c.site_id, c.ticket_id, c[order]).execution_options(yield_per=1_000)
    for row in session.connection.execute(query):
        yield (row[0], row[1]), row[2:]


def verify_ticket(ticket_key: TicketKey, stored: StoredTicket, key: bytes) -> Iterator[AuditFinding]:
    """What is wrong with one ticket: its chain first, then its row and clocks. `key` is the audit's."""
    if not stored.entries:
        if stored.ticket is not None:
            yield build_finding("missing-seq", *ticket_key, 1, "the ticket has no history at all")
        return
    seal = stored.seal if stored.seal is not None and is_seal_intact(stored.seal, key) else None
    if stored.seal is not None and seal is None:
        yield build_finding("broken-hash", *ticket_key, None, "the seal of its old history was changed")
    broken = list(_verify_chain(ticket_key, stored.entries, seal, key))
    yield from broken
    if stored.ticket is None:
        last = stored.entries[-1][_SEQ]
        yield build_finding(
            "no-ticket", *ticket_key, last, f"the ticket is gone; its history has {last} entries"
        )
        return
    row_head, last = (stored.ticket[_ROW_SEQ], stored.ticket[_HEAD]), stored.entries[-1]
    if row_head != (last[_SEQ], last[_HASH]):
        yield build_finding(
            "head-mismatch", *ticket_key, last[_SEQ], f"the ticket stands at step {row_head[0]}, or elsewhere"
        )
    elif not broken:
        yield from _verify_row(ticket_key, stored, seal)


def _verify_chain(
    ticket_key: TicketKey, entries: Sequence[Sequence[Any]], seal: Mapping[str, Any] | None, key: bytes
) -> Iterator[AuditFinding]:
    seq, prev, last_unkeyed = 0, "", 0
    erased = _find_redacted(entries, key)
    for row in entries:
        seq += 1
        if row[_SEQ] != seq:
            yield build_finding("missing-seq", *ticket_key, seq, f"entry {seq} is missing before {row[_SEQ]}")
            seq = row[_SEQ]
        elif row[_PREV] != prev:
            yield build_finding(
                "broken-chain", *ticket_key, seq, "the entry does not follow the one before it"
            )
        if not _is_intact(row, key, erased):
            yield build_finding("broken-hash", *ticket_key, seq, "the entry was changed after it was written")
        if row[_OUTCOME] is None:
            last_unkeyed = seq
        if seal is not None and seal["seq"] == seq and seal["hash"] != row[_HASH]:
            yield build_finding("broken-chain", *ticket_key, seq, "the entry is not the one that was sealed")
        prev = row[_HASH]
    if seal is None and last_unkeyed:
        yield build_finding(
            "unsealed", *ticket_key, last_unkeyed, "nothing vouches for it up to here; see `audit seal`"
        )
    elif seal is not None and last_unkeyed > seal["seq"]:
        yield build_finding(
            "broken-chain", *ticket_key, last_unkeyed, "the entry is not keyed, and came after the seal"
        )


def _find_redacted(entries: Sequence[Sequence[Any]], key: bytes) -> dict[int, str]:
    """seq -> the digest that an entry must have since a text was taken out of it, as a later, intact entry
    says."""
    redacted: dict[int, str] = {}
    for row in reversed(entries):
        if row[_KIND] in (ERASE, REDACT) and row[_OUTCOME] is not None and _is_intact(row, key, redacted):
            digests = orjson.loads(row[_DATA]).get("erased", {})
            redacted = {int(seq): digest for seq, digest in digests.items()} | redacted
    return redacted


def _is_intact(row: Sequence[Any], key: bytes, erased: Mapping[int, str]) -> bool:
    if row[_SEQ] in erased:
        return hmac.compare_digest(erased[row[_SEQ]], hash_chain.short_digest(row[:_HASH]))
    return hmac.compare_digest(compute_hash(row, key), row[_HASH])


def compute_hash(entry: Sequence[Any], key: bytes) -> str:
    """The hash that an entry must have: keyed, or plain if it has no outcome."""
    if entry[_OUTCOME] is None:
        return hash_chain.compute_unkeyed_hash(entry[: len(hash_chain.UNKEYED_COLUMNS)])
    return hash_chain.compute_mac(key, tuple(entry[:_HASH]))


def _verify_row(
    ticket_key: TicketKey, stored: StoredTicket, seal: Mapping[str, Any] | None
) -> Iterator[AuditFinding]:
    """Whether the ticket's row and clocks are as its history has left them."""
    expected: OutcomeDigests = orjson.loads(seal["outcome"]) if seal is not None else {}
    since: dict[str, int] = dict.fromkeys(expected, seal["stands_at"] if seal is not None else 0)
    for entry in stored.entries:
        if entry[_OUTCOME] is not None and (seal is None or entry[_SEQ] > seal["stands_at"]):
            outcome: OutcomeDigests = orjson.loads(entry[_OUTCOME])
            expected = expected | outcome | {"clocks": expected.get("clocks", {}) | outcome["clocks"]}
            since |= dict.fromkeys(outcome, entry[_SEQ])
    if not expected:  # nothing is keyed yet, which `_verify_chain` has reported
        return
    actual = stored.outcome
    for part, name_of_part in _PART_NAMES.items():
        if part in expected and expected[part] != actual[part]:
            yield build_finding(
                "ticket-changed",
                *ticket_key,
                since[part],
                f"{name_of_part} is not as step {since[part]} left it",
            )
    all_keyed = seal is not None or all(entry[_OUTCOME] is not None for entry in stored.entries)
    for name in sorted({*expected["clocks"], *(actual["clocks"] if all_keyed else ())}):
        before, now = expected["clocks"].get(name), actual["clocks"].get(name)
        if before != now:
            verb = "was added" if before is None else "was taken away" if now is None else "was changed"
            yield build_finding(
                "clock-changed", *ticket_key, stored.entries[-1][_SEQ], f"the clock {name!r} {verb}"
            )


def is_seal_intact(seal: Mapping[str, Any], key: bytes) -> bool:
    """Whether a row of `history_seals` is as it was written."""
    return hmac.compare_digest(compute_seal_mac(seal, key), seal["mac"])


def compute_seal_mac(seal: Mapping[str, Any], key: bytes) -> str:
    """The keyed hash of a row of `history_seals`."""
    values = {str(name): value for name, value in seal.items() if name != "mac"}
    return hash_chain.compute_mac(key, ["history-seals", {name: values[name] for name in sorted(values)}])
