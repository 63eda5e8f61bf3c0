"""What requests may hold: bodies and query parameters. Built once, used by many threads, and written into the
OpenAPI document as they stand here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from service.refusals import Malformed, reason
from workflows.errors import Invalid, Reason
from workflows.language.rulebooks import LEAVES, REPORTS
from workflows.timing.instants import parse_rfc3339
from workflows.timing.problems import did_you_mean

LONGEST_NOTE = 4_000
LARGEST_NUMBER = 2**31
_UNKNOWN = "unknown"
_NAME = Length(min=1, max=200)
_DAYS = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"(19[7-9][1-9]|20[0-9]{{2}}|21[0-8][0-9])-{_DAYS}"
_CLOCK = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
_MOMENT, _DAY_OR_MOMENT = f"^{_DATE}{_CLOCK}$", f"^{_DATE}({_CLOCK})?$"


class Moment(fields.Field[int]):
    """An instant in RFC 3339. The document's pattern is a little narrower than what is taken."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        try:
            return parse_rfc3339(str(value))
        except (ValueError, OverflowError):
            raise ValidationError("must be an instant such as 2026-03-02T09:00:00Z") from None


class DayOrMoment(fields.Field[Any]):
    """A day (2026-03-02), or an instant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date | int:
        try:
            return date.fromisoformat(value) if len(value) == len("2026-03-02") else parse_rfc3339(value)
        except (ValueError, OverflowError):
            raise ValidationError(
                "must be a day such as 2026-03-02, or an instant such as 2026-03-02T09:00:00Z"
            ) from None


class Shape(Schema):
    """A body or a query: nothing in it that is not named here."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": _UNKNOWN}  # noqa: RUF012 - marshmallow's own idiom


def _described(text: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"description": text, **more}}


class OpenTicket(Shape):
    """A ticket to be opened."""

    workflow = fields.String(required=True, validate=_NAME, **_described("name of the process"))
    site = fields.String(validate=_NAME, **_described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **_described("the start form, filled in"))
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class TakeStep(Shape):
    """A step to be taken."""

    trigger = fields.String(required=True, validate=_NAME, **_described("one of the available transitions"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **_described("its form, filled in"))
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class WriteNote(Shape):
    """Something to be written down."""

    text = fields.String(required=True, validate=Length(min=1, max=LONGEST_NOTE))


class GiveTo(Shape):
    """Who is to have the ticket."""

    assignee = fields.String(
        required=True, allow_none=True, validate=_NAME, **_described("staff id or account; null = nobody")
    )
    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class ClaimIt(Shape):
    """A claim needs no words."""

    note = fields.String(load_default="", validate=Length(max=LONGEST_NOTE))


class Nothing(Shape):
    """An empty body."""


class IssueToken(Shape):
    """A token to be issued."""

    account = fields.String(required=True, validate=_NAME)
    password = fields.String(
        required=True, validate=Length(min=1, max=200), **_described("", format="password")
    )
    name = fields.String(
        required=True, validate=Length(min=1, max=100), **_described("what the token is for")
    )
    expires_in = fields.Integer(
        strict=True,
        validate=Range(min=60, max=LARGEST_NUMBER),
        **_described("seconds; see the desk's longest"),
    )


class DefinitionText(Shape):
    """A process, as YAML."""

    text = fields.String(required=True, validate=Length(min=1, max=1_000_000))


class PutSettings(Shape):
    """What a site decides for itself."""

    values = fields.Dict(
        keys=fields.String(), required=True, **_described("settings by name; one left out has its default")
    )


class AnnounceEvent(Shape):
    """An event to be announced."""

    event = fields.String(required=True, validate=_NAME, **_described("name of the kind of event"))
    site = fields.String(validate=_NAME, **_described("needed by those who belong to several sites"))
    data = fields.Dict(keys=fields.String(), load_default=dict, **_described("its form, filled in"))


class RetryRun(Shape):
    """A slot that was set aside, to be opened again."""

    site = fields.String(required=True, validate=_NAME)
    key = fields.String(required=True, validate=_NAME, **_described("as the list of schedules shows it"))


class NoteAbsence(Shape):
    """Somebody is away."""

    site = fields.String(required=True, validate=_NAME)
    staff = fields.String(required=True, validate=_NAME, **_described("staff id or account"))
    from_ = Moment(required=True, data_key="from", **_described("", type="string", pattern=_MOMENT))
    to = Moment(required=True, **_described("back again", type="string", pattern=_MOMENT))
    substitute = fields.String(
        load_default=None,
        allow_none=True,
        validate=_NAME,
        **_described("staff id or account of who stands in; null = nobody"),
    )


class PutEntry(Shape):
    """Columns of an entry to be written."""

    values = fields.Dict(
        keys=fields.String(), required=True, **_described("columns by name; null empties one")
    )


class ErasePersonal(Shape):
    """What is personal is to be destroyed."""

    note = fields.String(
        load_default="", validate=Length(max=2_000), **_described("why; it stays in the history")
    )


class SiteQuery(Shape):
    """Which site, where a number is known at several."""

    site = fields.String(validate=_NAME)


class HistoryQuery(Shape):
    """A page of what belongs to one site."""

    limit = fields.Integer(validate=Range(min=1, max=1_000), **_described("at most; the desk may give fewer"))
    cursor = fields.String(validate=Length(max=500), **_described("`next` of the page before"))


class PageQuery(HistoryQuery, SiteQuery):
    """A page of a list."""


class TicketsQuery(PageQuery):
    """Which tickets."""

    view = fields.String(validate=OneOf(("mine", "overdue", "unassigned")))
    workflow = fields.String(validate=_NAME)
    state = fields.String(validate=_NAME)
    category = fields.String(
        validate=OneOf(("open", "waiting", "closed", "cancelled", "ended")),
        **_described("`open` = all that have not ended, `ended` = closed or cancelled"),
    )
    assignee = fields.String(validate=_NAME, **_described("staff id, account, or `me`"))
    department = fields.String(validate=_NAME)
    parent = fields.String(validate=_NAME, **_described("id of the parent ticket"))
    origin = fields.String(validate=_NAME, **_described("id of the ticket it was converted from"))
    overdue = fields.Boolean(truthy={"true"}, falsy={"false"}, **_described("late now"))
    q = fields.String(
        validate=Length(max=200), **_described("words, all of which must be found; or a number")
    )


class EntriesQuery(PageQuery):
    """Which entries."""

    q = fields.String(
        validate=Length(max=200), **_described("words, all of which must be in the key or the open columns")
    )
    struck = fields.Boolean(
        truthy={"true"}, falsy={"false"}, **_described("those that were struck, instead of those in force")
    )


class PromisesQuery(SiteQuery):
    """Which promises."""

    workflow = fields.String(validate=_NAME)
    clock = fields.String(validate=_NAME)
    since = Moment(**_described("begun at or after", type="string", pattern=_MOMENT))
    until = Moment(**_described("begun before", type="string", pattern=_MOMENT))


class ReportQuery(SiteQuery):
    """Of which time."""

    begin = DayOrMoment(
        data_key="from", **_described("from this day on, at the site", type="string", pattern=_DAY_OR_MOMENT)
    )
    until = DayOrMoment(**_described("up to the end of this day", type="string", pattern=_DAY_OR_MOMENT))


class StatesQuery(SiteQuery):
    """Whose states."""

    workflow = fields.String(validate=_NAME)


class OutboxQuery(Shape):
    """Which messages."""

    status = fields.String(load_default="pending", validate=OneOf(("pending", "sent", "dead")))
    limit = fields.Integer(validate=Range(min=1, max=1_000))
    cursor = fields.String(validate=Length(max=500))


class VersionQuery(Shape):
    """Which version of a process."""

    version = fields.Integer(
        validate=Range(min=1, max=LARGEST_NUMBER), **_described("the latest, if not given")
    )


class DiagramQuery(VersionQuery):
    """How it is to be drawn."""

    language = fields.String(validate=OneOf(("zh-Hans", "zh-Hant", "en", "es")))
    current = fields.String(validate=_NAME, **_described("a state to be marked"))


class DayQuery(Shape):
    """Which day."""

    date = fields.String(
        validate=Length(min=10, max=10), **_described("the site's day; today, if not given", format="date")
    )


class RosterEntry(Shape):
    """What is reported to a roster."""

    mark = fields.String(required=True, validate=OneOf(REPORTS))
    person = fields.String(validate=_NAME, **_described("staff id or account; oneself, if not given"))
    leave = fields.String(validate=OneOf(LEAVES))
    substitute = fields.String(validate=_NAME, **_described("who receives meanwhile: staff id or account"))
    ability = fields.Integer(
        strict=True, validate=Range(min=0, max=1_000), **_described("100 = an ordinary one")
    )
    rests = fields.List(
        fields.Integer(strict=True, validate=Range(min=1, max=7)),
        validate=Length(max=6),
        **_described("weekly days of rest, 1 = Monday"),
    )
    off_shift = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


def read_body(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The body, checked. Invalid with every reason if it does not fit."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        raise Invalid([_body_reason(schema, path, text) for path, text in _faults(error.messages)]) from None


def read_query(schema: Schema, raw: Mapping[str, str]) -> dict[str, Any]:
    """The query parameters, checked. Malformed with every reason if they do not fit."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        found = [reason("bad-parameter", f"{p}: {text}", field=p) for p, text in _faults(error.messages)]
        raise Malformed(found) from None


def _body_reason(schema: Schema, path: str, text: str) -> Reason:
    if text == _UNKNOWN:
        hint = did_you_mean(path, schema.fields)
        return reason("unknown-field", f"{path[:100]}: no such field{hint}", field=path[:100])
    if text.startswith("Missing data"):
        return reason("missing-field", f"{path} is needed", field=path)
    return reason("bad-value", f"{path}: {text}", field=path)


def _faults(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _faults(below, f"{path}.{key}" if path else str(key))
    else:
        yield from ((path, str(each)) for each in messages)
