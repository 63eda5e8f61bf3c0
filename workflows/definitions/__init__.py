"""The definitions in force (`in_force`), what is checked with them (`checks`), and their publication."""

from workflows.definitions.in_force import REPORTS_KIND, SCHEDULES_KIND
from workflows.definitions.publish import Definitions, Publication

__all__ = ["REPORTS_KIND", "SCHEDULES_KIND", "Definitions", "Publication"]
