"""Lead times and graces by an answer: each department has its own before one arrival."""

from core_desk import Desk, process, shown

DEFINITION = process("""
fields:
  arrival: {type: datetime}
  lead: {type: choice, options: {day: {en: Day}, half-day: {en: Half}, hour: {en: Hour}, never: {en: Never}}}
  kind: {type: choice, options: {visit: {en: Visit}, call: {en: Call}}}
start: {state: new, roles: [clerk], accepts: [arrival, lead, kind]}
states:
  new: {owner: {role: clerk}, due: {before: arrival, by: {day: 1 day, half-day: 12 hours, never: none, otherwise: 30 minutes}, per: lead}}
  met: {owner: {role: clerk}, due: {at: arrival, grace: {visit: 2 working hours, call: none}, per: kind}}
  done: {category: closed}
transitions:
  - {trigger: meet, from: new, to: met, roles: [clerk]}
  - {trigger: end, from: met, to: done, roles: [clerk]}
clocks:
  answer: {title: {en: A}, starts: new, stops: done, within: {call: none, otherwise: 2 days}, by: kind}
""")  # fmt: skip # noqa: E501
NOON = "2026-03-05T12:00:00+08:00"


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**{"arrival": NOON, **data})


def due(found: Desk) -> str | None:
    return shown(found.here.due_at)


class TestLeads:
    def test_each_answer_has_its_own(self):
        assert due(desk(lead="day", kind="call")) == "03-04 12:00"
        assert due(desk(lead="half-day", kind="call")) == "03-05 00:00"
        assert due(desk(lead="hour", kind="call")) == "03-05 11:30"

    def test_without_an_answer_the_otherwise_counts(self):
        assert due(desk(kind="call")) == "03-05 11:30"

    def test_none_promises_nothing(self):
        assert due(desk(lead="never", kind="call")) is None

    def test_it_moves_with_the_moment_and_with_the_answer(self):
        found = desk(lead="day", kind="call").amend(arrival="2026-03-06T12:00:00+08:00")
        assert due(found) == "03-05 12:00"
        assert due(found.amend(lead="half-day")) == "03-06 00:00"

    def test_it_begins_when_the_moment_is_filled_in(self):
        found = Desk(DEFINITION).open(lead="day", kind="call")
        assert due(found) is None
        assert due(found.amend(arrival=NOON)) == "03-04 12:00"


class TestGraces:
    def test_each_answer_has_its_own(self):
        assert shown(desk(kind="visit").fire("meet").clock("state.met").due_at) == "03-05 15:30"

    def test_none_promises_nothing(self):
        assert "state.met" not in {clock.name for clock in desk(kind="call").fire("meet").clocks}


def test_none_for_an_answer_is_not_the_otherwise():
    assert "answer" not in {clock.name for clock in desk(kind="call").clocks}
    assert "answer" in {clock.name for clock in desk(kind="visit").clocks}
