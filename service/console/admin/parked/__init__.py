"""What was set aside, as it could not be done."""

from service.console.admin.parked.view import pages

__all__ = ["pages"]
