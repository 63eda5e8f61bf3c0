"""What the house says when it says no.

A refusal carries *every* reason at once, so that mending exactly those makes the act succeed. A reason has a
stable `code` (programs read it, translations are keyed by it) and the facts its sentence is made from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal.

    `code` is stable; `message` is English; `facts` are the values in the sentence, for other languages.
    `field` names the form field it is about, `saw` the value found there, `who` the roles that could do it.
    """

    code: str
    message: str
    field: str | None = None
    saw: object = None
    who: tuple[str, ...] = ()
    facts: dict[str, str] = made(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it is no error: the desk says no
    """The act is refused and nothing has changed."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "refused"

    def __init__(self, reasons: Iterable[Reason] | Reason) -> None:
        self.reasons = (reasons,) if isinstance(reasons, Reason) else tuple(reasons)
        super().__init__("; ".join(reason.message for reason in self.reasons))


class Invalid(Refusal):
    """What was sent does not fit the form."""

    status = 422
    slug = "invalid"


class Forbidden(Refusal):
    """The actor has no right to it."""

    status = 403
    slug = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or none that the actor may know of."""

    status = 404
    slug = "not-found"


class Blocked(Refusal):
    """The ticket's state, a guard or an invariant forbids it now."""

    status = 409
    slug = "blocked"


class Stale(Refusal):
    """The ticket has moved on since the actor looked at it."""

    status = 412
    slug = "stale"


class KeyReused(Refusal):
    """The idempotency key was used before, for another request."""

    status = 422
    slug = "key-reused"


def refusal(reasons: Iterable[Reason]) -> Refusal:
    """The refusal that fits the gravest of `reasons`: rights before state before form."""
    found = tuple(reasons)
    codes = {reason.code for reason in found}
    if codes & {"role-needed", "not-a-member", "separate", "separate-in-place"}:
        return Forbidden(found)
    if codes & {"not-in-state", "guard", "closed", "claimed", "unknown-trigger"}:
        return Blocked(found)
    return Invalid(found)
