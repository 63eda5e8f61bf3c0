"""Children that are written out in the file, one for each row."""

from core_desk import Desk, process

from workflows.core.commands import Open

DEFINITION = process("""
fields:
  arrival: {type: datetime}
  class: {type: choice, options: {first: {en: First}, second: {en: Second}}}
start: {state: new, roles: [clerk], accepts: [arrival, class]}
states: {new: {owner: {role: clerk}}, done: {category: closed}}
transitions:
  - trigger: plan
    from: new
    roles: [clerk]
    effects:
      - open: tour-task
        rows:
          - {task: plants, department: green, lead: half-day}
          - {task: lifts, department: repairs, lead: hour, minutes: 30}
          - {task: carpet, department: repairs, lead: day, when: class == 'first'}
        with: {arrival: arrival}
        as: tasks
      - {open: visit, with: {arrival: arrival}}
  - {trigger: end, from: new, to: done, roles: [clerk]}
""")


def opened(**data: object) -> list[Open]:
    found = Desk(DEFINITION).open(arrival="2026-03-05T04:00:00Z", **data).fire("plan")
    return [each for each in found.step.follow_ups if isinstance(each, Open)]


def test_each_row_is_a_child_with_its_constants_and_what_is_given_to_all():
    plants, lifts, visit = opened()
    assert plants.data == {
        "task": "plants",
        "department": "green",
        "lead": "half-day",
        "arrival": plants.data["arrival"],
    }
    assert (lifts.data["minutes"], lifts.data["arrival"]) == (30, plants.data["arrival"])
    assert [each.link for each in (plants, lifts, visit)] == ["tasks", "tasks", "visit"]
    assert len({each.id for each in (plants, lifts, visit)}) == 3


def test_a_row_may_hang_on_something():
    assert [each.data.get("task") for each in opened(**{"class": "first"})] == [
        "plants",
        "lifts",
        "carpet",
        None,
    ]
