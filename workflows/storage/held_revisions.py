"""The revisions that a thread takes for the present ones while it makes one page: a page is of one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import local


class HeldRevisions(local):
    """Of each thread: whether it holds the revisions, and which; None if it has not read them yet."""

    holding = False
    values: Mapping[str, int] | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Within, this thread reads all revisions together, once."""
        if self.holding:
            yield
            return
        self.holding = True
        try:
            yield
        finally:
            self.holding, self.values = False, None

    def renew(self) -> None:
        """Read them again when they are next asked for: this thread has changed something."""
        self.values = None
