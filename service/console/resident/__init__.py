"""What residents do without an account: report by the code of a unit, follow a ticket, urge, rate.

What they may open and which steps they may take is in the definitions, by the role `guest`. Of a ticket they
see where it stands, who has it by title, and by when; nothing that is written in it.
"""

from service.console.http.pages import Pages
from service.console.resident import report, view

pages = Pages([*view.pages.pages, *report.pages.pages])

__all__ = ["pages"]
