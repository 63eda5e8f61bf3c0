"""What happens by itself: `auto` rows, and a parent that hears of a child's end."""

from core_desk import Desk, process, refused

from workflows.core.commands import CLOCK, FireAuto
from workflows.core.ticket import Child

DEFINITION = process("""
fields: {ready: {type: boolean}, ok: {type: boolean}}
start: {state: new, roles: [clerk], accepts: [ready], effects: [{open: repair, as: rework}]}
states:
  new: {owner: {role: clerk}}
  joined: {owner: {role: clerk}}
  late: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - trigger: join
    from: new
    to: joined
    auto: true
    guard: children.rework.size() > 0 && children.rework.all(c, c.closed)
  - {trigger: hasten, from: new, to: late, auto: true, guard: ready == true}
  - {trigger: mark, from: new, roles: [clerk], accepts: [ready]}
  - {trigger: finish, from: [joined, late], to: done, roles: [clerk]}
  - trigger: close-with
    from: [new, done]
    to: done
    roles: [clerk]
    guard: children.rework.exists(c, c.state == 'fixed')
""")


def child(number: str, category: str, **more: str) -> Child:
    found = Child(
        id=number, number=number, workflow="repair", link="rework", state=category, category=category
    )
    return found._replace(**more)


def desk(*children: Child) -> Desk:
    found = Desk(DEFINITION).open()
    found.children = children
    return found


def test_a_state_with_auto_rows_asks_to_be_settled():
    assert desk().step.follow_ups[-1] == FireAuto(site="garden", ticket="t-1", actor=CLOCK)


def test_the_last_childs_end_lets_the_parent_go_on():
    found = desk(child("1", "closed"), child("2", "cancelled")).settle(child="2")
    entry = found.step.event
    assert (found.here.state, entry.kind, entry.trigger, entry.actor.id) == (
        "joined",
        "settle",
        "join",
        "system",
    )
    assert entry.note == "child 2 has ended"


def test_another_childs_end_is_a_step_all_the_same():
    found = desk(child("1", "closed"), child("2", "open")).settle(child="1")
    assert (found.here.state, found.here.seq) == ("new", 2)
    assert found.step.follow_ups == ()


def test_without_a_child_and_without_a_ripe_row_nothing_is_written():
    assert len(desk(child("1", "open")).settle().steps) == 1


def test_rows_are_tried_in_their_order():
    found = desk(child("1", "closed")).fire("mark", ready=True).settle()
    assert found.here.state == "joined"
    assert desk(child("1", "open")).fire("mark", ready=True).settle().here.state == "late"


def test_a_parent_waits_for_the_ticket_that_its_child_goes_on_as():
    converted, successor = child("1", "cancelled", state="converted"), child("2", "open")
    found = desk(converted, successor).settle(child="1")
    assert found.here.state == "new"
    found.children = (converted, successor._replace(state="done", category="closed"))
    assert found.settle(child="2").here.state == "joined"


def test_guards_of_ordinary_rows_see_the_children_too():
    found = desk(child("1", "closed", state="fixed"))
    assert found.fire("close-with").here.state == "done"


def test_the_end_of_a_child_is_told_to_its_parent_once():
    found = desk(child("1", "closed", state="fixed"))
    found.ticket = found.here._replace(parent="p", number="M-7")
    found.fire("close-with")
    told = [c for c in found.step.follow_ups if isinstance(c, FireAuto) and c.ticket == "p"]
    assert [c.child for c in told] == ["M-7"]
    found.fire("close-with")
    assert not [c for c in found.step.follow_ups if isinstance(c, FireAuto) and c.ticket == "p"]


def test_an_auto_row_cannot_be_fired_by_hand():
    found = desk(child("1", "closed"))
    assert "unknown-trigger" in refused(found.fire, "join")
