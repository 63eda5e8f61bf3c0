"""The values that a formula is evaluated with, and its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

Row = Mapping[str, object]
_NOTHING: Mapping[str, Any] = {}


def _no_entry(_register: str, _key: str) -> Row | None:
    return None


def _unknown(_at: int) -> bool:
    raise ValueError("there is no calendar here")


class Values(NamedTuple):
    """The values at one moment. `fields` and `item` are in stored form; instants are epoch seconds."""

    fields: Mapping[str, object] = _NOTHING
    ticket: Mapping[str, object] = _NOTHING
    actor: Mapping[str, object] = _NOTHING
    children: Mapping[str, Sequence[Row]] = _NOTHING
    visits: Mapping[str, int] = _NOTHING
    site: str = ""
    now: int = 0
    item: Row | None = None
    settings: Row = _NOTHING  # the site's settings, in stored form
    records: Callable[[str, str], Row | None] = _no_entry  # the open columns of a register's entry
    zone: str = "UTC"  # the time zone of local times
    is_open: Callable[[int], bool] = _unknown  # whether the site's office is open at an instant


class EvaluationResult(NamedTuple):
    """The result of a guard. If it does not hold, `reason` is why it could not be evaluated, and
    `seen_values` are the values of the fields it names (`***` for personal ones). `unreadable` marks a
    condition of a stored version that cannot be evaluated any more."""

    holds: bool
    reason: str | None = None
    seen_values: Mapping[str, object] = _NOTHING
    unreadable: bool = False


HOLDS = EvaluationResult(True)


class Formula(Protocol):
    """An expression as forms see it."""

    @property
    def source(self) -> str:
        """The text of the expression."""

    @property
    def names(self) -> frozenset[str]:
        """The top-level names that it uses."""

    @property
    def keys(self) -> frozenset[str]:
        """The names in full, such as `ticket.state`."""

    def holds(self, values: Values) -> EvaluationResult:
        """Whether it is true; an error counts as false."""

    def value(self, values: Values) -> object:
        """Its value. Raises ValueError if it cannot be computed."""
