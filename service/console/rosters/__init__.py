"""Who is on duty, whose turn it is, and why."""

from service.console.rosters.view import pages

__all__ = ["pages"]
