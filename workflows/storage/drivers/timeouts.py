"""Time limits for waiting for a database, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """All but `restart` apply to PostgreSQL only; 0 means no limit.

    connect    for a new connection
    lock       for a row that another transaction has locked
    statement  for one statement
    idle       between two statements of a transaction; then the server undoes it, so that a frozen process
               does not keep its locks
    restart    for a database that restarts, while nothing has begun
    """

    connect: int = 3
    lock: int = 5
    statement: int = 30
    idle: int = 15
    restart: int = 2


NO_TIMEOUTS = Timeouts(lock=0, statement=0, idle=0)
"""For migrations and backups, which may take hours."""
