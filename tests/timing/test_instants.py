from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.timing.instants import from_datetime, parse_rfc3339, rfc3339, to_datetime


def test_an_instant_reads_back_from_its_own_text():
    assert rfc3339(1772442000) == "2026-03-02T09:00:00Z"
    assert parse_rfc3339("2026-03-02T09:00:00Z") == 1772442000


def test_an_offset_is_understood():
    assert parse_rfc3339("2026-03-02T17:00:00+08:00") == parse_rfc3339("2026-03-02T09:00:00Z")


def test_a_datetime_shows_the_local_wall_clock():
    assert to_datetime(1772442000, ZoneInfo("Asia/Shanghai")).isoformat() == "2026-03-02T17:00:00+08:00"


def test_a_datetime_survives_the_way_there_and_back():
    moment = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))
    assert to_datetime(from_datetime(moment), ZoneInfo("America/New_York")).utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:00", "2026-03-02", "tomorrow", "", "0001-01-01T00:00:00Z"]
)
def test_a_text_without_zone_or_sense_is_refused(text: str):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the library's for some of them
        parse_rfc3339(text)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        from_datetime(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
