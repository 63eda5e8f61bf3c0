"""The administration of the desk: a folder for each part. Every page is for those who look after a site."""

from service.console.admin import audit, channels, codes, health, messages, parked, people, settings, tokens

PAGES = (
    health.pages,
    people.pages,
    messages.pages,
    parked.pages,
    settings.pages,
    channels.pages,
    tokens.pages,
    audit.pages,
    codes.pages,
)

__all__ = ["PAGES"]
