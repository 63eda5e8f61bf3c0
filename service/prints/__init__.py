"""Prints of tickets: HTML for paper, without script, that loads nothing."""
