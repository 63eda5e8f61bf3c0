"""Imports past cases: a file and a map become tickets, each step through the engine."""

from __future__ import annotations

from service.imports.import_run import ImportSummary, import_file

__all__ = ["ImportSummary", "import_file"]
