"""By what people can be told, and a test of it."""

from service.console.admin.channels.view import pages

__all__ = ["pages"]
