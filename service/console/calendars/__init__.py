"""The calendars of a site: the year at a glance, and what another day would mean for open promises."""

from service.console.calendars.view import pages

__all__ = ["pages"]
