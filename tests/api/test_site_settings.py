"""What a site decides for itself, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import HILL, LAKE, Call, codes

from service.bootstrap import Desk

PATH = f"/api/sites/{LAKE}/settings"


def settings(answer: Any) -> dict[str, Any]:
    """The settings of an answer by name."""
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json["items"]}


def test_every_setting_has_its_default_until_the_site_has_said_something(call: Call) -> None:
    """Titled in the reader's language."""
    found = settings(call("office-director", "zh-Hans").get(PATH))
    assert found["move_in_variant"]["title"] == "入住办理顺序"
    assert (found["move_in_variant"]["value"], found["move_in_variant"]["said"]) == ("a", False)
    assert found["move_in_variant"]["schema"]["enum"] == ["a", "b"]


def test_a_manager_says_what_the_site_decides(call: Call, desk: Desk) -> None:
    """What is said replaces what was said before."""
    director = call("office-director")
    seen = director.get(PATH).headers["ETag"]
    answer = director.send(
        "PUT", PATH, {"values": {"move_in_variant": "b", "custody_share": 0.5}}, If_Match=seen
    )
    assert settings(answer)["move_in_variant"]["value"] == "b"
    assert answer.headers["ETag"] == director.get(PATH).headers["ETag"]
    assert desk.people.directory(LAKE).settings == {"move_in_variant": "b", "custody_share": 0.5}
    again = director.send("PUT", PATH, {"values": {}}, If_Match=answer.headers["ETag"])
    assert settings(again)["move_in_variant"]["said"] is False


def test_another_site_goes_on_as_it_was(call: Call, desk: Desk) -> None:
    """Each decides for itself."""
    director = call("director-of-both")
    seen = director.get(PATH).headers["ETag"]
    director.send("PUT", PATH, {"values": {"move_in_variant": "b"}}, If_Match=seen)
    assert desk.people.directory(HILL).settings == {}


def test_every_change_is_kept_with_who_and_when(call: Call) -> None:
    """From what to what, a row for each setting; for those who look after the desk."""
    director, history = call("director-of-both"), f"{PATH}/history"
    assert director.get(history).json == {"items": [], "next": None}
    seen = director.get(PATH).headers["ETag"]
    seen = director.send(
        "PUT", PATH, {"values": {"move_in_variant": "b", "custody_share": 0.5}}, If_Match=seen
    ).headers["ETag"]
    seen = director.send("PUT", PATH, {"values": {"move_in_variant": "b"}}, If_Match=seen).headers["ETag"]
    director.send("PUT", PATH, {"values": {"move_in_variant": "b"}}, If_Match=seen)
    items = director.get(history).json["items"]
    assert [(each["seq"], each["name"], each["before"], each["after"]) for each in items] == [
        (1, "custody_share", None, 0.5),
        (2, "move_in_variant", None, "b"),
        (3, "custody_share", 0.5, None),
    ]
    assert items[1]["title"]
    assert {each["actor"]["name"] for each in items} == {"员工 director-of-both"}
    assert {each["surface"] for each in items} == {"api"}
    assert director.get(f"/api/sites/{HILL}/settings/history").json["items"] == []
    first = director.get(f"{history}?limit=2").json
    assert [each["seq"] for each in director.get(f"{history}?cursor={first['next']}").json["items"]] == [3]
    assert codes(director.get(f"{history}?cursor=x")) == ["bad-cursor"]
    assert codes(call("cs-officer").get(history)) == ["managers-only"]
    assert codes(call("elsewhere").get(history))[0] in ("managers-only", "unknown-site")


def test_who_saw_older_settings_is_refused(call: Call, desk: Desk) -> None:
    """And nothing has changed."""
    director = call("office-director")
    seen = director.get(PATH).headers["ETag"]
    director.send("PUT", PATH, {"values": {"move_in_variant": "b"}}, If_Match=seen)
    late = director.send("PUT", PATH, {"values": {"custody_share": 0.5}}, If_Match=seen)
    assert (late.status_code, codes(late)) == (412, ["changed-since"])
    assert desk.people.settings(LAKE) == {"move_in_variant": "b"}
    assert director.send("PUT", PATH, {"values": {}}).status_code == 428


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"move_in_variant": "c"}, ["bad-value"]),
        ({"move_in_variant": None}, ["bad-value"]),
        ({"move_in_variant": ["a"]}, ["bad-value"]),
        ({"custody_share": 7, "x": 1}, ["bad-value", "unknown-field"]),
    ],
)
def test_bad_values_are_refused_with_every_reason(
    call: Call, desk: Desk, values: dict[str, Any], found: list[str]
) -> None:
    """And nothing has changed."""
    director = call("office-director")
    answer = director.send("PUT", PATH, {"values": values}, If_Match=director.get(PATH).headers["ETag"])
    assert (answer.status_code, codes(answer)) == (422, found)
    assert desk.people.settings(LAKE) == {}


def test_settings_are_for_those_who_look_after_the_desk_there(call: Call) -> None:
    """A manager of another site is a stranger here."""
    assert codes(call("receptionist").get(PATH)) == ["managers-only"]
    assert call("elsewhere").get(PATH).status_code == 404
    assert call("office-director").get(f"/api/sites/{HILL}/settings").status_code == 404
    assert call("office-director").get("/api/sites/nowhere/settings").status_code == 404
