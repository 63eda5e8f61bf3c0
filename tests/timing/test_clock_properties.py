"""What holds for every promise, whatever happens to it."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from offices import OFFICES, policy_of

from workflows.timing import clock_operations
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.progress import count_consumed

POLICY = policy_of(
    {"at": "50%"}, {"at": "100%"}, {"after": "4 hours"}, {"every": "1 working day", "times": 3}
)
STARTS = st.integers(1_700_000_000, 1_800_000_000)
PROMISES = st.sampled_from(
    [
        "45 minutes",
        "30 hours",
        "2 days",
        "90 working minutes",
        "11 working hours",
        "1 working day",
        "3 working days",
    ]
).map(Duration.parse)
MOMENTS = st.integers(1_700_000_000, 1_801_000_000)
OFFICE = st.sampled_from(OFFICES)
GAPS = st.lists(st.integers(-3_600, 3 * 86_400), max_size=6)


def lived(office: Calendar, start: int, promise: Duration | int, gaps: list[int]) -> tuple[Clock, int]:
    """A clock paused and resumed in turn after each gap in seconds, and the time of the last event."""
    clock, now = clock_operations.start("due", None, promise, start, office, POLICY), start
    for gap in gaps:
        now += gap
        if clock.running:
            clock = clock_operations.pause(clock, now, office)
        else:
            clock = clock_operations.resume(clock, now, office, POLICY)
    return clock, max(now, clock.ledger[-1][0])


@given(OFFICE, STARTS, PROMISES, GAPS)
def test_the_counted_segments_sum_to_the_budget(
    office: Calendar, start: int, promise: Duration, gaps: list[int]
):
    clock, now = lived(office, start, promise, gaps)
    pieces = clock_operations.explain(clock, office, now)
    total = sum(piece.end - piece.start for piece in pieces if piece.counted)
    assert total == (clock.budget if clock.running else min(clock.budget, clock.consumed))
    if clock.running:
        assert pieces[-1].end == clock.due_at


@given(OFFICE, STARTS, PROMISES, GAPS)
def test_the_segments_have_no_gaps(office: Calendar, start: int, promise: Duration, gaps: list[int]):
    clock, now = lived(office, start, promise, gaps)
    pieces = clock_operations.explain(clock, office, now)
    assert all(one.end == other.start for one, other in pairwise(pieces))
    assert all(piece.start == start for piece in pieces[:1])


@given(OFFICE, STARTS, MOMENTS, GAPS)
def test_a_fixed_moment_never_moves(office: Calendar, start: int, moment: int, gaps: list[int]):
    clock, now = lived(office, start, moment, gaps)
    assert clock.due_at == (max(start, moment) if clock.running else None)
    if clock.running:
        pieces = clock_operations.explain(clock, office, now)
        assert sum(piece.end - piece.start for piece in pieces if piece.counted) == clock.budget


@given(OFFICE, STARTS, st.one_of(PROMISES, MOMENTS), GAPS, st.integers(0, 10**9))
def test_a_paused_clock_never_breaches(
    office: Calendar, start: int, promise: Duration | int, gaps: list[int], wait: int
):
    clock, now = lived(office, start, promise, gaps)
    if clock.paused:
        assert (clock.due_at, clock.next_level_at, clock.status(now + wait)) == (None, None, "paused")


@given(OFFICE, STARTS, PROMISES, GAPS, st.integers(0, 30 * 86_400))
def test_a_pause_breaks_no_promise_and_never_brings_the_deadline_nearer(
    office: Calendar, start: int, promise: Duration, gaps: list[int], wait: int
):
    clock, now = lived(office, start, promise, gaps)
    if clock.running:
        again = clock_operations.resume(
            clock_operations.pause(clock, now, office), now + wait, office, POLICY
        )
        assert (again.status(now + wait) == "overdue") == (clock.status(now) == "overdue")
        assert again.due_at is not None
        assert clock.due_at is not None
        assert again.due_at >= clock.due_at


@settings(max_examples=300)
@given(OFFICE, STARTS, st.one_of(PROMISES, MOMENTS), GAPS, st.integers(0, 5 * 86_400))
def test_pausing_and_resuming_at_once_changes_no_deadline(
    office: Calendar, start: int, promise: Duration | int, gaps: list[int], later: int
):
    clock, now = lived(office, start, promise, gaps)
    if clock.running:
        again = clock_operations.resume(
            clock_operations.pause(clock, now + later, office), now + later, office, POLICY
        )
        assert (again.due_at, again.next_level_at) == (clock.due_at, clock.next_level_at)


@given(OFFICE, STARTS, st.one_of(PROMISES, MOMENTS), GAPS)
def test_consumed_never_shrinks_and_is_never_negative(
    office: Calendar, start: int, promise: Duration | int, gaps: list[int]
):
    consumed = [lived(office, start, promise, gaps[:length])[0].consumed for length in range(len(gaps) + 1)]
    assert consumed[0] == 0
    assert consumed == sorted(consumed)


@given(OFFICE, STARTS, PROMISES, GAPS, st.integers(0, 9 * 86_400))
def test_what_is_spent_reaches_the_budget_when_it_is_due(
    office: Calendar, start: int, promise: Duration, gaps: list[int], later: int
):
    clock, now = lived(office, start, promise, gaps)
    if clock.running and clock.due_at is not None:
        assert (count_consumed(clock, office, now + later) < clock.budget) <= (now + later < clock.due_at)


@given(OFFICE, STARTS, PROMISES, GAPS)
def test_levels_fire_in_order_and_each_once(office: Calendar, start: int, promise: Duration, gaps: list[int]):
    clock, _ = lived(office, start, promise, gaps)
    moments = []
    while clock.next_level_at is not None:
        moments.append(clock.next_level_at)
        clock = clock_operations.fire(clock, office, POLICY)
    assert moments == sorted(moments)
    assert len(moments) == (len(POLICY.levels) if clock.running else 0)


@given(OFFICE, STARTS, PROMISES, GAPS, PROMISES)
def test_replanning_there_and_back_is_the_first_plan(
    office: Calendar, start: int, promise: Duration, gaps: list[int], other: Duration
):
    clock, now = lived(office, start, promise, gaps)
    changed = clock_operations.replan(clock, other, now, office, POLICY)
    back = clock_operations.replan(changed, promise, now, office, POLICY)
    assert (back.due_at, back.consumed, back.budget) == (clock.due_at, clock.consumed, clock.budget)
