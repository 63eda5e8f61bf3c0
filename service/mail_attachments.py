"""Attachments of a letter about a report: the ticket's figures, as workbooks.

Reminders have none, and neither do letters to clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from service.channels.letter import Attachment
from service.reports import FORMATS, file_name, render_table
from service.reports.table import build_table
from workflows.core.reports.report_data import find_figures
from workflows.core.step import NOTICE, Message
from workflows.core.ticket import StepContext

_EXTENSION = "xlsx"


def build_attachments(
    message: Message, context: StepContext, zone: ZoneInfo, language: str, sites: Mapping[str, str]
) -> tuple[Attachment, ...]:
    """A workbook for each of the ticket's figures, in the reader's language. `sites` maps site ids to
    names."""
    if message.kind != NOTICE:
        return ()
    figures = find_figures(context.definition.fields, context.ticket.data)
    return tuple(
        Attachment(
            name=file_name(each, zone, _EXTENSION),
            media_type=FORMATS[_EXTENSION],
            content=render_table(build_table(each, language, zone, sites), _EXTENSION),
        )
        for each in figures
    )
