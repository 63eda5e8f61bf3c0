"""The addresses of a ticket's pages."""

from __future__ import annotations

from urllib.parse import quote

from workflows.core.ticket import StepContext


def ticket_base(context: StepContext) -> str:
    """Where the addresses of its pages begin."""
    return f"/tickets/{quote(context.ticket.number, safe='')}"


def ticket_address(context: StepContext, part: str = "") -> str:
    """The address of the ticket's page, or of a part of it, whoever follows it."""
    return f"{ticket_base(context)}{part}?site={quote(context.ticket.site)}"
