"""Refusals of the API itself, before the engine is called; each class is one HTTP status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.errors import Reason, Refusal

_COME_BACK = "5"  # seconds: as long as a database takes to start again


class Malformed(Refusal):
    """400: the request cannot be parsed."""

    status = 400
    slug = "malformed"


class Unauthorized(Refusal):
    """401: no valid credentials."""

    status = 401
    slug = "unauthorized"


class Ambiguous(Refusal):
    """409: the name has several matches."""

    status = 409
    slug = "ambiguous"


class TooSlow(Refusal):
    """408: the request did not arrive in time."""

    status = 408
    slug = "too-slow"


class TooLarge(Refusal):
    """413: the body is larger than allowed."""

    status = 413
    slug = "too-large"


class Unsupported(Refusal):
    """415: another content type is required."""

    status = 415
    slug = "unsupported"


class PreconditionRequired(Refusal):
    """428: a write must say which step of the ticket it was decided on (If-Match)."""

    status = 428
    slug = "precondition-required"


class TooMany(Refusal):
    """429: too many failures; `after` is the number of seconds to wait."""

    status = 429
    slug = "too-many"

    def __init__(self, reasons: Iterable[Reason] | Reason, after: int) -> None:
        super().__init__(reasons)
        self.after = after


class Gone(Refusal):
    """410: it was here, and was erased."""

    status = 410
    slug = "gone"


class OutOfRange(Refusal):
    """416: the file has no such bytes; `size` is how many it has."""

    status = 416
    slug = "out-of-range"

    def __init__(self, reasons: Iterable[Reason] | Reason, size: int) -> None:
        super().__init__(reasons)
        self.size = size


class NoRoom(Refusal):
    """507: there is no room for files."""

    status = 507
    slug = "no-room"


class OutOfService(Refusal):
    """503: the database is not available at this moment. The request itself may be right."""

    status = 503
    slug = "unavailable"


def reason(code: str, message: str, **more: object) -> Reason:
    """A reason with the facts `more`; `field` among them is the field it is about."""
    facts = {name: str(value) for name, value in more.items()}
    field = facts.get("field")
    return Reason(code, message, field=field, facts=facts)


def out_of_service() -> OutOfService:
    """The refusal while the database is not available."""
    message = "the database does not serve us at this moment; nothing is lost, try again"
    return OutOfService(reason("out-of-service", message))


def headers_of(refusal: Refusal) -> Mapping[str, str]:
    """The HTTP headers that belong to the refusal."""
    if isinstance(refusal, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="huifang"'}
    if isinstance(refusal, OutOfService):
        return {"Retry-After": _COME_BACK}
    if isinstance(refusal, TooMany):
        return {"Retry-After": str(refusal.after)}
    if isinstance(refusal, OutOfRange):
        return {"Content-Range": f"bytes */{refusal.size}"}
    return {}
