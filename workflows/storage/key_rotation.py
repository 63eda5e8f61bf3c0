"""Rotates the master keys: every wrapped key is wrapped again by the current one, while the service runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.master_keys import WRAPPED_COLUMNS, WrappedColumn
from workflows.storage.sql import Row

PAGE_SIZE = 200  # rows in one transaction: nobody waits long for it
_ATTEMPTS = 20  # for a page whose rows are being swept meanwhile

ProgressCallback = Callable[[int], None]


def rotate(database: Database, progress: ProgressCallback) -> int:
    """Wrap everything by the current master key; how many rows were rewrapped. `progress` gets that number
    after each page.

    It may be stopped at any moment and run again, and the service may run meanwhile: a row that was erased
    meanwhile stays erased.
    """
    done = 0
    for each in WRAPPED_COLUMNS:
        for page in _read_pages(database, each):
            done += _retry_on_conflict(partial(_rewrap_page, database, each, page))
            progress(done)
    return done


def _read_pages(database: Database, each: WrappedColumn) -> Iterator[Sequence[Row]]:
    """The rows that another key wraps, in the order of their keys, a page at a time."""
    keys = ", ".join(each.keys)
    marks = ", ".join(f":k{place}" for place in range(len(each.keys)))
    first = f"substr({each.column}, 1, 1)"
    last: Row = ()
    while True:
        after = f" AND ({keys}) > ({marks})" if last else ""
        query = f"SELECT {keys}, {each.column} FROM {each.table} WHERE {first} <> :current{after}"
        values: dict[str, object] = {f"k{place}": value for place, value in enumerate(last)}
        values["current"] = bytes([database.cipher.current])
        page = database.read(f"{query} ORDER BY {keys} LIMIT {PAGE_SIZE}", values)
        if page:
            yield page
        if len(page) < PAGE_SIZE:
            return
        last = page[-1][:-1]


def _rewrap_page(database: Database, each: WrappedColumn, page: Sequence[Row]) -> int:
    where = " AND ".join(f"{name} = :k{place}" for place, name in enumerate(each.keys))
    sql = database.sql(f"UPDATE {each.table} SET {each.column} = :new WHERE {where} AND {each.column} = :old")
    rows = []
    for *key, old in page:
        new = database.cipher.rewrap(bytes(old), each.owner(tuple(key)))
        values: dict[str, object] = {f"k{place}": value for place, value in enumerate(key)}
        rows.append(values | {"old": bytes(old), "new": new})
    with database.transaction() as session:
        return sum(session.run(sql, row).rowcount for row in rows)


def _retry_on_conflict(write: Callable[[], int]) -> int:
    for _ in range(_ATTEMPTS - 1):
        try:
            return write()
        except Conflict:  # PostgreSQL: two transactions locked the same rows in different orders
            continue
    return write()
