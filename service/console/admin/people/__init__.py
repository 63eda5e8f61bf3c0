"""People: their accounts, their posts, and how they get in."""

from service.console.admin.people.acts import pages as acts
from service.console.admin.people.staff_list import pages as lists
from service.console.admin.people.view import pages as views
from service.console.http.pages import Pages

pages = Pages([*views.pages, *acts.pages, *lists.pages])

__all__ = ["pages"]
