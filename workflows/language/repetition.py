"""What a definition says of the same matter coming again: alike tickets, and second calls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Open tickets of the process with the same value in the field `same` are likely duplicates.

    `refuses`: one is not opened beside another, unless whoever opens it insists.
    """

    same: str
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class UrgeRule:
    """What a further call about a ticket does: `notify` hears of it, and each time that `raise_after` more
    have come, the priority goes up. Without `roles` anybody at the site who may see the ticket can urge."""

    roles: tuple[str, ...] = ()
    notify: tuple[str, ...] = ("assignee",)
    raise_after: int | None = None


@dataclass(frozen=True, slots=True)
class MergeRule:
    """A ticket that turns out to be the same as another of the process ends in the state `to`; `roles` may
    say so."""

    to: str
    roles: tuple[str, ...]


ONLY_COUNTED = UrgeRule()
"""Where a definition says nothing: a call is counted, and the assignee hears of it."""
