"""`python -m benchmarks [engine] [sweep] [api] [imports]`: measurements against a floor; without arguments,
all four.

`parts` shows the processor time of each part of a request; `growth` the cost of queries on a desk that grows,
with `asked=/api/callers` of those only whose names hold this; `callers --tickets 1000000 --residents 50000`
what finding somebody costs, and that who may not read it learns nothing (`--postgres` for the other
database, `--keep FOLDER`); `console --tickets 200000` what the pages of the console cost, beside the API's
answers with the same content.
"""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path

import structlog

from benchmarks.api import api_and_minimal, two_processes_and_one
from benchmarks.callers import callers
from benchmarks.console import console
from benchmarks.engine import engine_and_driver
from benchmarks.growth import growth
from benchmarks.imports import rows_of_history
from benchmarks.parts import parts_of_a_request
from benchmarks.sweep import sweep_and_sql


def main(wanted: list[str]) -> None:
    """Run the named measurements and print a line for each, ours and the floor side by side."""
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if wanted[0] == "callers":
        raise SystemExit(callers(wanted[1:]))
    if wanted[0] == "console":
        raise SystemExit(console(wanted[1:]))
    if "growth" in wanted:
        sizes = [int(each) for each in wanted if each.isdecimal()]
        kept = next((Path(each.removeprefix("keep=")) for each in wanted if each.startswith("keep=")), None)
        asked = [each.removeprefix("asked=") for each in wanted if each.startswith("asked=")]
        growth(
            "postgres" if "postgres" in wanted else "sqlite", sizes or [10_000, 100_000], kept, asked or [""]
        )
    if "engine" in wanted:
        engine_and_driver("sqlite", "FULL")
        engine_and_driver("sqlite", "NORMAL")
        engine_and_driver("postgres")
    if "api" in wanted:
        api_and_minimal()
        two_processes_and_one()
    if "parts" in wanted:
        parts_of_a_request()
    if "sweep" in wanted:
        sweep_and_sql("sqlite")
        sweep_and_sql("postgres")
    if "imports" in wanted:
        rows_of_history("sqlite")
        rows_of_history("postgres")


if __name__ == "__main__":
    main(sys.argv[1:] or ["engine", "api", "sweep", "imports"])
