import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import OFFICES, SHANGHAI, at, policy_of, shown

from workflows.language.schemas.escalations import read_policy
from workflows.language.schemas.load import SpecError
from workflows.timing import clock_operations
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationLevel, EscalationPolicy, compute_level_at

STANDARD = policy_of(
    {"at": "80%", "notify": "assignee"},
    {"at": "100%", "notify": ["superior", "owner"], "urgent": True},
    {"after": "1 working day", "notify": "director", "raise": "priority"},
    {"every": "2 working days", "times": 3, "notify": "director", "fire": "remind"},
)
UNRULY = policy_of(
    {"at": "1%"},
    {"at": "99 %"},
    {"after": "10 hours"},
    {"at": "150%"},
    {"after": "1 working day"},
    {"every": "45 minutes", "times": 4},
    {"at": "1000%"},
)


def moments(
    clock: clock_operations.Clock, policy: EscalationPolicy, calendar: Calendar = SHANGHAI
) -> list[int]:
    found = [compute_level_at(clock, policy, index, calendar) for index in range(len(policy.levels))]
    return [moment for moment in found if moment is not None]


def problems(*spec: object) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(SpecError) as caught:
        policy_of(*spec)
    return caught.value.problems


def test_a_policy_is_read_from_plain_data():
    assert STANDARD.levels[0] == EscalationLevel(at_percent=80, notify=("assignee",))
    assert STANDARD.levels[1] == EscalationLevel(at_percent=100, notify=("superior", "owner"), urgent=True)
    day = Duration.parse("1 working day")
    assert STANDARD.levels[2] == EscalationLevel(after=(day,), notify=("director",), raises="priority")


def test_a_repeated_level_is_written_out_upon_the_level_before():
    one, two = Duration.parse("1 working day"), Duration.parse("2 working days")
    steps = [level.after for level in STANDARD.levels[3:]]
    assert steps == [(one, two), (one, two, two), (one, two, two, two)]


def test_each_level_has_its_moment():
    promise = Duration.parse("10 working hours")
    clock = clock_operations.start("due", "registered", promise, at("2026-03-02 09:00"), SHANGHAI, STANDARD)
    assert [shown(moment) for moment in moments(clock, STANDARD)] == [
        "2026-03-03 09:30",
        "2026-03-03 11:30",
        "2026-03-04 18:00",
        "2026-03-06 18:00",
        "2026-03-10 18:00",
        "2026-03-12 18:00",
    ]


def test_time_on_the_wall_is_divided_as_it_passes():
    policy = policy_of({"at": "50%"}, {"at": "200%"})
    clock = clock_operations.start(
        "due", None, Duration.parse("4 hours"), at("2026-03-02 22:00"), SHANGHAI, policy
    )
    assert [shown(moment) for moment in moments(clock, policy)] == ["2026-03-03 00:00", "2026-03-03 06:00"]


def test_there_is_no_moment_after_the_last_level():
    clock = clock_operations.start(
        "due", None, Duration.parse("1 hour"), at("2026-03-02 09:00"), SHANGHAI, STANDARD
    )
    assert compute_level_at(clock, STANDARD, 6, SHANGHAI) is None


def test_a_paused_clock_has_no_level_to_come():
    clock = clock_operations.start(
        "due", None, Duration.parse("1 hour"), at("2026-03-02 09:00"), SHANGHAI, STANDARD
    )
    assert (
        compute_level_at(
            clock_operations.pause(clock, at("2026-03-02 09:10"), SHANGHAI), STANDARD, 0, SHANGHAI
        )
        is None
    )


@given(
    st.sampled_from(OFFICES),
    st.integers(1_700_000_000, 1_800_000_000),
    st.sampled_from(["1 minute", "3 hours", "2 working hours", "3 working days", "9 days"]),
)
def test_no_level_comes_before_an_earlier_one(office: Calendar, start: int, promise: str):
    clock = clock_operations.start("due", None, Duration.parse(promise), start, office, UNRULY)
    found = moments(clock, UNRULY, office)
    assert len(found) == len(UNRULY.levels)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        (["tell everybody"], (0,), "a text where a mapping belongs"),
        ([{"at": "80%", "notfy": "x"}], (0, "notfy"), "did you mean 'notify'"),
        ([{"notify": "x"}], (0,), "one of at, after and every, not none"),
        ([{"at": "80%", "after": "1 day"}], (0,), "not at and after"),
        ([{"at": 80}], (0, "at"), "did you mean '80%'"),
        ([{"at": "0%"}], (0, "at"), "not from 1% to 1000%"),
        ([{"at": "1001%"}], (0, "at"), "not from 1% to 1000%"),
        ([{"after": "P1D"}], (0, "after"), "'1 day' or '1 working day'"),
        ([{"every": "1 day"}], (0,), "every needs times"),
        ([{"every": "1 day", "times": 0}], (0, "times"), "from 1 to 100"),
        ([{"every": "1 day", "times": True}], (0, "times"), "from 1 to 100"),
        ([{"after": "1 day", "times": 2}], (0, "times"), "times belongs to every"),
        ([{"at": "80%", "notify": 5}], (0, "notify"), "a number (5) where a name belongs"),
        ([{"at": "80%", "raise": ["x"]}], (0, "raise"), "a list where one of priority belongs"),
        ([{"at": "80%", "raise": "hell"}], (0, "raise"), "'hell' is none of priority"),
        ([{"at": "80%", "urgent": "very"}], (0, "urgent"), "true or false"),
        ([{"at": "80%"}, {"at": "80%"}], (1, "at"), "80% is not more than 80%"),
        ([{"after": "1 day"}, {"at": "100%"}], (1, "at"), "not later than the levels after due"),
        ([{"after": "2 days"}, {"after": "1 day"}], (1, "after"), "not later than the level before"),
        ([{"every": "1 day", "times": 100}, {"at": "150%"}], (), "101 levels are too many"),
        ([], (), "no levels"),
    ],
)
def test_a_mistake_is_named_with_its_place(spec: list[object], path: tuple[object, ...], message: str):
    found = problems(*spec)
    assert [place for place, _ in found] == [("levels", *path)]
    assert message in found[0][1]


def test_a_policy_that_is_no_list_is_refused():
    with pytest.raises(SpecError, match="a text where a list of levels such as"):
        read_policy("bad", {"levels": "80%"})
