"""The pages of the console that are looked at in each language, in light and in dark, wide and narrow.

A new page adds a line: who looks, and the path. `{complaint}` is the number of a complaint of the
demonstration, and so with every process.
"""

from __future__ import annotations

from typing import NamedTuple

NOBODY = ""
EVERYONE = "everyone"  # holds all roles of the first site
STAFF = """account,name,role,mail
mei,Mei,receptionist,mei@example.org
cleaner,Lan,guard,
bo,Bo,janitor,
"""  # somebody new, somebody who changes, and a row that cannot be


class ListedPage(NamedTuple):
    """A page, and whose; or what is shown there when somebody has said something in a box, or has chosen a
    file of this text."""

    account: str
    path: str
    box: str = ""
    said: str = ""


PAGES = (
    ListedPage(NOBODY, "/sign-in"),
    ListedPage(NOBODY, "/console/components"),
    ListedPage(EVERYONE, "/desk"),
    ListedPage(EVERYONE, "/desk?tab=due"),
    ListedPage(EVERYONE, "/desk?tab=watched"),
    ListedPage(EVERYONE, "/desk", "#q", "元宵"),
    ListedPage(EVERYONE, "/desk", "#q", "nothing-of-the-kind"),
    ListedPage(EVERYONE, "/desk?find=made-up"),
    ListedPage(EVERYONE, "/new"),
    ListedPage(EVERYONE, "/new", "#for", "灯不亮"),
    ListedPage(EVERYONE, "/new", "#caller", "1-0103"),
    ListedPage(EVERYONE, "/new?find=made-up"),
    ListedPage(EVERYONE, "/new/complaint"),
    ListedPage(EVERYONE, "/new/house-acceptance"),
    ListedPage(EVERYONE, "/tickets/{complaint}"),
    ListedPage(EVERYONE, "/tickets/{complaint}?step=determine-nature"),
    ListedPage(EVERYONE, "/tickets/{daily-building-inspection}"),
    ListedPage(EVERYONE, "/tickets/{daily-building-inspection}/inspection/items"),
    ListedPage(EVERYONE, "/inspections"),
    ListedPage(EVERYONE, "/tickets/{complaint}/resident"),
    ListedPage(EVERYONE, "/tickets/none"),
    ListedPage(EVERYONE, "/board"),
    ListedPage(EVERYONE, "/board?process=nothing"),
    ListedPage(EVERYONE, "/reports"),
    ListedPage(EVERYONE, "/reports/work-done?period=month"),
    ListedPage(EVERYONE, "/reports/overdue-by-department?period=year&compare=none"),
    ListedPage(EVERYONE, "/reports/work-done?from=x"),
    ListedPage(EVERYONE, "/calendars"),
    ListedPage(EVERYONE, "/calendars?day=2026-12-01"),
    ListedPage(EVERYONE, "/processes"),
    ListedPage(EVERYONE, "/processes/complaint"),
    ListedPage(EVERYONE, "/processes/complaint/difference"),
    ListedPage(EVERYONE, "/processes/complaint/versions/1"),
    ListedPage(EVERYONE, "/processes/complaint/edit"),
    ListedPage(EVERYONE, "/processes/complaint/acts/retire"),
    ListedPage(EVERYONE, "/processes/complaint/migrations"),
    ListedPage(EVERYONE, "/new-process"),
    ListedPage(EVERYONE, "/admin/codes"),
    ListedPage(EVERYONE, "/admin/settings/history"),
    ListedPage(EVERYONE, "/me"),
    ListedPage(EVERYONE, "/processes?for=投诉"),
    ListedPage(EVERYONE, "/rounds"),
    ListedPage(EVERYONE, "/rounds?tab=next"),
    ListedPage(EVERYONE, "/rounds?tab=plan"),
    ListedPage(EVERYONE, "/rosters"),
    ListedPage(EVERYONE, "/rosters/yunlan/consultants"),
    ListedPage(EVERYONE, "/registers"),
    ListedPage(EVERYONE, "/registers/units"),
    ListedPage(EVERYONE, "/registers/units/new"),
    ListedPage(EVERYONE, "/registers/units/entries/1-0103?site=yunlan"),
    ListedPage(EVERYONE, "/admin"),
    ListedPage(EVERYONE, "/admin/messages?status=logged"),
    ListedPage(EVERYONE, "/admin/parked"),
    ListedPage(EVERYONE, "/admin/people"),
    ListedPage(EVERYONE, "/admin/people/new"),
    ListedPage(EVERYONE, "/admin/people/import"),
    ListedPage(EVERYONE, "/admin/people/import", "#file", STAFF),
    ListedPage(EVERYONE, "/admin/people/everyone"),
    ListedPage(EVERYONE, "/admin/people/history"),
    ListedPage(EVERYONE, "/admin/settings"),
    ListedPage(EVERYONE, "/admin/channels"),
    ListedPage(EVERYONE, "/admin/tokens"),
    ListedPage(EVERYONE, "/admin/audit"),
)

# What answers with something else than a page, and the pages that need what the demonstration has not.
UNLISTED = frozenset(
    {
        "/sign-in/provider",  # leads on to the company's accounts
        "/sign-in/provider/answer",
        "/tickets/<number>/files/<file>",
        "/tickets/<number>/files/<file>/thumbnail",
        "/tickets/<number>/papers/<paper>",  # prints have a page of their own
        "/tickets/<number>/process.svg",
        "/processes/<name>/diagram.svg",
        "/inspections/worker.js",
        "/processes/<name>/migrations/<id>",  # the demonstration has moved no tickets
        "/r/<token>",  # test_resident_pages.py
        "/r/<token>/report/<workflow>",
    }
)
