"""Processes through the API: looked at, drawn, checked, published."""

from __future__ import annotations

import pytest
from api_desk import COMPLAINT, DEFINITIONS, LAKE, Call, codes

from workflows.language.forms.field import LANGUAGES

TEXT = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8")


def test_every_process_is_listed_with_who_may_open_it(call: Call) -> None:
    """`may_open` is the user's."""
    for account, may in (("receptionist", True), ("cleaner", False)):
        found = {w["name"]: w for w in call(account).get("/api/workflows").json["items"]}
        assert found["complaint"]["may_open"] is may


def test_a_process_tells_all_that_a_client_needs(call: Call) -> None:
    """The start form, the states, the steps, the promises."""
    found = call("receptionist").get("/api/workflows/complaint").json
    assert found["start"]["state"] == "registered"
    assert set(found["start"]["form"]["required"]) == set(found["start"]["requires"])
    assert {s["name"] for s in found["states"]} >= {"registered", "closed"}
    row = next(t for t in found["transitions"] if t["trigger"] == "close")
    assert (row["from"], row["to"], row["guard"]) == (["revisited"], "closed", "satisfied")
    assert [c["name"] for c in found["clocks"]] == ["resolution"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_in_the_language_asked_for(call: Call, language: str) -> None:
    """Titles and Content-Language follow Accept-Language."""
    answer = call("receptionist", language).get("/api/workflows/complaint")
    assert answer.headers["Content-Language"] == language
    expected = {"en": "Complaint", "zh-Hans": "投诉", "zh-Hant": "投訴", "es": "Queja"}[language]
    assert answer.json["title"] == expected


def test_a_diagram_is_a_picture_that_can_do_nothing(call: Call) -> None:
    """SVG with a policy of its own that allows no script."""
    answer = call("receptionist").get(
        "/api/workflows/complaint/diagram.svg?language=zh-Hans&current=registered"
    )
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "已登记" in answer.text
    assert "<script" not in answer.text


def test_a_definition_is_checked_without_being_kept(call: Call) -> None:
    """Every problem with line and column; none for a good one."""
    director = call("office-director")
    broken = TEXT.replace("to: classified", "to: clasified", 1)
    found = director.post("/api/workflows/check", {"text": broken}).json["findings"]
    line = 1 + broken[: broken.index("clasified")].count("\n")
    assert any(p["line"] == line and "classified" in p["message"] for p in found)
    good = director.post("/api/workflows/check", {"text": TEXT}).json["findings"]
    assert [p for p in good if p["severity"] == "error"] == []


def test_checking_is_for_those_who_may_publish(call: Call) -> None:
    """403 for others: a check works long for whoever asks."""
    answer = call("receptionist").post("/api/workflows/check", {"text": TEXT})
    assert (answer.status_code, codes(answer)) == (403, ["managers-only"])


def test_publishing_is_for_managers(call: Call) -> None:
    """403 names the roles."""
    answer = call("receptionist").post("/api/workflows", {"text": TEXT})
    assert (answer.status_code, codes(answer)) == (403, ["managers-only"])
    assert answer.json["blocked_by"][0]["who"] == ["office-director", "project-manager"]


def test_a_definition_that_is_wrong_leaves_the_desk_as_it_was(call: Call) -> None:
    """422 with the lines; tickets go on being opened by the version in force."""
    director = call("office-director")
    answer = director.post("/api/workflows", {"text": TEXT.replace("registered:", "registerd:", 1)})
    assert answer.status_code == 422
    assert set(codes(answer)) == {"definition"}
    assert all(each["field"].split(":")[0].isdigit() for each in answer.json["blocked_by"])
    assert director.get("/api/workflows/complaint").json["version"] == 1


def test_a_new_version_is_published_and_the_same_again_is_no_news(call: Call) -> None:
    """201 with the next version; the versions are listed, newest first."""
    director = call("director-of-both")
    text = {"text": TEXT + "\n# a remark\n"}
    answer = director.post("/api/workflows", text, If_Match='"1"')
    assert (answer.status_code, answer.json["version"], answer.json["changed"]) == (201, 2, True)
    again = director.post("/api/workflows", text, If_Match='"1"')
    assert (again.json["version"], again.json["changed"]) == (2, False)
    versions = director.get("/api/workflows/complaint/versions").json["items"]
    assert [v["version"] for v in versions] == [2, 1]
    assert director.get("/api/workflows/complaint?version=1").json["version"] == 1


def test_versions_count_the_tickets_of_ones_own_sites(call: Call) -> None:
    """What another site has on a version is nobody else's business."""
    call("elsewhere").open("complaint", COMPLAINT)
    call("both").open("complaint", COMPLAINT, site=LAKE)
    found = {
        who: call(who).get("/api/workflows/complaint/versions").json["items"][0]["open_tickets"]
        for who in ("receptionist", "elsewhere", "both")
    }
    assert found == {"receptionist": 1, "elsewhere": 1, "both": 2}


def test_an_unknown_process_is_answered_with_what_was_meant(call: Call) -> None:
    """404 everywhere."""
    for part in ("", "/versions", "/diagram.svg"):
        answer = call("receptionist").get(f"/api/workflows/complain{part}")
        assert (answer.status_code, codes(answer)) == (404, ["unknown-workflow"])
        assert "complaint" in answer.json["detail"]
