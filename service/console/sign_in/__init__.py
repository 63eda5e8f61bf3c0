"""Signing in and out."""

from service.console.http.pages import Pages
from service.console.sign_in import provider_pages, view

pages = Pages([*view.pages.pages, *provider_pages.pages.pages])

__all__ = ["pages"]
