"""Counts the statements that this thread has sent to the database."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine, event


class StatementCount(threading.local):
    """`total` grows by one with each statement of the present thread; the difference of two readings is what
    lay between them."""

    total = 0


executed = StatementCount()


def count_core_statements(engine: Engine) -> None:
    """Count the statements of SQLAlchemy Core, too. Those on a session's own cursor count themselves."""

    @event.listens_for(engine, "before_cursor_execute")
    def _count(*_: Any) -> None:
        executed.total += 1
