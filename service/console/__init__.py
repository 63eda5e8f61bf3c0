"""The console: the desk as people see it. Pages are made here; what is true is decided by the engine.

A page has a folder of its own with its view and its templates, and one line in `_PAGES`. A view asks the same
queries and gives the same commands as the API. Without script everything works by plain forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, Response

from service.api.metrics import Metrics
from service.bootstrap import Desk
from service.console import (
    board,
    calendars,
    components,
    inspection,
    my_desk,
    new_ticket,
    own_settings,
    processes,
    reports,
    resident,
    resident_link,
    sign_in,
    ticket,
)
from service.console.admin import PAGES as ADMIN_PAGES
from service.console.http.csrf import protect_forms
from service.console.http.form_files import FormRequest
from service.console.http.serve import add_pages
from service.console.layout import assets
from service.console.registers import pages as register_pages
from service.console.rosters import pages as roster_pages
from service.console.rounds import pages as round_pages
from service.sign_in import SignIn

_PAGES = (
    sign_in.pages,
    own_settings.pages,
    my_desk.pages,
    ticket.pages,
    inspection.pages,
    new_ticket.pages,
    resident.pages,
    resident_link.pages,
    processes.pages,
    calendars.pages,
    board.pages,
    reports.pages,
    components.pages,
    round_pages,
    roster_pages,
    register_pages,
    *ADMIN_PAGES,
)


def register(
    app: Flask, desk: Desk, check: SignIn, metrics: Metrics, api_views: Mapping[str, Callable[..., Response]]
) -> None:
    """Add the console to the application. `check` checks passwords; `api_views` are the views of the API, by
    method and path."""
    app.request_class = FormRequest
    protect_forms(app, desk.settings)
    assets.register(app)
    add_pages(app, desk, check, metrics, [page for part in _PAGES for page in part.pages], api_views)
