"""Bringing in what happened before: a file and a map become tickets, through the one door."""

from __future__ import annotations

from service.importing.run import Summary, import_file

__all__ = ["Summary", "import_file"]
