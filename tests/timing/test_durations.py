import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.timing.durations import Duration, DurationError, Unit


@given(st.integers(1, 5000), st.sampled_from(Unit))
def test_a_duration_reads_back_from_its_own_text(amount: int, unit: Unit):
    assert Duration.parse(str(Duration(amount, unit))) == Duration(amount, unit)


@pytest.mark.parametrize("text", ["1 working day", "1 working days", " 1  working  day "])
def test_singular_plural_and_blanks_are_the_same(text: str):
    assert Duration.parse(text) == Duration(1, Unit.WORKING_DAYS)


def test_one_is_written_in_the_singular():
    assert str(Duration(1, Unit.WORKING_DAYS)) == "1 working day"
    assert str(Duration(2, Unit.WORKING_DAYS)) == "2 working days"


def test_only_working_units_count_opening_time():
    working = {unit for unit in Unit if Duration(1, unit).working}
    assert working == {Unit.WORKING_MINUTES, Unit.WORKING_HOURS, Unit.WORKING_DAYS}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30", "'30 minutes' or '30 hours'"),
        ("P1D", "'1 day' or '1 working day'"),
        ("PT4H", "'4 hours'"),
        ("PT5M", "'5 minutes'"),
        ("P1M", "must be spelled"),
        ("1.5 hours", "'90 minutes'"),
        ("0.5 working hours", "'30 working minutes'"),
        ("1.00001 hours", "must be whole"),
        ("1.5 moons", "must be whole"),
        ("-1 day", "negative"),
        ("0 days", "the least is '1 day'"),
        ("4 workin hours", "'4 working hours'"),
        ("4 business hours", "'4 working hours'"),
        ("2 mins", "'2 minutes'"),
        ("2 Working Days", "'2 working days'"),
        ("4 xyzzy", "unknown unit 'xyzzy'"),
        ("working day", "a whole number and a unit"),
        ("", "a whole number and a unit"),
        ("١ day", "a whole number and a unit"),
        ("5300 weeks", "100 years"),
        ("9" * 5000 + " days", "100 years"),
    ],
)
def test_what_is_no_duration_is_refused_with_what_was_meant(text: str, meant: str):
    with pytest.raises(DurationError, match=meant):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5 years", "1825 days"),
        ("1 month", "30 days"),
        ("2 Quarters", "182 days"),
        ("3个工作日", "3 working days"),
        ("2小时", "2 hours"),
        ("1 天", "1 day"),
    ],
)
def test_a_unit_that_is_not_here_is_said_in_one_that_is(written: str, meant: str) -> None:
    with pytest.raises(DurationError, match=f"did you mean '{meant}'"):
        Duration.parse(written)


def test_no_other_unit_is_proposed_for_an_unknown_word() -> None:
    with pytest.raises(DurationError) as refused:
        Duration.parse("30 tage")
    assert "did you mean" not in str(refused.value)
