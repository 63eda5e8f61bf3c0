"""What config.toml may say. Unknown keys are refused, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from workflows.language.forms.field import LANGUAGES
from workflows.timing.durations import SECONDS_IN, Duration, DurationError
from workflows.timing.problems import did_you_mean

_OFTEN = Range(min=1, max=100_000)
_TIME_OF_DAY = Regexp(r"^(|([01]\d|2[0-3]):[0-5]\d)$", error="write a time of day, such as 21:30, or nothing")
_UNKNOWN = "unknown key"


class Span(fields.Field[int]):
    """A length of time with its unit spelled, in seconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if not isinstance(value, str):
            raise ValidationError("write a length of time, such as '30 seconds'")
        try:
            duration = Duration.parse(value)
        except DurationError as error:
            raise ValidationError(str(error)) from error
        if duration.working:
            raise ValidationError(f"{value!r}: the desk itself has no working hours; use time on the wall")
        return duration.amount * SECONDS_IN[duration.unit]


class Part(Schema):
    """A table of the file."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": _UNKNOWN}  # noqa: RUF012 - marshmallow's own idiom


class DatabaseShape(Part):
    """`[database]`"""

    url = fields.String()
    synchronous = fields.String(validate=OneOf(("FULL", "NORMAL")))


class ServerShape(Part):
    """`[server]`"""

    host = fields.String(validate=Length(min=1))
    port = fields.Integer(strict=True, validate=Range(min=1, max=65_535))
    workers = fields.Integer(strict=True, validate=Range(min=1, max=64))
    threads = fields.Integer(strict=True, validate=Range(min=1, max=256))
    proxies = fields.Integer(strict=True, validate=Range(min=0, max=5))
    read_timeout = Span(validate=Range(min=1, max=3_600))


class ApiShape(Part):
    """`[api]`"""

    largest_body = fields.Integer(strict=True, validate=Range(min=10_000, max=100_000_000))
    page = fields.Integer(strict=True, validate=Range(min=1, max=1_000))
    largest_page = fields.Integer(strict=True, validate=Range(min=1, max=1_000))
    token_life = Span()
    publishers = fields.List(fields.String(validate=Length(min=1)), validate=Length(min=1))
    sign_in_failures = fields.Integer(strict=True, validate=_OFTEN)
    sign_in_wait = Span()


class ClockShape(Part):
    """`[clock]`"""

    sweep_every = Span()
    sweep_batch = fields.Integer(strict=True, validate=_OFTEN)
    schedules_every = Span()
    cleanup_every = Span()
    keep_answers = Span()
    keep_messages = Span()
    keep_runs = Span()


class RelayShape(Part):
    """`[relay]`"""

    every = Span()
    batch = fields.Integer(strict=True, validate=_OFTEN)
    attempts = fields.Integer(strict=True, validate=Range(min=1, max=100))
    first_wait = Span()
    longest_wait = Span()
    lease = Span()
    quiet_from = fields.String(validate=_TIME_OF_DAY)
    quiet_until = fields.String(validate=_TIME_OF_DAY)


class MailShape(Part):
    """`[mail]`"""

    host = fields.String()
    port = fields.Integer(strict=True, validate=Range(min=1, max=65_535))
    sender = fields.String()
    user = fields.String()
    starttls = fields.Boolean(truthy={True}, falsy={False})
    timeout = Span()

    @validates_schema
    def _whole(self, said: Mapping[str, Any], **_more: Any) -> None:
        if said.get("host") and "@" not in said.get("sender", ""):
            raise ValidationError("needed to send mail, such as desk@example.org", "sender")


class ChannelsShape(Part):
    """`[channels]`"""

    base_url = fields.String(
        validate=Regexp(r"^(|https?://.+[^/])$", error="write https://… without a last slash")
    )
    services = fields.List(fields.String(validate=Length(min=1)))
    hosts = fields.List(fields.String(validate=Length(min=1)))


class ConfigShape(Part):
    """The whole file."""

    language = fields.String(validate=OneOf(LANGUAGES))
    definitions = fields.String(validate=Length(min=1))
    database = fields.Nested(DatabaseShape)
    server = fields.Nested(ServerShape)
    api = fields.Nested(ApiShape)
    clock = fields.Nested(ClockShape)
    relay = fields.Nested(RelayShape)
    mail = fields.Nested(MailShape)
    channels = fields.Nested(ChannelsShape)


def shaped(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The file's values with durations in seconds, and one line for each thing that is wrong."""
    try:
        return dict(ConfigShape().load(raw)), []
    except ValidationError as error:
        return {}, list(_lines(_tree(error), ConfigShape(), ()))


def _lines(messages: Mapping[Any, Any], shape: Schema | None, path: tuple[str, ...]) -> Iterator[str]:
    for key, found in messages.items():
        here = (*path, str(key))
        if isinstance(found, dict):
            known = shape.fields.get(str(key)) if shape else None
            yield from _lines(found, known.schema if isinstance(known, fields.Nested) else None, here)
            continue
        for message in found:
            hint = did_you_mean(key, shape.fields) if shape and message == _UNKNOWN else ""
            yield f"{'.'.join(here)}: {_plain(message)}{hint}"


def _tree(error: ValidationError) -> Mapping[Any, Any]:
    return error.messages if isinstance(error.messages, dict) else {"": error.messages}


def _plain(message: str) -> str:
    return re.sub(r"\.$", "", message[:1].lower() + message[1:])
