"""The board: what is late or soon due, by department and process, for those who direct the work."""

from service.console.board import acts, view
from service.console.http.pages import Pages

pages = Pages([*view.pages.pages, *acts.pages.pages])

__all__ = ["pages"]
