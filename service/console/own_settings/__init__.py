"""The user's own settings."""

from service.console.own_settings.view import pages

__all__ = ["pages"]
