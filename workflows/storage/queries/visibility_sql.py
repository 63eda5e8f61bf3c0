"""SQL conditions on `tickets` for what a viewer may see.

A viewer may have some hundred names at each of many sites, so the names of a site are bound as one value.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, func, or_, text, true

from workflows.core.access.visibility import Viewer
from workflows.storage.sql import bind_list, in_values
from workflows.storage.tables import tickets

_NAMED_SQLITE = "EXISTS (SELECT 1 FROM json_each(tickets.audience) AS let_in WHERE let_in.value {listed})"
_NAMED_POSTGRES = (
    "EXISTS (SELECT 1 FROM json_array_elements_text(CAST(tickets.audience AS json)) AS let_in (name)"
    " WHERE let_in.name {listed})"
)


def visibility_conditions(
    viewer: Viewer, site: str, postgres: bool, number: int = 0
) -> tuple[list[str], dict[str, object]]:
    """The condition, as text, for tickets of one site, and its values: `v…` and `p…` with this number.

    There is no condition for a viewer who sees everything. It begins with the cheap test whether a ticket is
    unrestricted, as most are.
    """
    if viewer.everything:
        return [], {}
    found, bound = ["tickets.audience IS NULL"], dict[str, object]()
    names, absent = viewer.names.get(site), viewer.delegators.get(site)
    if names:
        named = _NAMED_POSTGRES if postgres else _NAMED_SQLITE
        found.append(named.format(listed=in_values(f"v{number}", postgres)))
        bound[f"v{number}"] = bind_list(names, postgres)
    if absent:
        found.append(f"tickets.assignee {in_values(f'p{number}', postgres)}")
        bound[f"p{number}"] = bind_list(absent, postgres)
    return [f"({' OR '.join(found)})"], bound


def visible_condition(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The condition of the tickets that the viewer may see."""
    if viewer.everything:
        return true()
    return or_(tickets.c.audience.is_(None), _access_condition(viewer, postgres))


def hidden_condition(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The condition of the tickets that the viewer may not see: few, and found by an index of their own."""
    if viewer.everything:
        return false()
    return and_(tickets.c.audience.is_not(None), ~_access_condition(viewer, postgres))


def _access_condition(viewer: Viewer, postgres: bool) -> ColumnElement[bool]:
    """The condition of the restricted tickets whose audience has one of the viewer's names, site by site,
    or whose assignee is somebody in whose place the viewer may act."""
    named = _NAMED_POSTGRES if postgres else _NAMED_SQLITE
    conditions: list[ColumnElement[bool]] = [false()]
    for index, (site, names) in enumerate(sorted(viewer.names.items())):
        if not names:
            continue
        parameter = f"viewer_{index}"
        mine = text(named.format(listed=in_values(parameter, postgres))).bindparams(
            **{parameter: bind_list(names, postgres)}
        )
        conditions.append(and_(tickets.c.site_id == site, mine))
    for site, absent in sorted(viewer.delegators.items()):
        assignee = func.coalesce(tickets.c.assignee, "")  # of a null, NOT would be null, too
        conditions.append(and_(tickets.c.site_id == site, assignee.in_(sorted(absent))))
    return or_(*conditions)
