"""A text is published only if it harms nobody that leans on its process."""

from __future__ import annotations

from api_desk import DEFINITIONS, Call

REPAIR = (DEFINITIONS / "repairs" / "repair.yaml").read_text("utf-8")
COMPLAINT_FILE = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8").splitlines()


def test_a_text_that_its_callers_can_no_longer_open_is_refused_at_their_line(call: Call) -> None:
    """Checking says the same as publishing, and the version in force stays."""
    director = call("office-director")
    asks_more = REPAIR.replace(
        "content, urgency]\n  accepts: [unit, part,", "part, content, urgency]\n  accepts: [unit,"
    )
    assert asks_more != REPAIR
    found = director.post("/api/workflows/check", {"text": asks_more}).json["findings"]
    errors = [each for each in found if each["severity"] == "error"]
    (about,) = [each for each in errors if each["file"] == "complaint@1"]
    assert "open: repair" in COMPLAINT_FILE[about["line"] - 1]
    refused = director.post("/api/workflows", {"text": asks_more})
    assert refused.status_code == 422
    assert len(refused.json["blocked_by"]) == len([each for each in found if each["severity"] != "note"])
    assert director.get("/api/workflows/repair").json["version"] == 1
