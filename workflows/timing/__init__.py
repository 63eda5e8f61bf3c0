"""Time in the trade's words: durations, opening hours, promises and their escalation. Pure; no wall clock."""
