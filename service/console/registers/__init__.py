"""What each site keeps a register of."""

from service.console.http.pages import Pages
from service.console.registers.entry import pages as entries
from service.console.registers.view import pages as lists

pages = Pages([*lists.pages, *entries.pages])

__all__ = ["pages"]
