"""`python -m benchmarks [engine] [sweep] [api]`: each against its floor, in turn; all by default."""

from __future__ import annotations

import sys
import warnings

from benchmarks.api import api_and_minimal
from benchmarks.engine import engine_and_driver
from benchmarks.sweep import sweep_and_sql


def main(wanted: list[str]) -> None:
    """Measure what is wanted; a line for each, ours and the floor side by side."""
    warnings.simplefilter("ignore")
    if "engine" in wanted:
        engine_and_driver("sqlite", "FULL")
        engine_and_driver("sqlite", "NORMAL")
        engine_and_driver("postgres")
    if "api" in wanted:
        api_and_minimal()
    if "sweep" in wanted:
        sweep_and_sql("sqlite")
        sweep_and_sql("postgres")


if __name__ == "__main__":
    main(sys.argv[1:] or ["engine", "api", "sweep"])
