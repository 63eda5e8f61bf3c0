"""JSON Schemas (2020-12) of responses, for the OpenAPI document. Every key is always present."""

from __future__ import annotations

from service.api.schemas.attachments import ATTACHMENTS
from service.api.schemas.messages import MESSAGES, PARKED
from service.api.schemas.migrations import MIGRATIONS
from service.api.schemas.people import ACCOUNTS, DIRECTORY, PEOPLE
from service.api.schemas.registers import REGISTERS
from service.api.schemas.reports import REPORTS
from service.api.schemas.rosters import ROSTERS
from service.api.schemas.schedules import SCHEDULES
from service.api.schemas.tickets import TICKETS
from service.api.schemas.words import Json, ref
from service.api.schemas.workflows import WORKFLOWS

__all__ = ["ANSWER_SCHEMAS", "ref"]

ANSWER_SCHEMAS: dict[str, Json] = {  # in the order of the document
    **TICKETS,
    **ATTACHMENTS,
    **WORKFLOWS,
    **MIGRATIONS,
    **PEOPLE,
    **ACCOUNTS,
    **REGISTERS,
    **DIRECTORY,
    **REPORTS,
    **MESSAGES,
    **SCHEDULES,
    **ROSTERS,
    **PARKED,
}
