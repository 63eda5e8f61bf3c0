"""Files over the wire: large ones, slow ones, broken ones, and ones of strangers."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest
from running_desk import Json, RunningDesk

BOUNDARY = "xxBOUNDARYxx"
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{{name}}"\r\n\r\n'.encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()
LARGE = b"%PDF-1.4\n" + os.urandom(1 << 20) * 15  # 15 MiB


@pytest.fixture(scope="module")
def ticket(desk: RunningDesk) -> Json:
    return desk("everyone").open(
        "complaint", complainant="Ann Example", contact="13800000001", content="dirty", channel="phone"
    )


def body(content: bytes, name: str = "a.pdf") -> bytes:
    return PART.replace(b"{name}", name.encode()) + content + END


def head(desk: RunningDesk, ticket: Json, length: int, token: str) -> bytes:
    path = f"/api/tickets/{ticket['id']}/attachments"
    said = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
    said += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    return said.encode()


def kept(desk: RunningDesk) -> set[Path]:
    return {path for path in (desk.folder / "attachments").rglob("*") if path.is_file()}


def test_a_large_file_goes_up_and_comes_down_whole_and_in_part(desk: RunningDesk, ticket: Json) -> None:
    """The server's memory has not grown by it: it lies in clear neither there nor on the disk."""
    staff, path = desk("everyone"), f"/api/tickets/{ticket['id']}/attachments"
    media = f"multipart/form-data; boundary={BOUNDARY}"
    answer = staff.send("POST", path, body(LARGE), Content_Type=media)
    assert answer.status == 201, answer.body
    (item,) = answer.json["items"]
    assert item["size"] == len(LARGE)
    whole = staff.send("GET", f"{path}/{item['id']}")
    assert (whole.status, whole.body == LARGE) == (200, True)
    assert whole.headers["content-length"] == str(len(LARGE))
    part = staff.send("GET", f"{path}/{item['id']}", Range="bytes=8000000-8000009")
    assert (part.status, part.body) == (206, LARGE[8_000_000:8_000_010])
    some = LARGE[5_000_000:5_000_040]
    assert not any(some in file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())


def test_a_slow_upload_is_waited_for_longer_than_other_requests(desk: RunningDesk, ticket: Json) -> None:
    """Others have three seconds here; a photo from a cellar takes its time, and no thread."""
    sent = body(b"%PDF-1.4\n slowly")
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        line.sendall(head(desk, ticket, len(sent), desk("everyone").token) + sent[:50])
        sleep(3.5)
        line.sendall(sent[50:])
        assert line.recv(65_536).startswith(b"HTTP/1.1 201 ")


def test_an_upload_that_breaks_off_leaves_nothing(desk: RunningDesk, ticket: Json) -> None:
    before, begun = kept(desk), body(LARGE)
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        line.sendall(head(desk, ticket, len(begun), desk("everyone").token) + begun[: len(begun) // 2])
    until = monotonic() + 5
    while _spools(desk) and monotonic() < until:
        sleep(0.05)
    assert (kept(desk) - before, _spools(desk)) == (set(), [])


def _spools(desk: RunningDesk) -> list[str]:
    """The files without a name that the server's processes hold in the data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/fd"):
        try:
            owner = (process.parent / "cmdline").read_bytes()
            links = [os.readlink(each) for each in process.iterdir()] if b"service" in owner else []
        except OSError:
            continue
        found += [each for each in links if each.startswith(str(desk.folder)) and "(deleted)" in each]
    return found


def test_of_strangers_nothing_is_written_down(desk: RunningDesk, ticket: Json) -> None:
    """Who has no token is answered without being listened to; who may not, before anything is stored."""
    before, large = kept(desk), body(LARGE)
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        line.sendall(head(desk, ticket, len(large), "hf_nobody"))
        assert line.recv(65_536).startswith(b"HTTP/1.1 401 ")
    assert kept(desk) == before


def test_more_than_a_request_may_have_is_refused_by_what_it_says(desk: RunningDesk, ticket: Json) -> None:
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        line.sendall(head(desk, ticket, 100_000_001, desk("everyone").token))
        said = b"".join(iter(lambda: line.recv(65_536), b""))
        assert said.startswith(b"HTTP/1.1 413 ")
        assert b"body-too-large" in said
