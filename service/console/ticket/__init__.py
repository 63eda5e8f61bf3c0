"""A ticket: what it is, what comes next, what has happened."""

from service.console.http.pages import Pages
from service.console.ticket import acts, files, papers, process_picture, view

pages = Pages([page for part in (view, acts, files, papers, process_picture) for page in part.pages.pages])

__all__ = ["pages"]
