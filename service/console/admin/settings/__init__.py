"""What each site decides for itself."""

from service.console.admin.settings.view import pages

__all__ = ["pages"]
