"""Files for tests, and how they are uploaded."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from api_desk import Caller
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from service.bootstrap import Desk


def picture(width: int = 40, height: int = 20, form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(file, form, **options)
    return file.getvalue()


PDF = b"%PDF-1.4\n" + b"a signed paper\n" * 9_000


def upload(staff: Caller, path: str, *files: tuple[str, bytes], **headers: str) -> TestResponse:
    heads = {"Authorization": f"Bearer {staff.token}", "Accept-Language": "en"}
    heads |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = [FileStorage(io.BytesIO(content), name) for name, content in files]
    boundary, body = encode_multipart(MultiDict(("file", each) for each in sent))
    media_type = f'multipart/form-data; boundary="{boundary}"'
    return staff.client.post(path, data=body, headers=heads, content_type=media_type)


def stored(desk: Desk) -> list[Path]:
    return [path for path in (desk.settings.data / "attachments").rglob("*") if path.is_file()]


def sent(staff: Caller, at: str, content: bytes = PDF, name: str = "paper.pdf") -> str:
    answer = upload(staff, at, (name, content))
    assert answer.status_code == 201, answer.text
    return str(answer.json["items"][0]["id"])


def noted(staff: Caller, ticket: dict[str, Any], *ids: str, text: str = "see there") -> TestResponse:
    now = staff.get(f"/api/tickets/{ticket['id']}").headers["ETag"]
    body = {"text": text, "attachments": list(ids)}
    return staff.post(f"/api/tickets/{ticket['id']}/notes", body, If_Match=now)
