"""Whether the desk is well, and what to do where it is not."""

from service.console.admin.health.view import pages

__all__ = ["pages"]
