"""Names of uploaded files: as they are kept, and as a response says them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

MOST_BYTES = 200  # of a name, in UTF-8: file systems take 255
UNNAMED = "file"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"*:<>?|\\/]')
_INVISIBLE = (
    "Cf",
    "Co",
    "Cn",
    "Cs",
    "Zl",
    "Zp",
)  # categories of characters that hide or turn round what follows
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # devices of Windows


def clean_file_name(name: str) -> str:
    """The name without its folders, and without what no system or reader should meet in a name."""
    last = re.split(r"[\\/]", name)[-1]
    visible = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in _INVISIBLE
    )
    safe = " ".join(_UNSAFE.sub(" ", visible).split()).strip(". ")
    stem, dot, ending = safe.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = safe, "", ""
    room = MOST_BYTES - len((dot + ending).encode())
    safe = stem.encode()[:room].decode("utf-8", "ignore").rstrip() + dot + ending
    if not safe:
        return UNNAMED
    return f"_{safe}" if _RESERVED.fullmatch(safe) else safe


def content_disposition(name: str, *, inline: bool) -> str:
    """The header that names a file (RFC 6266), in ASCII for old programs and whole for the others (RFC
    8187)."""
    kind = "inline" if inline else "attachment"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    whole = quote(name, safe="!#$&+-.^_`|~")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}"
