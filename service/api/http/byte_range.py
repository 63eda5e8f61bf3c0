"""Conditional and partial reading of a file: If-None-Match, Range and If-Range (RFC 9110, 13 and 14)."""

from __future__ import annotations

from typing import NamedTuple

from flask import Request
from werkzeug.http import parse_range_header

from service.refusals import OutOfRange, reason


class ByteRange(NamedTuple):
    """The bytes asked for, from `start` up to `stop`; `whole`: nothing less was asked for."""

    start: int
    stop: int
    whole: bool


def is_known(request: Request, etag: str) -> bool:
    """Whether If-None-Match names the file that the reader would get."""
    return "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag)


def parse_byte_range(request: Request, etag: str, size: int) -> ByteRange:
    """The range asked for; all of it if there is none, it is of another file, not one range of bytes, or
    cannot be read. Raises OutOfRange if the file has no such bytes."""
    everything = ByteRange(0, size, whole=True)
    wanted = parse_range_header(request.headers.get("Range"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return everything
    if "If-Range" in request.headers and request.headers["If-Range"] != f'"{etag}"':
        return everything
    found = wanted.range_for_length(size)
    if found is None:
        raise OutOfRange(reason("no-such-bytes", f"the file has {size} bytes", size=size), size)
    return ByteRange(*found, whole=False)
