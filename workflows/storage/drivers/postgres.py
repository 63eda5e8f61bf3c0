"""Connects to a PostgreSQL server, with time limits for everything that is waited for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import NullPool, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from workflows.storage.drivers.session import Session
from workflows.storage.drivers.timeouts import Timeouts
from workflows.storage.drivers.watchdog import Watchdog
from workflows.storage.errors import Unavailable
from workflows.storage.sql import Sql

_PROBE_SECONDS = 2  # the driver takes no less
_BEGIN = Sql("BEGIN", postgres=True)


def begin_on_server(session: Session) -> None:
    """Begin a transaction on PostgreSQL."""
    session.run(_BEGIN)


class PostgresServer:
    """The engine of one database on a server, and the watchdog of its statements."""

    def __init__(self, url: str, timeouts: Timeouts) -> None:
        self._url = make_url(url)
        self.engine = create_engine(
            self._url,
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=build_connect_args(self._url, timeouts),
        )
        self.watchdog = Watchdog(self._is_alive, timeouts.statement)

        @event.listens_for(self.engine, "before_cursor_execute")
        def _watch(
            connection: Any, *_more: object
        ) -> None:  # Core's statements; ended when the session is released
            self.watchdog.begin(connection.connection.dbapi_connection)

    def refuse_if_down(self) -> None:
        """Unavailable at once, while the watchdog knows that the server does not answer."""
        if self.watchdog.down:
            raise Unavailable("the database does not answer", transient=True)

    def translate_connect_error(self, error: DBAPIError) -> BaseException:
        """Unavailable, with the reason why no connection could be opened."""
        from psycopg.errors import ConnectionTimeout  # the driver is an extra

        if isinstance(error.orig, ConnectionTimeout):
            self.watchdog.suspect()
        reason = str(error.orig).strip().partition("\n")[0]
        return Unavailable(f"the database cannot be reached: {reason}", transient=True)

    def _is_alive(self) -> bool:
        """Whether the server answers a new connection, even with a refusal."""
        from psycopg import Error, connect
        from psycopg.errors import ConnectionTimeout

        _, parameters = self.engine.dialect.create_connect_args(self._url)
        try:
            connect(**{**parameters, "connect_timeout": _PROBE_SECONDS}).close()
        except ConnectionTimeout:
            return False
        except Error:
            return True
        return True


def build_connect_args(url: URL, timeouts: Timeouts) -> dict[str, Any]:
    """The parameters of the driver. Those in the URL take precedence."""
    given = url.query
    settings = {
        "lock_timeout": timeouts.lock,
        "statement_timeout": timeouts.statement,
        "idle_in_transaction_session_timeout": timeouts.idle,
    }
    options = " ".join(f"-c {name}={seconds * 1_000}" for name, seconds in settings.items())
    arguments: dict[str, Any] = {
        "connect_timeout": timeouts.connect,
        # A vanished host is noticed within half a minute, also while waiting for an answer.
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,
    }
    arguments = {name: value for name, value in arguments.items() if name not in given}
    arguments["options"] = f"{options} {given.get('options', '')}".strip()
    return arguments
