"""What goes with a letter about a report: the figures that the ticket keeps, as workbooks.

Whoever is told of a report has it at hand at once. Reminders carry none, and neither do letters to clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from service.channels.letter import Enclosure
from service.reports import FORMATS, drawn, file_name
from service.reports.table import table_of
from workflows.core.figures import kept_in
from workflows.core.step import NOTICE, Message
from workflows.core.ticket import Situation

_ENDING = "xlsx"


def enclosed(
    message: Message, situation: Situation, zone: ZoneInfo, language: str, sites: Mapping[str, str]
) -> tuple[Enclosure, ...]:
    """A workbook for each of the ticket's figures, in the reader's language. `sites` are their names."""
    if situation.ticket is None or message.kind != NOTICE:
        return ()
    figures = kept_in(situation.definition.fields, situation.ticket.data)
    return tuple(
        Enclosure(
            name=file_name(each, zone, _ENDING),
            media=FORMATS[_ENDING],
            content=drawn(table_of(each, language, zone, sites), _ENDING),
        )
        for each in figures
    )
