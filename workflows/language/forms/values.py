"""What a formula looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, object]
_NOTHING: Mapping[str, Any] = {}


def _no_entry(_register: str, _key: str) -> Row | None:
    return None


class Values(NamedTuple):
    """What is so at the moment of asking. `fields` and `item` are as stored; instants are epoch seconds."""

    fields: Mapping[str, object] = _NOTHING
    ticket: Mapping[str, object] = _NOTHING
    actor: Mapping[str, object] = _NOTHING
    children: Mapping[str, Sequence[Row]] = _NOTHING
    visits: Mapping[str, int] = _NOTHING
    site: str = ""
    now: int = 0
    item: Row | None = None
    settings: Row = _NOTHING  # what the site has said of its settings
    records: Callable[[str, str], Row | None] = _no_entry  # the open columns of a register's entry


class Verdict(NamedTuple):
    """What a guard says. Of a no, `why` tells why it could not be answered; `saw` are the fields it names."""

    holds: bool
    why: str | None = None
    saw: Mapping[str, object] = _NOTHING


YES = Verdict(True)


class Formula(Protocol):
    """What can be asked of `Values`: an expression, as the fields of a form know it."""

    @property
    def source(self) -> str:
        """As it is written."""

    @property
    def names(self) -> frozenset[str]:
        """The top-level names it speaks of."""

    @property
    def keys(self) -> frozenset[str]:
        """The same in full: `ticket.state`."""

    def holds(self, values: Values) -> Verdict:
        """Whether it is so."""

    def value(self, values: Values) -> object:
        """What it comes to. ValueError if it cannot be worked out."""
