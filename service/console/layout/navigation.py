"""The navigation at the top of each page, in its order. A new part of the console adds one line."""

from __future__ import annotations

from typing import NamedTuple


class NavigationItem(NamedTuple):
    """A link: its address, and its text in `texts/console/layout.toml`; whether it is only for those who look
    after the desk, or only for those who lead others."""

    path: str
    text: str
    managers: bool = False
    leaders: bool = False


NAVIGATION = (
    NavigationItem("/desk", "desk"),
    NavigationItem("/new", "new"),
    NavigationItem("/board", "board", leaders=True),
    NavigationItem("/inspections", "inspections"),
    NavigationItem("/reports", "reports"),
    NavigationItem("/processes", "processes"),
    NavigationItem("/calendars", "calendars", managers=True),
    NavigationItem("/rounds", "rounds"),
    NavigationItem("/admin", "admin", managers=True),
)


def find_navigation(*, manager: bool, leads: bool) -> tuple[NavigationItem, ...]:
    """The links for somebody who has signed in; `leads`: who leads others."""
    return tuple(
        each for each in NAVIGATION if (manager or not each.managers) and (leads or not each.leaders)
    )
