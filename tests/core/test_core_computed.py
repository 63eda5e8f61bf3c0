"""Computed fields: worked out at every step, exact to the cent, never asked for."""

# ruff: noqa: E501  # YAML as its authors write it

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from core_desk import Desk, at, open_directly, process, refused, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.core.commands import Open

DEFINITION = process("""
summary: label
fields:
  area: {type: number}
  months: {type: number}
  rate: {type: money}
  content: {type: text}
  arrival: {type: datetime}
  start_day: {type: date}
  phone: {type: phone}
  dept: {type: department, value: "content == 'trees' ? 'green' : 'repairs'"}
  fee: {type: money, value: area * rate * months}
  custody: {type: money, value: fee * 0.7}
  large: {type: boolean, value: fee > 1000}
  label: {type: text, value: "'Fee of ' + content"}
  share: {type: number, value: area / months}
  ready_at: {type: datetime, value: 'arrival - duration("1h")'}
  back_on: {type: date, value: "timestamp(start_day + 'T12:00:00Z') + duration('720h')"}
  arrival_day: {type: date, value: arrival}
  reach: {type: text, value: "'tel ' + phone"}
  few: {type: number, max: 10, value: months}
  open_children: {type: number, value: "double(children.visits.filter(c, !c.closed).size())"}
readers: [clerk]
start:
  {state: new, roles: [clerk], accepts: [area, months, rate, content, arrival, start_day, phone]}
states:
  new: {owner: {role: clerk}, due: {at: ready_at}}
  routed: {owner: {department: dept}}
  done: {category: closed}
transitions:
  - {trigger: price, from: new, roles: [clerk], accepts: [area, months, rate], guard: large}
  - {trigger: grow, from: new, roles: [clerk], effects: [{set: area, value: area + 1}, {set: content, value: "string(fee)"}]}
  - {trigger: route, from: new, to: routed, roles: [clerk], accepts: [content]}
  - {trigger: rename, from: routed, roles: [clerk], requires: [content]}
  - {trigger: visit, from: new, roles: [clerk], effects: [{open: visit, with: {at: ready_at, fee: custody, day: arrival, content: label}, as: visits}]}
""")
VISIT = process(
    """
fields: {at: {type: datetime}, fee: {type: money}, day: {type: date}, content: {type: text}}
start: {state: new, roles: [clerk], requires: [at, fee, day], accepts: [content]}
states: {new: {owner: {role: clerk}}, done: {category: closed}}
transitions: [{trigger: end, from: new, to: done, roles: [clerk]}]
""",
    "visit",
)
PRICED = {"area": 100, "months": 2, "rate": "0.30"}


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**data)


class TestWhatTheyComeTo:
    def test_they_are_worked_out_when_the_ticket_is_opened(self):
        found = desk(**PRICED).here
        assert (found.data["fee"], found.data["custody"], found.data["large"]) == ("60.00", "42.00", False)

    def test_they_are_empty_while_a_part_is_empty(self):
        found = desk(area=100).here
        assert not {"fee", "custody", "large", "ready_at"} & found.data.keys()

    def test_they_follow_at_every_step_and_are_written_down_when_they_change(self):
        found = desk(**PRICED).fire("grow")
        assert (found.here.data["area"], found.here.data["fee"]) == (101, "60.60")
        assert found.step.event.data["fee"] == "60.60"
        assert "label" in found.step.event.data
        assert "months" not in desk(**PRICED).note("x").step.event.data

    def test_they_follow_what_is_put_right(self):
        found = desk(**PRICED).amend(months=3)
        assert (found.here.data["fee"], found.step.event.data["custody"]) == ("90.00", "63.00")
        assert "fee" not in found.amend(area=None).here.data
        assert found.step.event.data["fee"] is None

    def test_guards_and_effects_of_the_same_step_see_what_the_form_makes_of_them(self):
        found = desk(area=100, months=2).fire("price", rate="10")
        assert found.here.data["large"] is True
        assert found.fire("grow").here.data["content"] == "2020"
        assert list(refused(desk(**PRICED).fire, "price")) == ["guard"]

    def test_they_title_the_ticket(self):
        assert desk(content="roof").here.title == "Fee of roof"
        assert desk(content="roof").amend(content="lift").here.title == "Fee of lift"

    def test_they_say_whose_it_is(self):
        found = desk(content="trees").fire("route")
        assert found.here.department == "green"
        assert found.fire("rename", content="roof").here.department == "repairs"

    def test_divided_by_nothing_they_are_empty(self):
        assert "share" not in desk(area=1, months=0).here.data
        assert "share" not in desk(area=0, months=0).here.data

    def test_numbers_keep_six_places(self):
        assert desk(area=1, months=3).here.data["share"] == 0.333333

    def test_what_comes_of_personal_fields_is_personal(self):
        found = desk(phone="13800000000")
        assert found.here.personal["reach"] == "tel 13800000000"
        assert "reach" not in found.here.data


class TestMoments:
    def test_a_moment_before_another(self):
        found = desk(arrival="2026-03-05T15:00:00+08:00")
        assert found.here.data["ready_at"] == "2026-03-05T06:00:00Z"
        assert shown(found.here.due_at) == "03-05 14:00"

    def test_deadlines_hang_on_them_and_move_with_them(self):
        found = desk(arrival="2026-03-05T15:00:00+08:00").amend(arrival="2026-03-05T17:00:00+08:00")
        assert shown(found.here.due_at) == "03-05 16:00"

    def test_a_day_after_a_day(self):
        assert desk(start_day="2026-03-02").here.data["back_on"] == "2026-04-01"

    def test_an_instant_is_the_day_it_falls_on_in_the_calendars_zone(self):
        assert desk(arrival="2026-03-04T23:30:00Z").here.data["arrival_day"] == "2026-03-05"


class TestWhatIsRefused:
    def test_nobody_writes_them(self):
        assert list(refused(desk().amend, fee="1")) == ["unknown-field fee"]
        assert list(refused(Desk(DEFINITION).open, fee="1")) == ["unknown-field fee"]

    def test_a_value_that_does_not_fit_its_field_is_refused_with_the_step(self):
        reasons = refused(Desk(DEFINITION).open, months=11)
        assert reasons["bad-value few"].message == "few cannot be worked out: few must be at most 10"
        found = desk(months=5)
        assert list(refused(found.amend, months=11)) == ["bad-value few"]
        assert found.here.data["months"] == 5

    def test_too_large_an_amount_too(self):
        reasons = refused(Desk(DEFINITION).open, area=10**9, months=9, rate="9999")
        assert list(reasons) == ["bad-value fee"]  # and what leans on it is empty


class TestChildren:
    def test_a_child_takes_what_was_worked_out(self):
        found = desk(**PRICED, arrival="2026-03-05T15:00:00+08:00", content="roof").fire("visit")
        [opening] = [each for each in found.step.follow_ups if isinstance(each, Open)]
        step = open_directly(VISIT, found.staff, opening, at("2026-03-02 10:00"))
        assert step is not None
        assert step.after.data == {
            "at": "2026-03-05T06:00:00Z",
            "fee": "42.00",
            "day": "2026-03-05",
            "content": "Fee of roof",
        }


AMOUNTS = process("""
fields:
  a: {type: number}
  b: {type: number}
  c: {type: money}
  d: {type: number}
  product: {type: money, value: a * b}
  account: {type: money, value: a * b + c - c * d}
  balance: {type: money, value: c - a * b}
start: {state: new, roles: [clerk], accepts: [a, b, c, d]}
states: {new: {owner: {role: clerk}}, done: {category: closed}}
transitions: [{trigger: end, from: new, to: done, roles: [clerk]}]
""")


def decimals(most: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=places, allow_nan=False, allow_infinity=False)


def cents(exact: Decimal) -> str:
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded}"


@settings(max_examples=300, deadline=None)
@given(a=decimals(10_000, 2), b=decimals(9_999, 4), c=decimals(10**8, 2), d=decimals(1, 4))
def test_amounts_up_to_a_hundred_million_are_exact_to_the_cent(
    a: Decimal, b: Decimal, c: Decimal, d: Decimal
):
    found = Desk(AMOUNTS).open(a=float(a), b=float(b), c=str(c), d=float(d)).here.data
    assert found["product"] == cents(a * b)
    assert found["account"] == cents(a * b + c - c * d)
    assert found["balance"] == cents(c - a * b)


@pytest.mark.parametrize(
    ("a", "b", "amount"),
    [(1.005, 1, "1.01"), (0.5, 0.01, "0.01"), (3, 0.335, "1.01"), (2.675, 100, "267.50")],
)
def test_half_a_cent_goes_up(a: float, b: float, amount: str):
    assert Desk(AMOUNTS).open(a=a, b=b).here.data["product"] == amount
