"""Tickets on paper: HTML made for printing, without script, that fetches nothing from anywhere."""
