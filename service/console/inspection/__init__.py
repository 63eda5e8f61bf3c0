"""Guided inspection: a checklist answered point by point on a phone, also where there is no connection."""

from service.console.http.pages import Pages
from service.console.inspection import list_view, view

pages = Pages([*list_view.pages.pages, *view.pages.pages])

__all__ = ["pages"]
