"""Reads the files of a multipart/form-data body (RFC 7578) one after the other, none of them whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from service.refusals import Malformed, TooLarge, reason
from workflows.errors import Invalid

_READ = 65_536  # bytes at a time
_MOST_BUFFERED = 1_000_000  # bytes; the headers of a part have to fit
_MORE_PARTS = 5  # parts beyond the most that are counted before the rest is not looked at


class ReadableBody(Protocol):
    """A body that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes | None:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent. `pieces` can be read once, and before the next file is asked for."""

    name: str
    pieces: Iterator[bytes]


def read_files(body: ReadableBody, boundary: str, most: int) -> Iterator[SentFile]:
    """The files of a body, in order. Malformed if it is broken off or no such body, Invalid if a part is no
    file or there is none, TooLarge if there are more than `most`."""
    decoder = MultipartDecoder(boundary.encode("latin-1"), _MOST_BUFFERED, max_parts=most + _MORE_PARTS)
    events, count = _read_events(decoder, body, most), 0
    for event in events:
        if isinstance(event, Field):
            raise Invalid(
                reason("no-file", "each part must be a file, with a file name", field=event.name or "?")
            )
        if isinstance(event, File):
            count += 1
            if count > most:
                raise too_many_files(most)
            pieces = _read_data(events)
            yield SentFile(event.filename, pieces)
            for _ in pieces:  # what was not read of it
                pass
    if not count:
        raise Invalid(reason("missing-field", "file is needed", field="file"))


def _read_data(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if not isinstance(event, Data):
            return
        if event.data:
            yield event.data
        if not event.more_data:
            return


def _read_events(decoder: MultipartDecoder, body: ReadableBody, most: int) -> Iterator[Event]:
    try:
        while True:
            event = decoder.next_event()
            if isinstance(event, NeedData):
                decoder.receive_data(body.read(_READ) or None)
                continue
            yield event
            if isinstance(event, Epilogue):
                return
    except RequestEntityTooLarge:
        raise too_many_files(most) from None
    except ValueError:
        raise Malformed(
            reason("broken-upload", "the body is no multipart/form-data, or was broken off")
        ) from None


def too_many_files(most: int) -> TooLarge:
    """The refusal of a request with more than `most` files."""
    return TooLarge(reason("too-many-files", f"at most {most} files in one request", most=most))
