"""Whether the record is whole."""

from service.console.admin.audit.view import pages

__all__ = ["pages"]
