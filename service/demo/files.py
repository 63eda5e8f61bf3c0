"""Files of the demonstration: pictures that the program draws, for the names that scenarios say."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from zlib import crc32

from service.attachments.receive import Upload
from service.bootstrap import Desk
from workflows.core.attachments import NOT_OPEN
from workflows.identifiers import uuid7
from workflows.timing.instants import Instant

_BOUNDARY = "demonstration"
_SIZE = (640, 480)


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Uploads files for the tickets of a site, as somebody there."""

    desk: Desk
    site: str

    def upload(self, name: str, uploader: str, now: Instant) -> str:
        """Upload a file of this name; returns its id. The step that names it binds it to the ticket."""
        file_name, content = draw_file(name)
        with Upload(self.desk, self.site, NOT_OPEN, now, _ids(now)) as upload:
            upload.receive(io.BytesIO(_multipart(file_name, content)), _BOUNDARY)
            upload.note(uploader)
            return upload.files[0].id


def draw_file(name: str) -> tuple[str, bytes]:
    """(name, content): a picture, or a page for the name of a paper. What is neither becomes a picture."""
    from PIL import Image, ImageDraw  # a large library: only the demonstration draws

    colour = crc32(name.encode())
    picture = Image.new(
        "RGB", _SIZE, (96 + colour % 128, 96 + colour // 128 % 128, 96 + colour // 16384 % 128)
    )
    draw = ImageDraw.Draw(picture)
    for number in range(5):  # nothing that exists: a room of coloured boxes
        left, top = colour * (number + 3) % 520, colour * (number + 7) % 360
        draw.rectangle((left, top, left + 110, top + 90), outline="white", width=3)
    draw.text((16, 448), "DEMO", fill="white")
    stem, _, ending = name.rpartition(".")
    kinds = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}
    kind = kinds.get(ending.lower(), "JPEG")
    stream = io.BytesIO()
    picture.save(stream, kind)
    return (name if ending.lower() in kinds else f"{stem or name}.jpg"), stream.getvalue()


def _multipart(name: str, content: bytes) -> bytes:
    quoted = name.replace("\\", "_").replace('"', "_")
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _ids(now: Instant) -> Iterator[str]:
    for number in count():
        yield uuid7(now, number, secrets.token_bytes(8))
