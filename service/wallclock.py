"""The only module that reads the wall clock. Everywhere else `now` is an argument."""

from __future__ import annotations

import time

from workflows.timing.instants import Instant


def now() -> Instant:
    """The present instant: epoch seconds, whole, UTC."""
    return int(time.time())
