"""Those who publish move open tickets to another version through the API; nobody else does."""

from __future__ import annotations

from typing import Any

from api_desk import COMPLAINT, DEFINITIONS, Call, codes

TEXT = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8")
PATH = "/api/workflows/complaint/migrations"
PLAN = "process: complaint\nfrom: 1\nto: latest\nclocks: {resolution: restart}\nbecause: a newer version\n"


def published(call: Call) -> dict[str, Any]:
    """A complaint on the first version, where there is a second."""
    ticket = call("cs-officer").open("complaint", COMPLAINT)
    text = {"text": f"{TEXT}\n# newer\n"}
    assert call("director-of-both").post("/api/workflows", text, If_Match='"1"').status_code == 201
    return ticket


def test_a_plan_is_tried_carried_out_and_undone(call: Call) -> None:
    ticket, director = published(call), call("office-director")
    tried = director.post(PATH, {"text": PLAN})
    assert (tried.status_code, tried.json["moving"], tried.json["staying"]) == (201, 1, 0)
    (previewed,) = tried.json["tickets"]
    assert (previewed["number"], previewed["to"]["version"]) == (ticket["number"], 2)
    where = f"{PATH}/{tried.json['id']}"
    assert director.get(where).json["waiting"] == 1
    assert director.post(f"{where}/run", {}).json["moved"] == 1
    officer = call("cs-officer")
    assert officer.get(f"/api/tickets/{ticket['id']}").json["version"] == 2
    event = officer.get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert (event["kind"], event["data"]["because"]) == ("migrated", "a newer version")
    assert director.post(f"{where}/undo", {}).json["undone"] == 1
    assert officer.get(f"/api/tickets/{ticket['id']}").json["version"] == 1


def test_a_ticket_that_was_worked_on_since_is_left_and_named(call: Call) -> None:
    ticket, director = published(call), call("office-director")
    where = f"{PATH}/{director.post(PATH, {'text': PLAN}).json['id']}"
    director.post(f"{where}/run", {})
    officer = call("cs-officer")
    officer.get(f"/api/tickets/{ticket['id']}")
    noted = officer.send("POST", f"/api/tickets/{ticket['id']}/notes", {"text": "seen"}, If_Match='"2"')
    assert noted.status_code in (200, 201)
    found = director.post(f"{where}/undo", {}).json
    assert (found["undone"], found["moved_on"]) == (0, 1)
    assert [each["number"] for each in found["left"]] == [ticket["number"]]


def test_migrations_are_for_those_who_publish(call: Call) -> None:
    officer = call("cs-officer")
    for answer in (officer.get(PATH), officer.post(PATH, {"text": PLAN}), officer.post(f"{PATH}/x/run", {})):
        assert (answer.status_code, codes(answer)) == (403, ["managers-only"])


def wrong_version() -> dict[str, str]:
    """A plan for a version that there is not."""
    return {"text": PLAN.replace("from: 1", "from: 7")}


def test_a_plan_that_is_wrong_or_unknown_moves_nothing(call: Call) -> None:
    director = call("office-director")
    wrong = director.post(PATH, wrong_version())
    assert (wrong.status_code, set(codes(wrong))) == (422, {"definition"})
    assert wrong.json["blocked_by"][0]["field"].startswith("2:")
    (problem,) = call("office-director", "zh-Hans").post(PATH, wrong_version()).json["problems"]
    assert (problem["line"], problem["message"]) == (2, "没有第 7 版；现有 1")
    assert director.post(f"{PATH}/nowhere/run", {}).status_code == 404
    assert director.get(PATH).json["items"] == []
