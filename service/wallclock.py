"""The one place where the wall clock is read. Everywhere else `now` is an argument."""

from __future__ import annotations

import time

from workflows.timing.instants import Instant


def now() -> Instant:
    """The present instant: whole epoch seconds, UTC."""
    return int(time.time())
