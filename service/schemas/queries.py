"""Schemas of query parameters."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from service.schemas.common import (
    DATE,
    DATE_OR_INSTANT,
    MAX_NUMBER,
    NAME,
    DateField,
    DateOrInstantField,
    QueryIntegerField,
    RequestSchema,
    described,
)
from workflows.core.ticket import PRIORITIES
from workflows.language.forms.field import LANGUAGES
from workflows.storage.deliveries import STATUSES
from workflows.storage.queries.messages import ALL_WAITING

_SORTED = ("opened", "changed", "closed", "due", "priority")
SORT_KEYS = (*_SORTED, *(f"-{key}" for key in _SORTED))


def _bound(text: str) -> DateOrInstantField:
    """A bound of a time; a day is one of the site."""
    return DateOrInstantField(**described(text, type="string", pattern=DATE_OR_INSTANT))


class SiteQuery(RequestSchema):
    """The site; needed where a number is known at several."""

    site = fields.String(validate=NAME)


class HistoryQuery(RequestSchema):
    """Size and beginning of a page."""

    limit = QueryIntegerField(
        validate=Range(min=1, max=1_000),
        **described("at most; the desk may give fewer", type="integer", minimum=1, maximum=1_000),
    )
    cursor = fields.String(validate=Length(max=500), **described("`next` of the page before"))


class PageQuery(HistoryQuery, SiteQuery):
    """Site, size and beginning of a page of a list."""


class AccountsQuery(PageQuery):
    """The filters of a list of accounts."""

    q = fields.String(validate=Length(max=100), **described("a part of the name or of the account"))


class FileQuery(SiteQuery):
    """What can be had as a file."""

    format = fields.String(
        validate=OneOf(("json", "csv", "xlsx")),
        **described("a file holds many pages; without it, `Accept` decides"),
    )


class ListQuery(PageQuery, FileQuery):
    """A page of a list that can be had as a file."""


class TicketsQuery(ListQuery):
    """The filters of a list of tickets."""

    view = fields.String(
        validate=OneOf(("mine", "overdue", "unassigned", "queue")),
        **described(
            "`mine` = assigned to you or to whom you stand in for; `queue` = open tickets of which you, or"
            " whom you stand in for, may take a step now, the most urgent first"
        ),
    )
    workflow = fields.String(validate=NAME)
    state = fields.String(validate=NAME)
    category = fields.String(
        validate=OneOf(("open", "waiting", "closed", "cancelled", "ended")),
        **described("`open` = all that have not ended, `ended` = closed or cancelled"),
    )
    priority = fields.String(validate=OneOf(PRIORITIES))
    opener = fields.String(validate=NAME, **described("staff id, account, or `me`"))
    watcher = fields.String(validate=NAME, **described("who follows it: staff id, account, or `me`"))
    unit = fields.String(validate=NAME, **described("the unit in one of its fields, as a whole"))
    level = QueryIntegerField(
        validate=Range(min=1, max=100),
        **described("escalation levels fired at least", type="integer", minimum=1, maximum=100),
    )
    opened_since = _bound("opened at or after, or from this day on")
    opened_until = _bound("opened before; up to the end of this day")
    changed_since = _bound("changed at or after, or from this day on; the last change first")
    changed_until = _bound("changed before; up to the end of this day; the last change first")
    closed_since = _bound("ended at or after, or from this day on; the last one first")
    closed_until = _bound("ended before; up to the end of this day; the last one first")
    due_since = _bound("due at or after, or from this day on; the first one first")
    due_until = _bound("due before; up to the end of this day; the first one first")
    sort = fields.String(
        validate=OneOf(SORT_KEYS),
        **described(
            "with `-` from the last one, or from the highest priority, on; what has no such time comes after"
            " those that have; not together with `view=queue`, which has an order of its own"
        ),
    )
    assignee = fields.String(validate=NAME, **described("staff id, account, or `me`"))
    department = fields.String(validate=NAME)
    parent = fields.String(validate=NAME, **described("id of the parent ticket"))
    origin = fields.String(validate=NAME, **described("id of the ticket it was converted from"))
    overdue = fields.Boolean(truthy={"true"}, falsy={"false"}, **described("late now"))
    q = fields.String(
        validate=Length(max=200),
        **described(
            "words, all of which must be found; a number or a unit; or, for whoever may read them, the phone"
            " (whole, or its last four digits and more), name, mail address or identity number of somebody"
        ),
    )


class ChangesQuery(SiteQuery):
    """Where the feed of changes goes on, and how many it gives."""

    after = fields.String(
        validate=Length(max=500),
        **described("`next` of the answer before, or `now`; from the first change on, if not given"),
    )
    limit = QueryIntegerField(
        validate=Range(min=1, max=1_000),
        **described("at most; the desk may give fewer", type="integer", minimum=1, maximum=1_000),
    )


class CallersQuery(SiteQuery):
    """Who is looked for: one of these."""

    phone = fields.String(
        validate=Length(max=60), **described("the number, or its last four digits and more")
    )
    name = fields.String(validate=Length(max=100), **described("the name, or a part of it"))
    unit = fields.String(validate=NAME, **described("the unit, as a whole"))


class EntriesQuery(ListQuery):
    """The filters of a list of register entries."""

    q = fields.String(
        validate=Length(max=200),
        **described(
            "words, all of which must be in the key or the open columns; or, for the register's readers, the"
            " phone (whole, or its last four digits and more), name, mail address or identity number"
            " of a person"
        ),
    )
    struck = fields.Boolean(
        truthy={"true"}, falsy={"false"}, **described("those that were struck, instead of those in force")
    )


class PromisesQuery(FileQuery):
    """Which promises are counted: by workflow, clock, and when they began."""

    workflow = fields.String(validate=NAME)
    clock = fields.String(validate=NAME)
    since = DateOrInstantField(
        **described(
            "begun at or after, or from this day on at the site; 31 days before `until`, if not given",
            type="string",
            pattern=DATE_OR_INSTANT,
        )
    )
    until = DateOrInstantField(
        **described("begun before; up to the end of this day", type="string", pattern=DATE_OR_INSTANT)
    )


class ReportQuery(SiteQuery):
    """The period of a report, instead of its own."""

    begin = DateOrInstantField(
        data_key="from", **described("from this day on, at the site", type="string", pattern=DATE_OR_INSTANT)
    )
    until = DateOrInstantField(
        **described("up to the end of this day", type="string", pattern=DATE_OR_INSTANT)
    )


class DuplicatesQuery(SiteQuery):
    """What is to be opened, and by what it is compared."""

    workflow = fields.String(required=True, validate=NAME)
    value = fields.String(
        required=True,
        validate=Length(min=1, max=200),
        **described("of the field by which the process compares tickets, such as the unit"),
    )


class StatesQuery(FileQuery):
    """The workflow whose tickets are counted by state."""

    workflow = fields.String(validate=NAME)


class TicketMessagesQuery(PageQuery):
    """The filters of the messages about a ticket."""

    seq = QueryIntegerField(
        validate=Range(min=1, max=MAX_NUMBER),
        **described("those of this step", type="integer", minimum=1, maximum=MAX_NUMBER),
    )


class OutboxQuery(RequestSchema):
    """The filters of the messages in the outbox."""

    status = fields.String(
        load_default=ALL_WAITING,
        validate=OneOf((ALL_WAITING, *STATUSES)),
        **described("`waiting` = pending, held or failed: still to be sent"),
    )
    limit = QueryIntegerField(
        validate=Range(min=1, max=1_000), **described("at most", type="integer", minimum=1, maximum=1_000)
    )
    cursor = fields.String(validate=Length(max=500))


class VersionQuery(RequestSchema):
    """The version of a workflow."""

    version = QueryIntegerField(
        validate=Range(min=1, max=MAX_NUMBER),
        **described("the latest, if not given", type="integer", minimum=1, maximum=MAX_NUMBER),
    )


class DifferenceQuery(RequestSchema):
    """The two versions of a process that are compared."""

    older = QueryIntegerField(
        data_key="from",
        validate=Range(min=1, max=MAX_NUMBER),
        **described("the one before `to`, if not given", type="integer", minimum=1, maximum=MAX_NUMBER),
    )
    newer = QueryIntegerField(
        data_key="to",
        validate=Range(min=1, max=MAX_NUMBER),
        **described("the latest, if not given", type="integer", minimum=1, maximum=MAX_NUMBER),
    )


class CandidatesQuery(SiteQuery, VersionQuery):
    """Which staff field of a process, at which site."""

    field = fields.String(
        required=True, validate=NAME, **described("a staff field, or a column of a table as `table.column`")
    )


class DiagramQuery(VersionQuery):
    """Version, language and marked state of a diagram."""

    language = fields.String(validate=OneOf(LANGUAGES))
    current = fields.String(validate=NAME, **described("a state to be marked"))


class DayQuery(RequestSchema):
    """The local day at the site."""

    date = DateField(**described("the site's day; today, if not given", type="string", pattern=DATE))
