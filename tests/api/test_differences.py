"""Two versions of a process through the API, compared by what they do."""

from __future__ import annotations

import pytest
from api_desk import DEFINITIONS, Call, codes

from workflows.language.forms.field import LANGUAGES

TEXT = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8")
DIFFERENCE = "/api/workflows/complaint/difference"


def test_a_version_is_compared_with_the_one_before_it(call: Call) -> None:
    director = call("office-director", "en")
    changed = TEXT.replace("guard: satisfied\n", "guard: satisfied == false\n", 1)
    assert changed != TEXT
    found = director.post("/api/workflows/difference", {"text": changed}).json
    refused = next(each for each in found["changes"] if each["code"] == "step-refused")
    assert (found["same"], found["from"], found["to"]) == (False, 1, None)
    assert (refused["trigger"], refused["states"]) == ("close", ["revisited"])
    assert "is refused from now on where" in refused["sentence"]
    assert refused["example"]["ticket"]["satisfied"] is True


def test_another_title_changes_nothing_that_it_does(call: Call) -> None:
    changed = TEXT.replace("en: Complaint,", "en: A complaint,", 1)
    found = call("office-director", "en").post("/api/workflows/difference", {"text": changed}).json
    assert (found["same"], found["texts"]) == (True, ["process:complaint"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_page_in_the_readers_language(call: Call, language: str) -> None:
    """That no browser runs anything of."""
    changed = TEXT.replace("guard: satisfied\n", "guard: satisfied == false\n", 1)
    answer = call("office-director", language).send(
        "POST", "/api/workflows/difference", {"text": changed}, Accept="text/html"
    )
    assert answer.content_type == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Vary"] == "Accept, Accept-Language"


def test_it_is_plain_text_for_who_asks_for_that(call: Call) -> None:
    answer = call("receptionist", "en").send("GET", DIFFERENCE, None, Accept="text/plain")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "Nothing that it does changes." in answer.text


def test_what_cannot_be_compared_is_refused(call: Call) -> None:
    """A version that does not exist, a text with findings, a text of somebody who does not publish."""
    director = call("office-director")
    unknown = director.get(f"{DIFFERENCE}?from=9")
    assert (unknown.status_code, codes(unknown)) == (404, ["unknown-version"])
    broken = TEXT.replace("to: classified", "to: clasified", 1)
    refused = director.post("/api/workflows/difference", {"text": broken})
    assert (refused.status_code, codes(refused)[0]) == (422, "definition")
    strange = TEXT.replace("workflow: complaint", "workflow: never-seen", 1).replace("TS-", "NS-")
    assert director.post("/api/workflows/difference", {"text": strange}).status_code == 404
    assert call("receptionist").post("/api/workflows/difference", {"text": TEXT}).status_code == 403
