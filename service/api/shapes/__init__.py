"""The shapes of answers, for the OpenAPI document: JSON Schema 2020-12; every key is always there."""

from __future__ import annotations

from service.api.shapes.messages import MESSAGES, PARKED
from service.api.shapes.people import DIRECTORY, PEOPLE
from service.api.shapes.registers import REGISTERS
from service.api.shapes.reports import REPORTS
from service.api.shapes.rosters import ROSTERS
from service.api.shapes.schedules import SCHEDULES
from service.api.shapes.tickets import TICKETS
from service.api.shapes.words import Json, ref
from service.api.shapes.workflows import WORKFLOWS

__all__ = ["SHAPES", "ref"]

SHAPES: dict[str, Json] = {  # in the order of the document
    **TICKETS,
    **WORKFLOWS,
    **PEOPLE,
    **REGISTERS,
    **DIRECTORY,
    **REPORTS,
    **MESSAGES,
    **SCHEDULES,
    **ROSTERS,
    **PARKED,
}
