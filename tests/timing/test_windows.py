from datetime import time

import pytest

from workflows.timing.windows import Window


@pytest.mark.parametrize("text", ["09:00-12:00", "18:00-24:00", "00:00-24:00"])
def test_a_window_reads_back_from_its_own_text(text: str):
    assert str(Window.parse(text)) == text


def test_the_end_of_the_day_may_be_written_either_way():
    assert Window.parse("18:00-24:00") == Window.parse("18:00-00:00") == Window(time(18), time(0))


def test_windows_that_touch_do_not_overlap():
    assert not Window.parse("09:00-12:00").overlaps(Window.parse("12:00-13:00"))
    assert Window.parse("09:00-12:01").overlaps(Window.parse("12:00-13:00"))


@pytest.mark.parametrize(
    "text", ["9-17", "09:00", "24:00-24:00", "09:00-24:30", "25:00-26:00", "09:00-29:00", ""]
)
def test_what_is_no_window_is_refused(text: str):
    with pytest.raises(ValueError, match="no window"):
        Window.parse(text)


def test_a_night_is_one_window_that_passes_midnight():
    night = Window.parse("22:00-06:00")
    assert (str(night), night.overnight, night.closes_second) == ("22:00-06:00", True, 30 * 3600)
    assert night.runs_into(Window.parse("05:00-12:00"))
    assert not night.runs_into(Window.parse("06:00-12:00"))
    assert not Window.parse("22:00-24:00").overnight


def test_a_window_that_closes_as_it_opens_is_none():
    with pytest.raises(ValueError, match="closes as it opens"):
        Window.parse("08:00-08:00")
