"""The deadlines that the City of Boston gave to 35,528 requests in 2011, recomputed."""

import csv
import gzip
from datetime import datetime
from pathlib import Path

import pytest
from offices import BOSTON

from workflows.timing.durations import Duration, Unit
from workflows.timing.instants import Instant, from_datetime

DATA = Path(__file__).parents[2].parent / "shared" / "data"
UNITS = {"working": Unit.WORKING_DAYS, "calendar": Unit.DAYS}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not on this machine")


def promises() -> dict[str, Duration]:
    with (DATA / "boston311_sla_policy_derived.csv").open(encoding="utf-8", newline="") as lines:
        return {row["type"]: Duration(int(row["days"]), UNITS[row["clock"]]) for row in csv.DictReader(lines)}


def local(text: str) -> Instant:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=BOSTON.zone))


def misses() -> list[int]:
    """For each request with a promise, how many seconds our deadline lies from the city's."""
    promised = promises()
    with gzip.open(DATA / "boston311_2011_jul_oct.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return [
            abs(BOSTON.deadline(local(row["open_dt"]), promised[row["type"]]) - local(row["target_dt"]))
            for row in csv.DictReader(lines)
            if row["target_dt"] and row["type"] in promised
        ]


def test_ninety_nine_in_a_hundred_deadlines_are_the_citys_own():
    found = misses()
    assert len(found) == 35_528
    assert sum(miss <= 90 for miss in found) / len(found) >= 0.99
