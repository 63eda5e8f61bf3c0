"""A resident's link to a ticket: made by who takes part in it, shown once, and ended."""

from service.console.resident_link.view import pages

__all__ = ["pages"]
