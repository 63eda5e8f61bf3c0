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


def test_a_night_is_shown_as_two_windows():
    with pytest.raises(ValueError, match="'22:00-24:00' here and '00:00-06:00' on the next day"):
        Window.parse("22:00-06:00")
