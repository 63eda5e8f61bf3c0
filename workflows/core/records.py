"""What decisions read from registers, and the writes they describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from workflows.folding import canonical

Columns = Mapping[str, object]
NO_COLUMNS: Columns = {}  # never written to


class RegisterReader(Protocol):
    """Read access to a site's registers."""

    def find(self, register: str, key: str, /) -> Columns | None:
        """The non-personal columns of an entry in force, its key among them; None without one."""

    def is_in_use(self, register: str, /) -> bool:
        """Whether the site has any entry in force in the register."""


class NoRegisters:
    """The registers of a site that keeps none."""

    def find(self, register: str, key: str, /) -> Columns | None:  # noqa: ARG002 - it holds nothing
        """None: there are no entries."""
        return None

    def is_in_use(self, register: str, /) -> bool:  # noqa: ARG002 - likewise
        """False: no register is in use."""
        return False


NO_REGISTERS: RegisterReader = NoRegisters()


class EntryWrite(NamedTuple):
    """A write to an entry: columns to set (None empties one), or `strike` to end it.

    `data` are the non-personal columns without the key, `personal` the others.
    """

    register: str
    key: str
    column: str  # the name of the key's column
    data: Columns = NO_COLUMNS
    personal: Columns = NO_COLUMNS
    strike: bool = False


class PendingRegisters:
    """The stored registers with pending writes applied."""

    def __init__(self, stored: RegisterReader, entry_writes: Iterable[EntryWrite]) -> None:
        self._stored = stored
        self._writes = tuple(entry_writes)

    def find(self, register: str, key: str, /) -> Columns | None:
        """The non-personal columns of an entry in force; None without one."""
        columns = self._stored.find(register, key)
        for write in self._writes:
            if (write.register, write.key) == (register, canonical(key)):
                columns = (
                    None
                    if write.strike
                    else merge_columns({**(columns or {}), write.column: key}, write.data)
                )
        return columns

    def is_in_use(self, register: str, /) -> bool:
        """Whether the site has any entry in force, pending ones included."""
        is_written = any(each.register == register and not each.strike for each in self._writes)
        return is_written or self._stored.is_in_use(register)


def merge_columns(old: Columns, new: Columns) -> dict[str, object]:
    """The columns with `new` ones merged in; None removes a column."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}
