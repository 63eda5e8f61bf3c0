"""The definitions in force, compiled once per version and kept.

A workflow's stored context names the versions of the organisation, calendars and escalation policies it was
published with, so a ticket's version means the same for ever.
"""
