"""The first page of the administration: how the desk is, in words, with what to do."""

from __future__ import annotations

from flask import Response

from service.api.http.time_parameters import site_zone
from service.console.admin.admin_page import PARTS, admin_page, new_pages
from service.console.admin.health.health_check import run_checks
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.version import own_version

pages = new_pages()


@pages.get(PARTS["health"])
def show_health(call: ConsoleRequest) -> Response:
    """What was looked at; what is not well comes first."""
    managed = call.managed_sites()
    zone = site_zone(call, managed[0])
    checks = run_checks(
        call.desk, managed, call.now, lambda at: write_moment(at, zone, call.language, call.now)
    )
    return admin_page(
        call,
        "health",
        "health/health.html",
        checks=checks,
        wrong=sum(not each.ok for each in checks),
        zone=zone,
        version=own_version(),
    )
