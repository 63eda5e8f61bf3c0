"""One's own desk: what one has to do, and what one waits for."""

from service.console.my_desk.view import pages

__all__ = ["pages"]
