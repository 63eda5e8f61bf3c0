"""A database session: one connection, with prepared statements run on its cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPICursor

from workflows.storage.drivers.watchdog import Watchdog
from workflows.storage.sql import Sql
from workflows.storage.statement_count import executed

NOTHING: Mapping[str, Any] = {}


class Session:
    """One connection in use. `run` executes prepared statements; `connection` is for queries of SQLAlchemy
    Core.

    `pristine` is True until the SQLAlchemy connection is asked for: such a session needs no reset afterwards.
    """

    __slots__ = ("_connection", "_cursor", "_raw", "_watchdog", "pristine")

    def __init__(self, connection: Connection, watchdog: Watchdog | None = None) -> None:
        self._connection = connection
        self._watchdog = watchdog
        self.pristine = True
        driver: Any = connection.connection
        self._raw: Any = driver.dbapi_connection
        self._cursor: DBAPICursor = driver.cursor()
        if connection.dialect.name == "postgresql":
            from psycopg import RawCursor  # the driver is an extra

            raw: Any = RawCursor(driver.dbapi_connection)
            raw.adapters.register_dumper(int, _untyped_int_dumper())
            self._cursor = raw

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection. From here on the session is not pristine."""
        self.pristine = False
        return self._connection

    def run(self, statement: Sql | str, row: Mapping[str, Any] = NOTHING) -> DBAPICursor:
        """Run a statement with the values of one row; the cursor with its result. Pass text for a
        statement that is run only once."""
        if isinstance(statement, str):
            statement = Sql(statement, postgres=self._connection.dialect.name == "postgresql")
        executed.total += 1
        if self._watchdog is None:
            self._cursor.execute(statement.text, statement.values(row))
            return self._cursor
        driver = self.raw
        self._watchdog.begin(driver)
        try:
            self._cursor.execute(statement.text, statement.values(row))
        finally:
            self._watchdog.end(driver)
        return self._cursor

    def run_many(self, statement: Sql, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run a statement once for each row; how many database rows it changed in all."""
        executed.total += 1
        self._cursor.executemany(statement.text, list(map(statement.values, rows)))
        return self._cursor.rowcount

    @property
    def raw(self) -> Any:
        """The driver's own connection, for callers that only read its state."""
        return self._raw

    @property
    def driver(self) -> Any:
        """The driver's own connection, found by way of SQLAlchemy; the session is not pristine afterwards."""
        return self.connection.connection.dbapi_connection


def _untyped_int_dumper() -> type:
    """A psycopg dumper that sends whole numbers without a type, as texts and nulls are. With types,
    PostgreSQL would prepare a statement anew for each mix of numbers and nulls."""
    from psycopg.adapt import Dumper  # the driver is an extra

    class Untyped(Dumper):
        def dump(self, obj: int) -> bytes:
            return b"%d" % obj

    return Untyped
