"""Tokens for one's own programs."""

from service.console.admin.tokens.view import pages

__all__ = ["pages"]
