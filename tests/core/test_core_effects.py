"""What a row's effects come to: they describe what is to happen, and the desk does it."""

from uuid import UUID

import pytest
from core_desk import GUEST, MONDAY, Desk, directory, open_directly, person, process, refused

from workflows.core.commands import CLOCK, Open
from workflows.core.ticket import NORMAL, Child

DEFINITION = process("""
summary: content
fields:
  content: {type: text}
  area: {type: number}
  fee: {type: money}
  phone: {type: phone}
  hint: {type: text, personal: true}
  dept: {type: department}
  who: {type: staff}
  round: {type: checklist}
  asked: {type: choices, options: {green: {en: G}, blue: {en: B}, red: {en: R}}}
readers: [clerk]
client: {name: content, contact: phone}
start:
  state: new
  roles: [clerk, guest]
  accepts: [content, area, phone, dept, who, round, asked]
  effects: [{set: fee, value: 1}, {notify: [clerk]}]
states:
  new: {owner: {role: clerk}}
  handling: {owner: {department: dept}}
  dropped: {category: cancelled}
transitions:
  - {trigger: give, from: new, to: handling, roles: [clerk], effects: [{assign: who}]}
  - {trigger: take, from: new, roles: [clerk, clock, guest], effects: [{assign: actor}]}
  - {trigger: release, from: new, roles: [clerk], effects: [{assign: nobody}]}
  - {trigger: charge, from: new, roles: [clerk], effects: [{set: fee, value: area * 0.3}]}
  - {trigger: rename, from: new, roles: [clerk], effects: [{set: content, value: "'Now: ' + content"}]}
  - {trigger: unname, from: new, roles: [clerk], effects: [{set: content, value: "null"}]}
  - {trigger: hide, from: new, roles: [clerk], effects: [{set: phone, value: "'13700000000'"}]}
  - {trigger: look-up, from: new, roles: [clerk], effects: [{set: hint, value: "{'a': 'b'}[phone]"}]}
  - {trigger: route, from: handling, roles: [clerk], effects: [{set: dept, value: "'green'"}]}
  - {trigger: raise, from: new, roles: [clerk], effects: [{raise: priority}]}
  - {trigger: lower, from: new, roles: [clerk], effects: [{lower: priority}]}
  - trigger: calm
    from: new
    roles: [clerk]
    effects: [{lower: priority, when: area > 1.0}]
  - {trigger: waver, from: new, roles: [clerk], effects: [{lower: priority}, {raise: priority}]}
  - trigger: tell
    from: new
    roles: [clerk]
    effects: [{notify: [chief, client], text: {en: Look, zh-Hans: 看, zh-Hant: 看, es: Mira}, urgent: true}]
  - trigger: inspect
    from: new
    roles: [clerk]
    effects:
      - open: repair
        each: "round.filter(i, i.result == 'fail')"
        with: {content: item.note, unit: content}
        as: rework
      - {open: repair, with: {content: content}, as: visit}
  - trigger: spread
    from: new
    roles: [clerk]
    effects: [{open: repair, with: {content: "item.note.size() > 0 ? 'a' : 'b'"}, each: round, as: rework}]
  - trigger: ask
    from: new
    roles: [clerk]
    effects: [{open: repair, each: "asked.filter(a, a != 'blue')", with: {content: item.value}, as: visit}]
  - trigger: convert
    from: new
    to: dropped
    roles: [clerk]
    effects: [{raise: priority}, {convert: complaint, with: {content: content}}]
  - trigger: weigh
    from: new
    roles: [clerk]
    accepts: [area]
    effects:
      - {set: fee, value: area * 0.3, when: area != null}
      - {set: content, value: "'Dear'", when: fee > 20.0}
      - {raise: priority, when: fee > 20.0}
      - {notify: [chief], when: area > 1000.0}
      - {open: repair, with: {content: content}, as: visit, when: "{'a': 'b'}[content] == 'b'"}
""")


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**{"content": "The lift", **data})


class TestWriting:
    def test_a_value_is_worked_out_and_kept_as_its_field_keeps_it(self):
        found = desk(area=100).fire("charge")
        assert found.here.data["fee"] == "30.00"

    def test_it_is_written_down_in_the_history(self):
        found = desk(area=100)
        assert found.step.event.data["fee"] == "1.00"
        assert found.fire("charge").step.event.data == {"fee": "30.00"}

    def test_the_title_follows(self):
        assert desk().fire("rename").here.title == "Now: The lift"

    def test_null_empties_the_field(self):
        found = desk().fire("unname")
        assert "content" not in found.here.data
        assert found.here.title == ""

    def test_a_personal_field_is_kept_apart(self):
        found = desk().fire("hide")
        assert found.here.personal == {"phone": "13700000000"}
        assert found.step.event.personal == {"phone": "13700000000"}
        assert found.step.event.data == {}

    def test_rewriting_the_owner_hands_the_ticket_over(self):
        found = desk(dept="repairs", who="wei").fire("give").fire("route")
        assert (found.here.department, found.here.assignee) == ("green", None)

    def test_what_cannot_be_worked_out_refuses_the_step(self):
        assert set(refused(desk().fire, "charge")) == {"bad-value fee"}

    def test_and_does_not_quote_what_is_personal(self):
        reason = refused(desk(phone="13800000000").fire, "look-up")["bad-value hint"]
        assert reason.message == "hint cannot be worked out"


class TestAssigning:
    def test_to_the_named_person(self):
        assert desk(dept="repairs", who="wei").fire("give").here.assignee == "wei"

    def test_to_the_actor_and_to_nobody(self):
        found = desk().fire("take")
        assert found.here.assignee == "cleo"
        assert found.fire("release").here.assignee is None

    @pytest.mark.parametrize("actor", [CLOCK, GUEST])
    def test_only_staff_can_have_a_ticket(self, actor):
        assert desk().fire("take", actor).here.assignee is None

    def test_somebody_who_has_left_gets_nothing(self):
        found = desk(who="wei")
        found.staff = directory(person("cleo", "clerk"))
        assert found.fire("give").here.assignee is None


class TestRaisingAndTelling:
    def test_the_priority_goes_up_to_the_top_and_stays_there(self):
        found = desk()
        assert [found.fire("raise").here.priority for _ in range(4)] == [2, 3, 3, 3]

    def test_the_priority_goes_down_to_the_lowest_and_stays_there(self):
        found = desk()
        found.fire("raise")
        assert [found.fire("lower").here.priority for _ in range(4)] == [1, 0, 0, 0]

    def test_the_priority_is_lowered_only_where_the_condition_holds(self):
        assert [desk(area=area).fire("calm").here.priority for area in (1, 2)] == [1, 0]

    def test_what_is_lowered_and_raised_in_one_step_stands_as_before(self):
        assert desk().fire("waver").here.priority == 1

    def test_a_notice_names_the_people_and_quotes_nothing(self):
        message = desk().fire("tell").step.messages[0]
        assert (message.kind, message.recipient, message.role, message.urgent) == (
            "notice",
            "chen",
            "chief",
            True,
        )
        assert message.text["en"] == "Look"
        assert desk().fire("tell").told() == [("chen", "chief"), ("client", "client")]

    def test_an_opening_tells_too(self):
        assert desk().told() == [("cleo", "clerk"), ("carl", "clerk")]


class TestChildren:
    ROUND = [  # noqa: RUF012
        {"item": "roof", "result": "fail", "note": "leaks"},
        {"item": "door", "result": "pass"},
        {"item": "wall", "result": "fail"},
    ]

    def test_one_is_opened_for_each_item(self):
        opened = [c for c in desk(round=self.ROUND).fire("inspect").step.follow_ups if isinstance(c, Open)]
        assert [child.data for child in opened] == [
            {"content": "leaks", "unit": "The lift"},
            {"unit": "The lift"},
            {"content": "The lift"},
        ]
        assert [(c.workflow, c.link, c.parent, c.derived) for c in opened] == [
            ("repair", "rework", "t-1", True),
            ("repair", "rework", "t-1", True),
            ("repair", "visit", "t-1", True),
        ]

    def test_one_is_opened_for_each_of_what_was_chosen(self):
        opened = desk(asked=["red", "blue", "green"]).fire("ask").step.follow_ups
        assert [child.data for child in opened] == [{"content": "red"}, {"content": "green"}]

    def test_those_of_one_step_are_a_round_and_the_ticket_remembers_the_last(self):
        found = desk(round=self.ROUND).fire("inspect")
        assert {child.round for child in found.step.follow_ups} == {2}
        assert found.here.trail.asked == {"rework": [2], "visit": [2]}
        assert found.fire("ask").here.trail.asked == {"rework": [2], "visit": [3]}

    def test_the_same_step_always_gives_the_same_ids(self):
        first, second = (desk(round=self.ROUND).fire("inspect").step.follow_ups for _ in range(2))
        assert [child.id for child in first] == [child.id for child in second]
        assert len({child.id for child in first}) == 3

    def test_the_ids_are_dated(self):
        for child in desk(round=self.ROUND).fire("inspect").step.follow_ups:
            parsed = UUID(child.id)
            assert (parsed.version, parsed.variant) == (7, "specified in RFC 4122")
            assert parsed.int >> 80 == MONDAY * 1000

    def test_they_sort_in_the_order_of_the_list(self):
        ids = [child.id for child in desk(round=self.ROUND * 50).fire("inspect").step.follow_ups]
        assert ids == sorted(ids)

    def test_another_step_gives_others(self):
        found = desk(round=self.ROUND)
        ids = [found.fire("inspect").step.follow_ups[0].id for _ in range(2)]
        assert ids[0] != ids[1]

    def test_nothing_is_opened_for_an_empty_list(self):
        opened = desk().fire("inspect").step.follow_ups
        assert [child.link for child in opened] == ["visit"]

    def test_what_cannot_be_worked_out_opens_nothing(self):
        assert "bad-value" in refused(desk(round=self.ROUND).fire, "spread")


class TestConverting:
    def converted(self) -> tuple[Desk, Open]:
        found = desk(area=1)
        found.ticket = found.here._replace(parent="p", link="rework", round=4)
        found.fire("convert", "carl")
        return found, next(c for c in found.step.follow_ups if isinstance(c, Open))

    def test_the_ticket_ends_and_goes_on_as_another(self):
        found, successor = self.converted()
        assert found.here.category == "cancelled"
        assert (successor.workflow, successor.data) == ("complaint", {"content": "The lift"})

    def test_the_successor_takes_its_place(self):
        _, successor = self.converted()
        assert (successor.parent, successor.link, successor.origin) == ("p", "rework", "t-1")

    def test_it_keeps_who_opened_it_and_how_pressing_it_was(self):
        found, successor = self.converted()
        step = open_directly(DEFINITION, found.staff, successor, found.now)
        assert step is not None
        assert (step.after.opener, step.after.priority, step.event.actor.id) == ("cleo", 2, "carl")
        assert step.after.origin == "t-1"

    def test_the_parent_is_told_after_the_successor_is_opened(self):
        found, _ = self.converted()
        assert [type(c).__name__ for c in found.step.follow_ups] == ["Open", "FireAuto"]


def test_a_child_is_done_with_when_closed_or_cancelled():
    kinds = {"open": False, "waiting": False, "closed": True, "cancelled": True}
    for category, closed in kinds.items():
        child = Child(id="c", number="1", workflow="w", link="l", state="s", category=category)
        assert child.closed is closed


class TestWhen:
    """An effect that hangs on something."""

    def test_it_comes_about_where_that_holds_and_sees_what_those_before_it_wrote(self):
        found = desk(area=100).fire("weigh")
        assert found.here.data["fee"] == "30.00"
        assert found.here.data["content"] == "Dear"
        assert found.here.priority == NORMAL + 1

    def test_else_it_is_as_if_it_were_not_there(self):
        found = desk().fire("weigh")
        assert found.here.data["fee"] == "1.00"
        assert found.here.data["content"] == "The lift"
        assert found.here.priority == NORMAL
        assert found.told() == []

    def test_it_sees_the_form_of_its_own_step(self):
        assert desk().fire("weigh", area=2000).told() == [("chen", "chief")]

    def test_what_cannot_be_answered_counts_as_no(self):
        assert desk(area=100).fire("weigh").step.follow_ups == ()
