"""Opening a ticket: who calls, which process, its form."""

from service.console.new_ticket.view import pages

__all__ = ["pages"]
