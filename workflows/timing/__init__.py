"""Durations, opening hours, clocks, escalation and recurrence. Pure: `now` is an argument."""
