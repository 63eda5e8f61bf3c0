"""The sites of a user who has several, as links on a page that is about one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from service.console.http.console_request import ConsoleRequest
from workflows.errors import Forbidden, Reason


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site, the address of the page about it, and whether that is shown."""

    path: str
    name: str
    current: bool


def choose_one_site(call: ConsoleRequest) -> str:
    """The site of the query, or the user's first one. Raises NotFound, or Forbidden if there is none."""
    named = call.request.args.get("site")
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    return call.check_site(named) if named else call.sites[0]


def list_site_choices(
    call: ConsoleRequest, chosen: str, sites: Collection[str], parameters: Mapping[str, str] | None = None
) -> list[SiteChoice]:
    """The links; none for somebody who has one site only."""
    if len(sites) < 2:
        return []
    names = {each.id: each.name for each in call.desk.people.sites()}
    query = parameters or {}
    return [
        SiteChoice(f"{call.request.path}?{urlencode({**query, 'site': each})}", names[each], each == chosen)
        for each in sites
    ]
