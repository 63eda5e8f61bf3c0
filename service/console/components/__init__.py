"""A page with every component of the console."""

from service.console.components.view import pages

__all__ = ["pages"]
