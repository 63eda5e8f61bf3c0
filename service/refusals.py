"""What the door itself says no to, before anybody has looked at the ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.errors import Reason, Refusal


class Malformed(Refusal):
    """The request cannot be read."""

    status = 400
    slug = "malformed"


class Unauthorized(Refusal):
    """Nobody is known to be asking."""

    status = 401
    slug = "unauthorized"


class Ambiguous(Refusal):
    """Several things answer to that name."""

    status = 409
    slug = "ambiguous"


class TooSlow(Refusal):
    """The request did not arrive in time."""

    status = 408
    slug = "too-slow"


class TooLarge(Refusal):
    """More than is taken at once."""

    status = 413
    slug = "too-large"


class Unsupported(Refusal):
    """Not the kind of content that is wanted."""

    status = 415
    slug = "unsupported"


class PreconditionRequired(Refusal):
    """A write must say which state of the ticket it was decided on."""

    status = 428
    slug = "precondition-required"


class TooMany(Refusal):
    """Too many failures; `after` is how many seconds to wait."""

    status = 429
    slug = "too-many"

    def __init__(self, reasons: Iterable[Reason] | Reason, after: int) -> None:
        super().__init__(reasons)
        self.after = after


def reason(code: str, message: str, **more: object) -> Reason:
    """A reason whose facts are `more`; `field` among them names what it is about."""
    facts = {name: str(value) for name, value in more.items()}
    field = facts.get("field")
    return Reason(code, message, field=field, facts=facts)


def headers_of(refusal: Refusal) -> Mapping[str, str]:
    """The headers that belong to the refusal."""
    if isinstance(refusal, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="huifang"'}
    if isinstance(refusal, TooMany):
        return {"Retry-After": str(refusal.after)}
    return {}
