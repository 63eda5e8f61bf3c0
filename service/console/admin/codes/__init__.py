"""The QR codes of units and common places, by which residents report."""

from service.console.admin.codes.view import pages

__all__ = ["pages"]
