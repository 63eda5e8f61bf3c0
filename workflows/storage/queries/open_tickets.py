"""Reads how many open tickets a change of definitions concerns: by version and state, and by what is in their
fields.

Everything is counted, also at other sites and also what is restricted, since a change concerns all of it; how
many of these somebody may hear of is said beside it. Personal values are encrypted: a ticket has some, or
none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import orjson

from workflows.storage.database import Database
from workflows.storage.sql import Row, bind_list, in_values

MOST_NUMBERS = 3
"""So many tickets are named."""
_NOT_ENDED = "category IN ('open', 'waiting')"
_SEEN = "CASE WHEN :all = 1 OR (audience IS NULL AND site_id {sites}) THEN 1 ELSE 0 END"
_GROUP = "PARTITION BY workflow, version, state"
_STANDING = (
    "SELECT workflow, version, state, total, shown, sealed, place, number FROM ("
    "SELECT workflow, version, state, number, seen,"
    f" count(*) OVER ({_GROUP}) AS total, sum(seen) OVER ({_GROUP}) AS shown,"
    f" sum(CASE WHEN personal IS NULL THEN 0 ELSE seen END) OVER ({_GROUP}) AS sealed,"
    f" row_number() OVER ({_GROUP} ORDER BY seen DESC, opened_at, id) AS place"
    f" FROM (SELECT tickets.*, {_SEEN} AS seen FROM tickets"
    f" WHERE {_NOT_ENDED} AND workflow {{workflows}}) AS standing) AS placed"
    f" WHERE place <= {MOST_NUMBERS} ORDER BY workflow, version, state, place"
)
# Of a field whose values are asked for, each one; of another, only that there is one.
_VALUES = (
    "SELECT workflow, version, name, said, count(*) FROM (SELECT workflow, version, pair.key AS name,"
    " CASE WHEN workflow || '/' || pair.key {asked} THEN pair.value ELSE '' END AS said"
    " FROM tickets {pairs}"
    f" WHERE {_NOT_ENDED} AND workflow {{workflows}} AND {_SEEN} = 1"
    " AND workflow || '/' || pair.key {fields} AND pair.value IS NOT NULL) AS found"
    " GROUP BY workflow, version, name, said"
)
_PAIRS = "CROSS JOIN json_each(tickets.data) AS pair"
_PAIRS_POSTGRES = "CROSS JOIN LATERAL json_each_text(CAST(tickets.data AS json)) AS pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTickets:
    """The open tickets of a version in a state: how many there are, how many of them may be spoken of, the
    numbers of the first of those, and how many of those hold personal values."""

    workflow: str
    version: int
    state: str
    count: int
    seen: int
    numbers: tuple[str, ...] = ()
    sealed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValues:
    """How many open tickets of a version have this in a field; `value` is empty if only that was asked."""

    workflow: str
    version: int
    field: str
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFields:
    """The open fields to look into, each as `workflow/field`: `options` by their values, `others` only for
    whether there is one."""

    options: frozenset[str] = field(default_factory=frozenset)
    others: frozenset[str] = field(default_factory=frozenset)


class OpenTickets:
    """Counts open tickets, in one statement each time, for somebody at these `sites`; None: for the desk, who
    sees all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        listed = {
            name: in_values(name, database.postgres) for name in ("sites", "workflows", "asked", "fields")
        }
        pairs = _PAIRS_POSTGRES if database.postgres else _PAIRS
        self._standing = database.sql(_STANDING.format(**listed))
        self._values = database.sql(_VALUES.format(pairs=pairs, **listed))

    def by_state(
        self, workflows: Collection[str], sites: Collection[str] | None = None
    ) -> tuple[StandingTickets, ...]:
        """The open tickets of these workflows, by workflow, version and state."""
        if not workflows:
            return ()
        rows = self._database.read(self._standing, self._bind(workflows, sites))
        return tuple(_build_standing(rows))

    def by_value(self, asked: AskedFields, sites: Collection[str] | None = None) -> tuple[StoredValues, ...]:
        """How many open tickets have what in these fields; each option of a list counts."""
        fields = asked.options | asked.others
        if not fields:
            return ()
        postgres = self._database.postgres
        values = self._bind({each.partition("/")[0] for each in fields}, sites)
        values |= {"asked": bind_list(asked.options, postgres), "fields": bind_list(fields, postgres)}
        return tuple(_build_values(self._database.read(self._values, values)))

    def _bind(self, workflows: Collection[str], sites: Collection[str] | None) -> dict[str, object]:
        postgres = self._database.postgres
        return {
            "workflows": bind_list(workflows, postgres),
            "sites": bind_list(sites or (), postgres),
            "all": int(sites is None),
        }


def _build_standing(rows: Iterable[Row]) -> Iterable[StandingTickets]:
    groups: dict[tuple[str, int, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row[0], row[1], row[2]), []).append(row)
    for (workflow, version, state), members in groups.items():
        total, shown, sealed = (int(each) for each in members[0][3:6])
        yield StandingTickets(
            workflow=workflow,
            version=version,
            state=state,
            count=total,
            seen=shown,
            numbers=tuple(row[7] for row in members[: min(shown, MOST_NUMBERS)]),
            sealed=sealed,
        )


def _build_values(rows: Iterable[Row]) -> Iterable[StoredValues]:
    counts: dict[tuple[str, int, str, str], int] = {}
    for workflow, version, name, said, count in rows:
        for value in _split(str(said)):
            key = (workflow, int(version), name, value)
            counts[key] = counts.get(key, 0) + int(count)
    for (workflow, version, name, value), count in sorted(counts.items()):
        yield StoredValues(workflow=workflow, version=version, field=name, value=value, count=count)


def _split(said: str) -> list[str]:
    """The options in a stored value, which is one or a JSON list of some."""
    return [str(each) for each in orjson.loads(said)] if said.startswith("[") else [said]
