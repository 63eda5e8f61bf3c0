"""The query parameters of requests."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from service.schemas.shape import (
    DAY_OR_MOMENT,
    LARGEST_NUMBER,
    MOMENT,
    NAME,
    DayOrMoment,
    Moment,
    Shape,
    described,
)


class SiteQuery(Shape):
    """Which site, where a number is known at several."""

    site = fields.String(validate=NAME)


class HistoryQuery(Shape):
    """A page of what belongs to one site."""

    limit = fields.Integer(validate=Range(min=1, max=1_000), **described("at most; the desk may give fewer"))
    cursor = fields.String(validate=Length(max=500), **described("`next` of the page before"))


class PageQuery(HistoryQuery, SiteQuery):
    """A page of a list."""


class TicketsQuery(PageQuery):
    """Which tickets."""

    view = fields.String(validate=OneOf(("mine", "overdue", "unassigned")))
    workflow = fields.String(validate=NAME)
    state = fields.String(validate=NAME)
    category = fields.String(
        validate=OneOf(("open", "waiting", "closed", "cancelled", "ended")),
        **described("`open` = all that have not ended, `ended` = closed or cancelled"),
    )
    assignee = fields.String(validate=NAME, **described("staff id, account, or `me`"))
    department = fields.String(validate=NAME)
    parent = fields.String(validate=NAME, **described("id of the parent ticket"))
    origin = fields.String(validate=NAME, **described("id of the ticket it was converted from"))
    overdue = fields.Boolean(truthy={"true"}, falsy={"false"}, **described("late now"))
    q = fields.String(validate=Length(max=200), **described("words, all of which must be found; or a number"))


class EntriesQuery(PageQuery):
    """Which entries."""

    q = fields.String(
        validate=Length(max=200), **described("words, all of which must be in the key or the open columns")
    )
    struck = fields.Boolean(
        truthy={"true"}, falsy={"false"}, **described("those that were struck, instead of those in force")
    )


class PromisesQuery(SiteQuery):
    """Which promises."""

    workflow = fields.String(validate=NAME)
    clock = fields.String(validate=NAME)
    since = Moment(**described("begun at or after", type="string", pattern=MOMENT))
    until = Moment(**described("begun before", type="string", pattern=MOMENT))


class ReportQuery(SiteQuery):
    """Of which time."""

    begin = DayOrMoment(
        data_key="from", **described("from this day on, at the site", type="string", pattern=DAY_OR_MOMENT)
    )
    until = DayOrMoment(**described("up to the end of this day", type="string", pattern=DAY_OR_MOMENT))


class StatesQuery(SiteQuery):
    """Whose states."""

    workflow = fields.String(validate=NAME)


class OutboxQuery(Shape):
    """Which messages."""

    status = fields.String(load_default="pending", validate=OneOf(("pending", "sent", "dead")))
    limit = fields.Integer(validate=Range(min=1, max=1_000))
    cursor = fields.String(validate=Length(max=500))


class VersionQuery(Shape):
    """Which version of a process."""

    version = fields.Integer(
        validate=Range(min=1, max=LARGEST_NUMBER), **described("the latest, if not given")
    )


class DiagramQuery(VersionQuery):
    """How it is to be drawn."""

    language = fields.String(validate=OneOf(("zh-Hans", "zh-Hant", "en", "es")))
    current = fields.String(validate=NAME, **described("a state to be marked"))


class DayQuery(Shape):
    """Which day."""

    date = fields.String(
        validate=Length(min=10, max=10), **described("the site's day; today, if not given", format="date")
    )
