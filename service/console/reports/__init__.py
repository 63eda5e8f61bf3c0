"""Reports: which there are, what they come to beside an earlier period, and which were sent in time."""

from service.console.reports.view import pages

__all__ = ["pages"]
