"""What is taken when files are uploaded, what is refused, and that nothing is kept of that."""

from __future__ import annotations

import errno
import io
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, Caller, codes
from attachment_samples import PDF, picture, sent, stored, upload

from service.attachments.receive import Upload
from service.bootstrap import Desk
from service.settings_tables import AttachmentSettings


def test_what_is_uploaded_to_a_ticket_is_read_again_as_it_was(call: Call) -> None:
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    at = f"/api/tickets/{ticket['number']}/attachments"
    answer = upload(officer, at, ("合同 1.pdf", PDF), ("leak.jpg", picture()))
    assert answer.status_code == 201, answer.text
    paper, photo = answer.json["items"]
    assert (paper["media_type"], paper["size"], paper["thumbnail"]) == ("application/pdf", len(PDF), False)
    assert (photo["media_type"], photo["thumbnail"]) == ("image/jpeg", True)
    found = officer.get(f"{at}/{paper['id']}")
    assert (found.status_code, found.data) == (200, PDF)
    assert found.headers["Content-Disposition"] == (
        "attachment; filename=\"__ 1.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf"
    )
    listed = officer.get(at).json["items"]
    assert [each["name"] for each in listed] == ["合同 1.pdf", "leak.jpg"]


BOMB = picture(9_000, 9_000, "PNG", compress_level=1)  # 81 million pixels
REFUSED: dict[str, tuple[int, str, list[tuple[str, bytes]]]] = {
    "nothing": (422, "missing-field", []),
    "an empty file": (422, "empty-file", [("a.pdf", PDF), ("b.txt", b"")]),
    "too long a file": (413, "file-too-large", [("a.pdf", PDF), ("b.txt", b"x" * 200_001)]),
    "too many files": (413, "too-many-files", [(f"{n}.txt", b"x") for n in range(200)]),
    "a renamed program": (422, "type-mismatch", [("a.pdf", PDF), ("photo.jpg", b"MZ\x90" + b"\0" * 99)]),
    "a renamed page": (422, "type-mismatch", [("photo.png", b"<!doctype html><script>alert(1)</script>")]),
    "a paper with the name of a text": (422, "type-mismatch", [("a.txt", PDF[:9] + b"\xff\x00\x80" * 99)]),
    "half a picture": (422, "bad-picture", [("a.pdf", PDF), ("photo.jpg", picture()[:200])]),
    "a picture that unpacks to too much": (413, "picture-too-large", [("a.pdf", PDF), ("big.png", BOMB)]),
}


@pytest.fixture
def narrow(desk: Desk) -> Desk:
    """A desk that takes small files only."""
    settings = AttachmentSettings(largest_file=200_000, largest_request=900_000)
    object.__setattr__(desk, "settings", replace(desk.settings, attachments=settings))
    return desk


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_with_its_reason_and_nothing_is_kept(
    narrow: Desk, officer: Caller, at: str, case: str
) -> None:
    """Nor of the files before it in the same request."""
    status, code, files = REFUSED[case]
    if case.startswith("a picture"):
        large = replace(narrow.settings.attachments, largest_file=9_000_000, largest_request=9_000_000)
        object.__setattr__(narrow, "settings", replace(narrow.settings, attachments=large))
    answer = upload(officer, at, *files)
    assert (answer.status_code, codes(answer)) == (status, [code]), answer.text
    assert stored(narrow) == []
    assert officer.get(at).json["items"] == []


def test_every_language_says_why(call: Call, ticket: dict[str, Any], at: str) -> None:
    said = {
        upload(call("cs-officer", language), at, ("a.txt", b""), Accept_Language=language).json["detail"]
        for language in ("zh-Hans", "zh-Hant", "en", "es")
    }
    assert len(said) == 4
    assert all("a.txt" in each for each in said)


def test_a_body_that_is_broken_off_is_refused_whole(desk: Desk, officer: Caller, at: str) -> None:
    heads = {"Authorization": f"Bearer {officer.token}", "Content-Type": "multipart/form-data; boundary=xx"}
    part = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
    for body in (part, part + b"\r\n--xx", b"no such thing", part[:30]):
        answer = officer.client.post(at, data=body, headers=heads)
        assert (answer.status_code, codes(answer)) == (400, ["broken-upload"]), body[:40]
    heads["Content-Type"] = f"multipart/form-data; boundary={'x' * 201}"
    assert codes(officer.client.post(at, data=part, headers=heads)) == ["broken-upload"]
    heads["Content-Type"] = "multipart/form-data"
    assert codes(officer.client.post(at, data=part, headers=heads)) == ["broken-upload"]
    heads["Content-Type"] = "application/json"
    assert codes(officer.client.post(at, data=b"{}", headers=heads)) == ["bad-content-type"]
    assert stored(desk) == []


def test_a_body_that_is_too_long_is_refused_whether_or_not_it_says_so(
    narrow: Desk, officer: Caller, at: str
) -> None:
    answer = upload(officer, at, *[(f"{n}.txt", b"x" * 190_000) for n in range(5)])
    assert (answer.status_code, codes(answer)) == (413, ["body-too-large"])
    assert stored(narrow) == []


def test_a_full_disk_is_said_so_and_nothing_is_kept(
    desk: Desk, officer: Caller, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = desk.attachments.place.write, []

    def full(name: str, pieces: Any) -> int:
        calls.append(name)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(name, pieces)

    monkeypatch.setattr(desk.attachments.place, "write", full)
    answer = upload(officer, at, ("a.pdf", PDF), ("b.pdf", PDF))
    assert (answer.status_code, codes(answer)) == (507, ["disk-full"])
    assert stored(desk) == []


def test_a_site_that_has_used_up_its_room_is_told_so(desk: Desk, officer: Caller, at: str) -> None:
    sent(officer, at)
    quota = replace(desk.settings.attachments, site_quota=2 * len(PDF))
    object.__setattr__(desk, "settings", replace(desk.settings, attachments=quota))
    before = stored(desk)
    answer = upload(officer, at, ("b.pdf", PDF))
    assert (answer.status_code, codes(answer)) == (507, ["no-room"])
    assert stored(desk) == before


def test_the_same_upload_under_one_key_is_kept_once(officer: Caller, at: str, desk: Desk) -> None:
    """Whatever stands between its parts, which programs choose anew each time."""
    first, second = (upload(officer, at, ("a.pdf", PDF), Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, second.status_code, first.data == second.data) == (201, 201, True)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(stored(desk)) == 1
    other = upload(officer, at, ("a.pdf", PDF + b"!"), Idempotency_Key="k1")
    assert (other.status_code, codes(other)) == (422, ["key-reused"])
    assert len(stored(desk)) == 1


class Flow(io.RawIOBase):
    """A body that is made as it is read."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        super().__init__()
        self._parts = [(head, 1), (bytes(range(256)) * 16, size // 4_096), (tail, 1)]
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held and self._parts:
            piece, times = self._parts.pop(0)
            self._held = piece
            if times > 1:
                self._parts.insert(0, (piece, times - 1))
        piece, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def test_a_file_is_never_held_whole_in_memory(desk: Desk) -> None:
    """Nineteen megabytes go through less than one, and come back through a little more."""
    size = 19 << 20
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n\x00'
    tracemalloc.start()
    try:
        with Upload(desk, LAKE, "", 1_790_000_000, iter(["01a0c1de-0000-7000-8000-000000000000"])) as kept:
            kept.receive(Flow(head, size, b"\r\n--x--"), "x")
            kept.note("id-cs-officer")
        written = tracemalloc.get_traced_memory()[1]
        found = desk.attachments.find(LAKE, "", kept.files[0].id)
        assert found is not None
        tracemalloc.reset_peak()
        assert sum(map(len, desk.attachments.read(found))) == size + 1
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written < 1 << 20, written
    assert read < 6 << 20, read
