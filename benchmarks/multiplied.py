"""Multiplies the tickets of a desk inside its database: many of them within a minute.

A copy has an id and a number of its own and is moved in time; whatever the database does when a ticket is
written is done for it. Indexes are taken away meanwhile, and made anew at once.
"""

from __future__ import annotations

from benchmarks.copies import tidy
from workflows.storage import tables
from workflows.storage.database import Database, Session
from workflows.storage.search import first_doc

MOST = 1_000  # copies: three digits of an id tell them apart
_TABLES = {
    each.name: each for each in (tables.tickets, tables.history, tables.clocks, tables.texts, tables.outbox)
}
_NAMES = ", ".join(f"'{name}'" for name in _TABLES)
_INDEXES = (
    f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({_NAMES})"
)
_INDEXES_OF_POSTGRES = (
    f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({_NAMES})"
    " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
)
_UNMOVED = {"next_level_at"}  # it lies ahead, see `copies`
_FIRST = "first_ones"


def multiply(database: Database, times: int, apart: int) -> None:
    """Make `times` as many tickets, at most `MOST`: of each, copies `apart` seconds from each other."""
    assert times <= MOST
    with database.transaction() as session:
        indexes = session.run(_INDEXES_OF_POSTGRES if database.postgres else _INDEXES).fetchall()
        for name, _ in indexes:
            session.run(f"DROP INDEX {name}")
        for table in _TABLES:
            session.run(f"CREATE TEMP TABLE {_FIRST} AS SELECT * FROM {table}")
            for number in range(1, times):
                _copy(session, table, number, number * apart)
            session.run(f"DROP TABLE {_FIRST}")
        for _, sql in indexes:
            session.run(sql)
    tidy(database)


def _copy(session: Session, table: str, number: int, later: int) -> None:
    names = [column.name for column in _TABLES[table].columns]
    values = ", ".join(_change(table, name, number, later) for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    session.run(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {_FIRST}")


def _change(table: str, name: str, number: int, later: int) -> str:
    """What a column of the copy with this number holds."""
    match name:
        case "id" | "ticket_id":
            return f"substr({name}, 1, 20) || '{number:03d}' || substr({name}, 24)"
        case "number":
            return f"number || '-{number}'"
        case "doc":
            return f"doc + {first_doc(later)}"
    moved = name.endswith(("at", "since")) and name not in _UNMOVED and table != "outbox"
    return f'"{name}" + {later}' if moved else f'"{name}"'
