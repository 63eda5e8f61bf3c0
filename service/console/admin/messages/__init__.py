"""Messages, and what became of them."""

from service.console.admin.messages.view import pages

__all__ = ["pages"]
