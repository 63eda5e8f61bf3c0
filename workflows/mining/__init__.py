"""Processes found in event logs: their discovery, and how far a log conforms to one (process mining)."""
