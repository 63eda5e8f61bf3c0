"""What the desk opens by itself today."""

from service.console.rounds.view import pages

__all__ = ["pages"]
