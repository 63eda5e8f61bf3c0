"""What a file is, by its content; its name only chooses among what the content may be."""

from __future__ import annotations

from collections.abc import Iterable

import puremagic

UNKNOWN, TEXT, ARCHIVE = "application/octet-stream", "text/plain", "application/zip"
HEAD = 65_536  # bytes of a file that are looked at
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
"""The types that are shown as pictures -> the format in Pillow's words."""

_ALIKE = {  # endings that stand for one kind of file, where the library names another of them
    ".jpg": (".jpeg", ".jfif", ".jpe"),
    ".jpeg": (".jpg",),
    ".heic": (".heif",),
    ".tif": (".tiff",),
    ".mov": (".mp4", ".qt"),
    ".m4a": (".mp4",),
    ".m4v": (".mp4",),
}
_WORDS = frozenset(
    {".txt", ".csv", ".tsv", ".md", ".log", ".json", ".xml", ".html", ".htm", ".svg", ".ics", ".eml"}
)
_SIGNED = frozenset(  # endings whose files always begin with what the library knows
    [
        ".jpg",
        ".jpeg",
        ".png",
        ".gif",
        ".webp",
        ".bmp",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".pdf",
        ".zip",
        ".docx",
        ".xlsx",
        ".pptx",
        ".doc",
        ".xls",
        ".ppt",
        ".mp4",
        ".mov",
        ".m4v",
        ".mp3",
        ".wav",
        ".avi",
        ".7z",
        ".rar",
        ".gz",
    ]
)


class FileTypeMismatch(Exception):  # noqa: N818 - reads as what was found
    """The name says one type, and the content is another; `media_type` is that of the content."""

    def __init__(self, media_type: str) -> None:
        super().__init__(media_type)
        self.media_type = media_type


def detect_media_type(head: bytes, name: str) -> str:
    """The media type of a file that begins with `head`. Raises FileTypeMismatch if its name says another."""
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    matches = _find_matches(head)
    fitting = [type_ for type_, found in matches if found in (ending, *_ALIKE.get(ending, ()))]
    words = not any(type_ in PICTURES for type_, _ in matches) and _is_text(head)
    if fitting:
        return fitting[0] or UNKNOWN
    likeliest = next((type_ for type_, _ in matches if type_), None)
    found = likeliest or (TEXT if words else UNKNOWN)
    if words and ending in _WORDS:  # a text may begin with what is a mark elsewhere
        found = TEXT
    if head.startswith(b"PK\x03\x04"):
        found = ARCHIVE  # documents of office programs are archives, too
    if ending in _SIGNED or (ending in _WORDS and not words):
        raise FileTypeMismatch(found)
    return found


def _find_matches(head: bytes) -> list[tuple[str, str]]:
    """(media type, ending) of what the content may be, the likeliest first."""
    try:
        found: Iterable[puremagic.main.PureMagicWithConfidence] = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):  # nothing that it knows
        return []
    return [(each.mime_type, each.extension.lower()) for each in found]


def _is_text(head: bytes) -> bool:
    """Whether it can be read as text: UTF-8, or GB 18030, without control characters."""
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the head may end within a character
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
