"""The texts of processes are documents: read with their ETag, and changed from the version that was read."""

from __future__ import annotations

import pytest
from api_desk import DEFINITIONS, Call, codes

from workflows.language.forms.field import LANGUAGES

TEXT = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8")
PATH = "/api/workflows/complaint"


def test_the_text_in_force_and_every_earlier_one_can_be_read(call: Call) -> None:
    """As they were published, comments and all; the ETag is the digest."""
    director = call("director-of-both")
    read = director.get(f"{PATH}/text")
    assert (read.status_code, read.mimetype, read.text) == (200, "text/yaml", TEXT)
    body = {"text": f"{TEXT}# a remark\n", "reason": "a remark was missing"}
    answer = director.post("/api/workflows", body, If_Match=read.headers["ETag"])
    assert answer.status_code == 201, answer.text
    assert director.get(f"{PATH}/text").text == body["text"]
    assert director.get(f"{PATH}/versions/1/text").text == TEXT
    assert codes(director.get(f"{PATH}/versions/3/text")) == ["unknown-version"]
    newest, first = director.get(f"{PATH}/versions").json["items"]
    assert read.headers["ETag"] == f'"{first["digest"]}"'
    told = ("author", "reason", "based_on", "state", "approved_by")
    assert [newest[key] for key in told] == ["员工 director-of-both", body["reason"], 1, "in-force", None]
    assert (first["author"], first["state"]) == ("tests", "earlier")


def test_texts_are_for_those_who_may_publish(call: Call) -> None:
    """403 for others."""
    for path in (f"{PATH}/text", f"{PATH}/versions/1/text"):
        assert codes(call("receptionist").get(path)) == ["managers-only"]


def test_a_change_without_its_base_is_refused(call: Call) -> None:
    """428; what is no tag is 400."""
    director, body = call("director-of-both"), {"text": f"{TEXT}# a remark\n"}
    answer = director.post("/api/workflows", body)
    assert (answer.status_code, codes(answer)) == (428, ["base-needed"])
    for tag in ("*", 'W/"1"', '"1", "2"'):
        assert codes(director.post("/api/workflows", body, If_Match=tag)) == ["bad-base"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_comes_second_is_shown_what_the_first_has_changed(call: Call, language: str) -> None:
    """412 with who, when and the difference; nothing is published."""
    director = call("director-of-both")
    director.post("/api/workflows", {"text": f"{TEXT}# the first\n"}, If_Match='"1"')
    second = call("director-of-both", language)
    answer = second.post("/api/workflows", {"text": f"{TEXT}# the second\n"}, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (412, ["published-meanwhile"])
    assert "员工 director-of-both" in answer.json["detail"]
    assert "+# the first" in answer.json["difference"]
    assert director.get(f"{PATH}/text").text.endswith("# the first\n")
