"""Files that forms bring along: on their way they lie sealed, and only forms for files take any."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from werkzeug.test import TestResponse

from service.console.forms import sent_form

Enter = Callable[..., PlainBrowser]
FORM = "/new/complaint"
MARK = b"nobody may read this "
LARGE = MARK * 60_000  # 1.2 MB; Werkzeug alone writes what has more than 500 kB to a file as it is


def send(browser: PlainBrowser, files: list[tuple[BytesIO, str]]) -> TestResponse:
    """Open a complaint with these files."""
    browser.look(FORM)
    form = browser.form(FORM)
    values = {**form.values, **COMPLAINT, "photos.files": files}
    media, body = encode_multipart(values)
    return browser.client.post(
        form.action,
        input_stream=BytesIO(body),
        headers={"Content-Type": media, "Content-Length": str(len(body))},
    )


def encode_multipart(values: dict[str, Any]) -> tuple[str, bytes]:
    """The type and the bytes of a form. Werkzeug's client would write a large one to a file of its own."""
    boundary, body = "xxBOUNDARYxx", b""
    for name, value in values.items():
        for each in value if isinstance(value, list) else [value]:
            content, file_name = each if isinstance(each, tuple) else (BytesIO(str(each).encode()), None)
            said = f'; filename="{file_name}"' if file_name is not None else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'
            body += head.encode() + content.getvalue() + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


@pytest.fixture
def on_the_disk(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the files of this process without a name hold while a form is read."""
    found: list[bytes] = []
    store = sent_form.store_files

    def look_and_store(*arguments: Any) -> list[str]:
        links = [each for each in Path("/proc/self/fd").iterdir() if os.path.exists(each)]
        found.extend(each.read_bytes() for each in links if "(deleted)" in os.readlink(each))
        return store(*arguments)

    monkeypatch.setattr(sent_form, "store_files", look_and_store)
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not say what is open")
def test_an_upload_never_lies_on_the_disk_in_clear(
    enter: Enter, call: Call, on_the_disk: list[bytes], tmp_path: Path
) -> None:
    done = send(enter("receptionist"), [(BytesIO(LARGE), "a.txt")])
    assert done.status_code == 303, done.text
    assert max(map(len, on_the_disk)) > 1_000_000
    assert not any(MARK in each for each in on_the_disk)
    assert not any(MARK in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    (ticket,) = call("cs-director").get("/api/tickets").json["items"]
    path = f"/api/tickets/{ticket['id']}/attachments"
    (item,) = call("cs-officer").get(path).json["items"]
    assert call("cs-officer").get(f"{path}/{item['id']}").data == LARGE


def test_a_form_without_inputs_for_files_takes_none(enter: Enter) -> None:
    browser = enter("receptionist")
    browser.look("/me")
    form = browser.form("/me/addresses")
    refused = browser.client.post(
        form.action,
        data={**form.values, "file": (BytesIO(b"x"), "a.txt")},
        content_type="multipart/form-data",
    )
    assert (refused.status_code, refused.mimetype) == (413, "text/html")


def test_more_files_than_a_request_may_have_are_refused_on_a_page(enter: Enter, call: Call) -> None:
    files = [(BytesIO(b"x"), f"{place}.txt") for place in range(21)]
    refused = send(enter("receptionist"), files)
    assert (refused.status_code, refused.mimetype) == (413, "text/html")
    assert "一次最多上传 20 个文件" in refused.text
    assert call("cs-director").get("/api/tickets").json["items"] == []


def test_more_than_a_form_may_have_is_refused_on_a_page(enter: Enter) -> None:
    browser = enter("receptionist")
    browser.look("/me")
    form = browser.form("/me/addresses")
    refused = browser.client.post(form.action, data={**form.values, "mail": "x" * 1_000_001})
    assert (refused.status_code, refused.mimetype) == (413, "text/html")


def test_an_input_in_which_nothing_was_chosen_is_no_file(enter: Enter) -> None:
    files = [(BytesIO(b""), "") for _ in range(30)]
    assert send(enter("receptionist"), files).status_code == 303


def test_what_a_stranger_sends_is_not_read(browser: PlainBrowser) -> None:
    class Unread(BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise AssertionError("it is read")

    heads = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "5000000"}
    answer = browser.client.post(FORM, input_stream=Unread(), headers=heads)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
