"""The company's files are documents too: read with their ETag, checked, and changed from what was read."""

from __future__ import annotations

from api_desk import DEFINITIONS, Call, codes

SETTINGS = "/api/company/settings.yaml"
TEXT = (DEFINITIONS / "settings.yaml").read_text("utf-8")


def test_a_company_file_is_read_changed_and_read_again(call: Call) -> None:
    """Every version as it was published, with who, when and why."""
    director = call("director-of-both")
    read = director.get(f"{SETTINGS}/text")
    assert (read.status_code, read.mimetype, read.text) == (200, "text/yaml", TEXT)
    body = {"text": f"{TEXT}# a remark\n", "reason": "a remark was missing"}
    answer = director.post(SETTINGS, body, If_Match=read.headers["ETag"])
    assert answer.status_code == 201, answer.text
    assert [answer.json[key] for key in ("version", "changed", "processes")] == [2, True, []]
    assert director.get(f"{SETTINGS}/text").text == body["text"]
    assert director.get(f"{SETTINGS}/versions/1/text").text == TEXT
    newest, first = director.get(f"{SETTINGS}/versions").json["items"]
    assert [newest[key] for key in ("version", "author", "reason", "based_on")] == [
        *(2, "员工 director-of-both", body["reason"], 1)
    ]
    assert f'"{first["digest"]}"' == read.headers["ETag"]
    listed = {each["name"]: each["version"] for each in director.get("/api/company").json["items"]}
    assert (listed["settings.yaml"], listed["calendars.yaml"], listed["schedules.yaml"]) == (2, 1, 1)


def test_a_mistake_is_told_at_its_line_in_the_readers_language(call: Call) -> None:
    text = TEXT.replace("type: choice", "type: chioce", 1)
    said = set()
    for language in ("en", "zh-Hans"):
        answer = call("director-of-both", language).post(f"{SETTINGS}/check", {"text": text})
        first = answer.json["findings"][0]
        assert (first["file"], first["severity"]) == ("settings.yaml", "error")
        said.add(first["message"])
    assert len(said) == 2


def test_who_may_not_publish_everywhere_and_who_was_slower_is_refused(call: Call) -> None:
    """403, 428 without a base, 412 with the difference, 404 for another name."""
    director, body = call("director-of-both"), {"text": f"{TEXT}# mine\n"}
    assert codes(call("receptionist").get(f"{SETTINGS}/text")) == ["managers-only"]
    assert codes(call("office-director").post(SETTINGS, body, If_Match='"1"')) == ["other-sites"]
    assert codes(director.post(SETTINGS, body)) == ["base-needed"]
    assert director.post(SETTINGS, {"text": f"{TEXT}# first\n"}, If_Match='"1"').status_code == 201
    late = director.post(SETTINGS, body, If_Match='"1"')
    assert (late.status_code, codes(late)) == (412, ["published-meanwhile"])
    assert "+# first" in late.json["difference"]
    assert codes(director.get("/api/company/setings.yaml/text")) == ["no-such-file"]


def test_two_versions_are_compared_by_what_they_say(call: Call) -> None:
    """In the reader's language, as JSON or as text; and a text with the version in force."""
    director = call("director-of-both", "zh-Hans")
    text = TEXT.replace("  default: a\n", "  default: b\n", 1)
    told = director.post(f"{SETTINGS}/difference", {"text": text}).json
    assert [told[key] for key in ("from", "to", "same")] == [1, None, False]
    (change,) = told["changes"]
    assert (change["code"], change["entry"]) == ("default", "move_in_variant")
    assert change["sentence"].startswith("“入住办理顺序”：项目未选择时为")
    assert director.post(SETTINGS, {"text": f"{TEXT}# more\n"}, If_Match='"1"').status_code == 201
    same = director.get(f"{SETTINGS}/difference?from=1&to=2", Accept="text/plain")
    assert (same.mimetype, "只是文字有变" in same.text) == ("text/plain", True)
