"""Writes down who has read which personal values; what a page has found, all at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

import orjson

from workflows.core.commands import Actor
from workflows.identifiers import uuid7
from workflows.storage.audit.books import READINGS
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.insert_statements import column_names
from workflows.storage.tables import readings
from workflows.timing.instants import Instant

SEARCH = "search"
"""The place of a site's searches among its readings."""
_ATTEMPTS = 50  # of readings that meet others of the same place
_NAMES = column_names(readings)
_INSERT = f"INSERT INTO {readings.name} ({_NAMES}) SELECT "
_INSERT_SQLITE = (
    _INSERT
    + ", ".join(f"json_extract(value, '$.{column.name}')" for column in readings.c)
    + " FROM json_each(:rows)"
)
_INSERT_POSTGRES = (
    f"{_INSERT}{_NAMES} FROM json_populate_recordset(CAST(NULL AS {readings.name}), CAST(:rows AS json))"
)
_SITE, _PLACE = "json_extract(p.value, '$[0]')", "json_extract(p.value, '$[1]')"
_LAST_SQLITE = (
    "SELECT r.site_id, r.ticket_id, r.seq, r.mac FROM json_each(:places) AS p"
    f" CROSS JOIN readings AS r ON r.site_id = {_SITE} AND r.ticket_id = {_PLACE} AND r.seq ="
    f" (SELECT max(m.seq) FROM readings AS m WHERE m.site_id = {_SITE} AND m.ticket_id = {_PLACE})"
)
_LAST_POSTGRES = (
    "SELECT r.site_id, r.ticket_id, r.seq, r.mac FROM json_array_elements(CAST(:places AS json)) AS p(value)"
    " JOIN LATERAL (SELECT * FROM readings AS m WHERE m.site_id = p.value ->> 0"
    " AND m.ticket_id = p.value ->> 1 AND m.seq IS NOT NULL ORDER BY m.seq DESC LIMIT 1) AS r ON TRUE"
)


class Reading(NamedTuple):
    """Somebody has read personal fields at a place of a site: a ticket (its id), an entry of a register
    (`units/6-0901`), or its searches (`SEARCH`); perhaps by the right of somebody who is away."""

    site: str
    place: str
    reader: Actor
    fields: Iterable[str]


class ReadingWriter:
    """Writes readings, each chained to the one before it at its place."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.sql(_INSERT_POSTGRES if database.postgres else _INSERT_SQLITE)
        self._last = database.sql(_LAST_POSTGRES if database.postgres else _LAST_SQLITE)

    def write(self, found: Sequence[Reading], at: Instant) -> None:
        """Write all of them, or none if anything is raised; in two statements, however many there are."""
        if not found:
            return
        key = load_audit_key(self._database)
        for _ in range(_ATTEMPTS - 1):
            with suppress(Conflict):  # two at once: each needs the number after the other's
                self._insert_after_last(found, at, key)
                return
        self._insert_after_last(found, at, key)

    def _insert_after_last(self, found: Sequence[Reading], at: Instant, key: bytes) -> None:
        places = sorted({(each.site, each.place) for each in found})
        asked = {"places": orjson.dumps(places).decode()}
        last = {tuple(row[:2]): (row[2], row[3]) for row in self._database.read(self._last, asked)}
        rows = []
        for each in found:
            seq, prev = last.get((each.site, each.place), (0, ""))
            row: dict[str, object] = {"site_id": each.site, "ticket_id": each.place, "at": at, "seq": seq + 1}
            row |= {"staff_id": each.reader.id, "on_behalf": each.reader.on_behalf}
            row["fields"] = orjson.dumps(sorted(each.fields)).decode()
            row["id"] = uuid7(at, seq + 1, secrets.token_bytes(8))  # two of one second stay in their order
            row["mac"] = READINGS.compute_mac(row, prev, key)
            last[each.site, each.place] = (row["seq"], row["mac"])
            rows.append(row)
        with self._database.single_write() as session:
            session.run(self._insert, {"rows": orjson.dumps(rows).decode()})
