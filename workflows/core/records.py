"""What a decision asks of registers, and what it has written into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

Columns = Mapping[str, object]
NO_COLUMNS: Columns = {}  # never written to


class Records(Protocol):
    """The registers of a site, as they stand. A decision reads them, and never writes."""

    def find(self, register: str, key: str, /) -> Columns | None:
        """The open columns of an entry in force, its key among them."""

    def kept(self, register: str, /) -> bool:
        """Whether the site has any entry in force: without one, the register is not in use there."""


class Unkept:
    """A site that keeps no registers."""

    def find(self, register: str, key: str, /) -> Columns | None:  # noqa: ARG002 - it holds nothing
        """Nothing."""
        return None

    def kept(self, register: str, /) -> bool:  # noqa: ARG002 - likewise
        """No."""
        return False


NO_RECORDS: Records = Unkept()


class Filing(NamedTuple):
    """What a step, or a person, writes into an entry: columns (None empties one), or its end.

    `data` are the open columns without the key, `personal` the others.
    """

    register: str
    key: str
    column: str  # what the key is called among the columns
    data: Columns = NO_COLUMNS
    personal: Columns = NO_COLUMNS
    strike: bool = False


class Drafted:
    """The registers with what has been decided, and is not yet written, laid over them."""

    def __init__(self, stored: Records, filings: Iterable[Filing]) -> None:
        self._stored = stored
        self._filings = tuple(filings)

    def find(self, register: str, key: str, /) -> Columns | None:
        """The open columns of an entry in force."""
        found = self._stored.find(register, key)
        for filing in self._filings:
            if (filing.register, filing.key) == (register, key):
                found = None if filing.strike else laid({**(found or {}), filing.column: key}, filing.data)
        return found

    def kept(self, register: str, /) -> bool:
        """Whether the site has any entry in force."""
        written = any(each.register == register and not each.strike for each in self._filings)
        return written or self._stored.kept(register)


def laid(old: Columns, new: Columns) -> dict[str, object]:
    """The columns with `new` ones laid over; an empty value takes a column away."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}
