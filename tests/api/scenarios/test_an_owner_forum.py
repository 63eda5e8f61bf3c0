"""Owners are invited, the meeting is held at its time and not before, and what was promised is followed."""

from __future__ import annotations

from scenario_desk import Day

FORUM = {
    "kind": "forum",
    "topic": "春季恳谈会",
    "held_at": "2026-03-20T14:30:00+08:00",
    "place": "会所",
    "agenda": "绿化与停车",
    "participants": "各栋业主代表",
}


def test_a_forum_is_held_at_its_time_and_its_promises_are_followed(day: Day) -> None:
    """From the invitation to the archive, with a task for what somebody promised."""
    forum = day.opens("cs-officer", "owner-forum", **FORUM)
    forum = day.does("cs-officer", forum, "invite", invitation="诚邀各位业主")
    assert day.told(forum) == {"cs-director"}
    assert day.may_not("cs-director", forum, "hold", attendance=18) == (409, ["guard"])  # not yet
    day.until("2026-03-20 14:30")
    assert day.may_not("receptionist", forum, "hold", attendance=18) == (403, ["role-needed"])
    forum = day.does("cs-director", forum, "hold", attendance=18)

    warden = day.id_of("property-warden")
    nobody = [{"task": "补种草坪"}]
    assert day.may_not("cs-officer", forum, "record", minutes="纪要", actions=nobody) == (409, ["guard"])
    promised = [{"task": "补种草坪", "person": warden, "finish_by": "2026-04-10"}]
    forum = day.does("cs-officer", forum, "record", minutes="纪要", actions=promised)
    assert day.may_not("cs-officer", forum, "archive", filed_as="KT-01") == (409, ["guard"])  # it is open

    task = day.child(forum, "actions")
    for who, trigger, form in (
        ("property-warden", "accept", {}),
        ("property-warden", "finish", {"result": "已补种"}),
        ("cs-officer", "confirm", {}),
    ):
        task = day.does(who, task, trigger, **form)
    assert task["state"] == "closed"
    forum = day.does("cs-officer", day.sees("cs-officer", forum), "archive", filed_as="KT-01")
    assert forum["category"] == "closed"
