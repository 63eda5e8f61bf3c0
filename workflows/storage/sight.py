"""Which tickets exist for a viewer, as a condition on `tickets`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, text, true

from workflows.core.visibility import Viewer
from workflows.storage.tables import tickets

_NAMED_SQLITE = "EXISTS (SELECT 1 FROM json_each(tickets.audience) AS let_in WHERE let_in.value IN :{names})"
_NAMED_POSTGRES = (
    "EXISTS (SELECT 1 FROM json_array_elements_text(CAST(tickets.audience AS json)) AS let_in (name)"
    " WHERE let_in.name IN :{names})"
)


def visible(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The tickets that exist for the viewer. Of a ticket that is for everybody nothing more is looked at."""
    if viewer.everything:
        return true()
    return or_(tickets.c.audience.is_(None), _let_in(viewer, postgres))


def hidden(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The tickets that do not; few, and found by an index of their own."""
    if viewer.everything:
        return false()
    return and_(tickets.c.audience.is_not(None), ~_let_in(viewer, postgres))


def _let_in(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The restricted tickets that one of the viewer's names lets them see, site by site, and those that
    somebody has in whose place they may act."""
    named = _NAMED_POSTGRES if postgres else _NAMED_SQLITE
    found: list[ColumnElement[bool]] = [false()]
    for index, (site, names) in enumerate(sorted(viewer.names.items())):
        if not names:
            continue
        parameter = f"viewer_{index}"
        mine = text(named.format(names=parameter)).bindparams(
            bindparam(parameter, expanding=True, value=sorted(names))
        )
        found.append(and_(tickets.c.site_id == site, mine))
    for site, absent in sorted(viewer.places.items()):
        assignee = func.coalesce(tickets.c.assignee, "")  # null would make `hidden` say neither yes nor no
        found.append(and_(tickets.c.site_id == site, assignee.in_(sorted(absent))))
    return or_(*found)
