"""Runs a WSGI application under granian: a request is read completely before it gets a thread.

So a slow client occupies no thread, however many there are. A request that does not arrive in time, or is
larger than allowed, is passed on unread: the application refuses it with a problem document. An upload is
kept on the disk meanwhile, sealed, once it is known that it comes from somebody who may upload. An answer
that comes in pieces is sent as it comes, and holds a thread for each piece only.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from granian.rsgi import (  # type: ignore[attr-defined]  # it passes on names of its compiled part
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
)

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# granian passes over values that are not ASCII; what these say must be refused then, not taken for unsaid.
_MEANT = {
    "authorization": "HTTP_AUTHORIZATION",
    "content-type": "CONTENT_TYPE",
    "idempotency-key": "HTTP_IDEMPOTENCY_KEY",
    "if-match": "HTTP_IF_MATCH",
    "if-none-match": "HTTP_IF_NONE_MATCH",
    "range": "HTTP_RANGE",
}
_UNREADABLE = "\x80"
_OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class UnreadBody(io.RawIOBase):
    """The body of a request that was not read: reading it raises the reason."""

    def __init__(self, why: OSError) -> None:
        super().__init__()
        self._why = why

    def readable(self) -> bool:
        """True: it may be read, and then raises."""
        return True

    def seek(self, _offset: int, _whence: int = io.SEEK_SET) -> int:
        """It stays at its beginning."""
        return 0

    def readinto(self, _buffer: Any) -> int:
        """Raise the reason why it was not read."""
        raise self._why


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """What holds for uploads: the most bytes, the seconds in which they must arrive, the most at once.

    `admit` says by the head of the request whether its sender is known. `spool` makes what holds the body.
    """

    largest: int
    timeout: int
    admit: Callable[[Scope], bool]
    spool: Callable[[], io.RawIOBase]
    at_once: int = 32


class Bridge:
    """Passes complete requests to `app`, in `threads` threads. Times are seconds, lengths are bytes."""

    def __init__(
        self,
        app: WsgiApp,
        *,
        threads: int,
        read_timeout: int,
        largest_body: int,
        uploads: UploadLimits | None = None,
    ) -> None:
        self._app = app
        self._uploads = uploads
        self._spooling = asyncio.Semaphore(uploads.at_once) if uploads else None
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._read_timeout = read_timeout
        self._most = largest_body + 1  # with one byte more it is seen to be too large

    def close(self) -> None:
        """Wait for the requests that have begun."""
        self._threads.shutdown()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request; called by granian."""
        body = await self._body(scope, protocol)
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._threads, self._answer, scope, body)
        finally:
            body.close()
        try:
            with suppress(ProtocolClosed):  # the client has gone; the request is done
                await self._send(protocol, answer)
        finally:
            answer.close()

    async def _send(self, protocol: HTTPProtocol, answer: WsgiAnswer) -> None:
        if not answer.more:
            protocol.response_bytes(answer.status, answer.headers, answer.first)
            return
        loop, piece = asyncio.get_running_loop(), answer.first
        transport = protocol.response_stream(answer.status, answer.headers)
        while piece:
            await transport.send_bytes(piece)
            piece = await loop.run_in_executor(self._threads, answer.next)

    async def _body(self, scope: Scope, protocol: HTTPProtocol) -> io.IOBase:
        if self._uploads is not None and _is_upload(scope):
            uploads = self._uploads
            loop = asyncio.get_running_loop()
            if await loop.run_in_executor(self._threads, uploads.admit, scope):
                return await self._spool(scope, protocol, uploads)
        length = scope.headers.get("content-length") or ""
        if length.isdecimal() and int(length) >= self._most:
            return UnreadBody(OSError("it is said to be longer than is taken"))
        try:
            async with asyncio.timeout(self._read_timeout):
                return io.BytesIO(await self._read_pieces(protocol))
        except TimeoutError:
            return UnreadBody(TimeoutError("it did not arrive in time"))
        except (ProtocolError, ProtocolClosed) as error:
            return UnreadBody(OSError(str(error)))

    async def _spool(self, scope: Scope, protocol: HTTPProtocol, uploads: UploadLimits) -> io.IOBase:
        """The body of an upload, on the disk; cut off as soon as it is too large."""
        length = scope.headers.get("content-length") or ""
        if length.isdecimal() and int(length) > uploads.largest:
            return UnreadBody(OSError("it is said to be longer than is taken"))
        assert self._spooling is not None, "there are uploads"
        try:
            async with self._spooling, asyncio.timeout(uploads.timeout):
                return await self._spool_pieces(protocol, uploads)
        except TimeoutError:
            return UnreadBody(TimeoutError("it did not arrive in time"))
        except (ProtocolError, ProtocolClosed) as error:
            return UnreadBody(OSError(str(error)))
        except OSError as error:  # the disk is full: what it is, the application says
            return UnreadBody(error)

    async def _spool_pieces(self, protocol: HTTPProtocol, uploads: UploadLimits) -> io.IOBase:
        spool, size = uploads.spool(), 0
        try:
            async for piece in protocol:
                size += len(piece)
                spool.write(piece)
                if size > uploads.largest:
                    break
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return spool

    async def _read_pieces(self, protocol: HTTPProtocol) -> bytes:
        """The body, cut off as soon as it is too large."""
        pieces, length = [], 0
        async for piece in protocol:
            pieces.append(piece)
            length += len(piece)
            if length >= self._most:
                break
        return b"".join(pieces)[: self._most]

    def _answer(self, scope: Scope, body: io.IOBase) -> WsgiAnswer:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]

        chunks = self._app(_environ(scope, body), start_response)
        return WsgiAnswer(chunks, started)


class WsgiAnswer:
    """The answer of the application. `first` is its first piece; `more`: others follow, by `next`."""

    def __init__(self, chunks: Iterable[bytes], started: list[Any]) -> None:
        self._chunks, self._pieces = chunks, iter(chunks)
        try:
            self.first, self._second = next(self._pieces, b""), next(self._pieces, b"")
        except BaseException:
            self.close()
            raise
        self.more = bool(self._second)
        self.status: int = started[0]
        self.headers: list[tuple[str, str]] = started[1]

    def next(self) -> bytes:
        """The next piece; empty after the last."""
        piece, self._second = self._second or next(self._pieces, b""), b""
        return piece

    def close(self) -> None:
        """Say that nothing more is read (PEP 3333)."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def _is_upload(scope: Scope) -> bool:
    """Whether it sends files, to the API or by a form: the one kind of request with a body that may be
    large."""
    files = (scope.headers.get("content-type") or "").lower().startswith("multipart/form-data")
    form = not scope.path.startswith("/api/")
    return files and scope.method == "POST" and (form or scope.path.endswith("/attachments"))


def _environ(scope: Scope, body: io.IOBase) -> Environ:
    """The WSGI environment of the request (PEP 3333)."""
    server, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" not in name:  # `X_Forwarded_For` would pass for `X-Forwarded-For`, which a proxy sets
            key = _OWN_NAMES.get(name) or "HTTP_" + name.upper().replace("-", "_")
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    for name, key in _MEANT.items():
        if key not in environ and name in scope.headers:
            environ[key] = _UNREADABLE
    return environ
