"""The schema of config.toml: types and bounds. Unknown keys are refused, with a suggestion.

Nothing has a default here: those are in `settings_tables`, `Settings` and `Timeouts`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from service.address import is_safe_address
from service.settings_tables import RelaySettings
from workflows.language.forms.field import LANGUAGES
from workflows.schema_messages import walk_messages
from workflows.suggestions import did_you_mean
from workflows.timing.durations import SECONDS_IN, Duration, DurationError

_OFTEN = Range(min=1, max=100_000)
_WAITED = Range(min=1, max=3_600)
_TIME_OF_DAY = Regexp(r"^(|([01]\d|2[0-3]):[0-5]\d)$", error="write a time of day, such as 21:30, or nothing")
_UNKNOWN = "unknown key"


class SecondsField(fields.Field[int]):
    """A duration written with its unit ("30 seconds"), loaded as seconds. Working hours are refused."""

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


class TableSchema(Schema):
    """The base of all tables: an unknown key is an error."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": _UNKNOWN}  # noqa: RUF012 - marshmallow's own idiom


class TimeoutsSchema(TableSchema):
    """`[database.limits]`"""

    restart = SecondsField(validate=Range(min=0, max=60))
    connect = SecondsField(validate=Range(min=1, max=60))
    lock = SecondsField(validate=_WAITED)
    statement = SecondsField(validate=_WAITED)
    idle = SecondsField(validate=_WAITED)


class DatabaseSchema(TableSchema):
    """`[database]`"""

    url = fields.String()
    synchronous = fields.String(validate=OneOf(("FULL", "NORMAL")))
    limits = fields.Nested(TimeoutsSchema)


class ServerSchema(TableSchema):
    """`[server]`"""

    host = fields.String(validate=Length(min=1))
    port = fields.Integer(strict=True, validate=Range(min=1, max=65_535))
    workers = fields.Integer(strict=True, validate=Range(min=0, max=64))
    threads = fields.Integer(strict=True, validate=Range(min=1, max=256))
    proxies = fields.Integer(strict=True, validate=Range(min=0, max=5))
    read_timeout = SecondsField(validate=Range(min=1, max=3_600))
    hosts = fields.List(fields.String(validate=Length(min=1)))
    request_log = fields.Boolean(truthy={True}, falsy={False})


class ApiSchema(TableSchema):
    """`[api]`"""

    largest_body = fields.Integer(strict=True, validate=Range(min=10_000, max=100_000_000))
    page = fields.Integer(strict=True, validate=Range(min=1, max=1_000))
    largest_page = fields.Integer(strict=True, validate=Range(min=1, max=1_000))
    token_life = SecondsField()
    publishers = fields.List(fields.String(validate=Length(min=1)), validate=Length(min=1))
    sign_in_failures = fields.Integer(strict=True, validate=_OFTEN)
    sign_in_failures_by_address = fields.Integer(strict=True, validate=_OFTEN)
    sign_in_wait = SecondsField()
    link_life = SecondsField()
    longest_lending = SecondsField()


class LinkSettingsSchema(TableSchema):
    """`[links]`"""

    life = SecondsField()
    code_life = SecondsField()
    sends = fields.Integer(strict=True, validate=_OFTEN)
    sends_by_address = fields.Integer(strict=True, validate=_OFTEN)
    misses_by_address = fields.Integer(strict=True, validate=_OFTEN)
    wait = SecondsField()


class AttachmentSettingsSchema(TableSchema):
    """`[attachments]`"""

    url = fields.String()
    largest_file = fields.Integer(strict=True, validate=Range(min=1_000, max=5_000_000_000))
    most_files = fields.Integer(strict=True, validate=Range(min=1, max=100))
    largest_request = fields.Integer(strict=True, validate=Range(min=1_000, max=10_000_000_000))
    largest_picture = fields.Integer(strict=True, validate=Range(min=1_000, max=200_000_000))
    site_quota = fields.Integer(strict=True, validate=Range(min=0, max=10**15))
    upload_timeout = SecondsField(validate=_WAITED)


class ClockSettingsSchema(TableSchema):
    """`[clock]`"""

    sweep_every = SecondsField()
    sweep_batch = fields.Integer(strict=True, validate=_OFTEN)
    schedules_every = SecondsField()
    cleanup_every = SecondsField()
    keep_answers = SecondsField()
    keep_tokens = SecondsField()
    keep_runs = SecondsField()
    host = fields.String(validate=Length(min=1))
    port = fields.Integer(strict=True, validate=Range(min=0, max=65_535))


class RelaySchema(TableSchema):
    """`[relay]`"""

    every = SecondsField()
    batch = fields.Integer(strict=True, validate=_OFTEN)
    attempts = fields.Integer(strict=True, validate=Range(min=1, max=100))
    first_wait = SecondsField()
    longest_wait = SecondsField()
    longest_silence = SecondsField()
    send_timeout = SecondsField(validate=Range(min=1, max=3_600))
    lease = SecondsField(validate=Range(min=2, max=86_400))
    quiet_from = fields.String(validate=_TIME_OF_DAY)
    quiet_until = fields.String(validate=_TIME_OF_DAY)

    @validates_schema
    def _check_lease(self, data: Mapping[str, Any], **_more: Any) -> None:
        relay = RelaySettings(**data)
        if 2 * relay.send_timeout > relay.lease:
            raise ValidationError(
                "write at most half of the lease, or two relays send one letter", "send_timeout"
            )


class MailSchema(TableSchema):
    """`[mail]`"""

    host = fields.String()
    port = fields.Integer(strict=True, validate=Range(min=1, max=65_535))
    sender = fields.String()
    user = fields.String()
    starttls = fields.Boolean(truthy={True}, falsy={False})
    timeout = SecondsField()

    @validates_schema
    def _check_complete(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data.get("host") and "@" not in data.get("sender", ""):
            raise ValidationError("needed to send mail, such as desk@example.org", "sender")


class OidcSchema(TableSchema):
    """`[oidc]`"""

    issuer = fields.String()
    client = fields.String()
    title = fields.String(validate=Length(max=60))
    claim = fields.String(validate=Length(min=1))
    scopes = fields.List(fields.String(validate=Length(min=1)))

    @validates_schema
    def _check_complete(self, data: Mapping[str, Any], **_more: Any) -> None:
        if not data.get("issuer"):
            return
        if not is_safe_address(data["issuer"]):
            raise ValidationError("write https://…, as the provider writes it", "issuer")
        if not data.get("client"):
            raise ValidationError("needed with an issuer: the id of the desk at the provider", "client")
        if "openid" not in data.get("scopes", ("openid",)):
            raise ValidationError("openid is missing", "scopes")


class ChannelsSchema(TableSchema):
    """`[channels]`"""

    base_url = fields.String(
        validate=Regexp(r"^(|https?://.+[^/])$", error="write https://… without a last slash")
    )
    services = fields.List(fields.String(validate=Length(min=1)))
    hosts = fields.List(fields.String(validate=Length(min=1)))


def _check_distinct(values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("each only once")


class ConfigSchema(TableSchema):
    """The whole file; its tables are nested."""

    language = fields.String(validate=OneOf(LANGUAGES))
    languages = fields.List(
        fields.String(validate=OneOf(LANGUAGES)), validate=[Length(min=1), _check_distinct]
    )
    definitions = fields.String(validate=Length(min=1))
    database = fields.Nested(DatabaseSchema)
    server = fields.Nested(ServerSchema)
    api = fields.Nested(ApiSchema)
    links = fields.Nested(LinkSettingsSchema)
    attachments = fields.Nested(AttachmentSettingsSchema)
    clock = fields.Nested(ClockSettingsSchema)
    relay = fields.Nested(RelaySchema)
    mail = fields.Nested(MailSchema)
    channels = fields.Nested(ChannelsSchema)
    oidc = fields.Nested(OidcSchema)

    @validates_schema
    def _check_return(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data.get("oidc", {}).get("issuer") and not data.get("channels", {}).get("base_url"):
            raise ValidationError("needed for people to come back from the provider", "channels.base_url")


def load_config(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """(values, problems): the values of the file, durations in seconds; one line for each problem.

    Keys that the file leaves out are left out here too. With problems, the values are empty.
    """
    try:
        return dict(ConfigSchema().load(raw)), []
    except ValidationError as error:
        return {}, [_message_line(path, message) for path, message in walk_messages(error.messages)]


def _message_line(path: tuple[Any, ...], message: str) -> str:
    hint = did_you_mean(path[-1], _keys_at(path[:-1])) if message == _UNKNOWN else ""
    return f"{'.'.join(map(str, path))}: {_plain_message(message)}{hint}"


def _keys_at(path: tuple[Any, ...]) -> Collection[str]:
    """The keys of the table at `path`."""
    schema: Schema = ConfigSchema()
    for key in path:
        table = schema.fields[key]
        assert isinstance(table, fields.Nested), "only tables have keys"
        schema = table.schema
    return schema.fields


def _plain_message(message: str) -> str:
    return re.sub(r"\.$", "", message[:1].lower() + message[1:])
