"""Refusals and their reasons.

A refusal carries *every* reason at once, so that removing exactly those makes the command succeed. A reason
has a stable `code` (for programs, and the key of its translations) and the facts that its sentence needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import PurePath
from traceback import extract_tb
from typing import ClassVar

MAX_REASONS = 50
"""The most reasons that a refusal lists; of the others it gives the count."""
MAX_HINTS = 10
"""The most unknown names for which the nearest known one is suggested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetCondition:
    """A condition of the definition that does not hold.

    `because` says what it wants, by language; it is empty where the definition does not say so. `named` has
    the values of the fields that `because` names, in stored form, or is None where it may name none; `zone`
    is that of the site. `fields` are the form fields that it reads. Of a step that could be taken in several
    ways, `to` is the state where this one leads (None: it stays), and `missing` are the fields that this one
    still needs.
    """

    because: Mapping[str, str]
    named: Mapping[str, object] | None = None
    zone: str = "UTC"
    fields: tuple[str, ...] = ()
    to: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal.

    `code` is stable; `message` is English; `facts` are the values in the sentence, for other languages.
    `field` is the form field concerned, `saw` the value found there, `who` the roles that could do it.
    `conditions` are those of the definition that do not hold; one of them would be enough.
    """

    code: str
    message: str
    field: str | None = None
    saw: object = None
    who: tuple[str, ...] = ()
    facts: dict[str, str] = made(default_factory=dict)
    conditions: tuple[UnmetCondition, ...] = ()


class Refusal(Exception):  # noqa: N818 - a refusal is a regular outcome
    """The command is refused and nothing has changed. `status` is for HTTP; `slug` names the kind in URLs."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "refused"

    def __init__(self, reasons: Iterable[Reason] | Reason) -> None:
        self.reasons = (reasons,) if isinstance(reasons, Reason) else tuple(reasons)
        self.details: Mapping[str, object] = {}  # what belongs to the refusal as a whole
        super().__init__("; ".join(reason.message for reason in self.reasons[:MAX_REASONS]))


class Invalid(Refusal):
    """The submitted values do not fit the form."""

    status = 422
    slug = "invalid"


class Forbidden(Refusal):
    """The actor has no right to do this."""

    status = 403
    slug = "forbidden"


class NotFound(Refusal):
    """It does not exist, or is not visible to the actor."""

    status = 404
    slug = "not-found"


class Blocked(Refusal):
    """The ticket's state, a guard or an invariant does not allow it now."""

    status = 409
    slug = "blocked"


class Stale(Refusal):
    """The ticket has taken steps that the actor has not seen."""

    status = 412
    slug = "stale"


class KeyReused(Refusal):
    """The idempotency key was used before for another request."""

    status = 422
    slug = "key-reused"


_UNUSABLE = ("unusable-step", "unusable-version")  # reasons of a stored version that breaks later rules


def build_refusal(reasons: Iterable[Reason]) -> Refusal:
    """The refusal of the gravest kind among `reasons`: rights before state before form."""
    all_reasons = tuple(reasons)
    codes = {reason.code for reason in all_reasons}
    if codes & {"role-needed", "not-a-member", "separate", "separate-in-place"}:
        return Forbidden(all_reasons)
    if codes & {"not-in-state", "guard", "closed", "claimed", "duplicate", "unknown-trigger", *_UNUSABLE}:
        return Blocked(all_reasons)
    return Invalid(all_reasons)


def describe_error(error: Exception) -> str:
    """A text about an error that is safe to store: the reasons of a refusal, else only class and place.

    The message of an unexpected error may quote personal values, and the stored text is not encrypted.
    """
    if isinstance(error, Refusal):
        return str(error)
    frames = extract_tb(error.__traceback__)
    place = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
