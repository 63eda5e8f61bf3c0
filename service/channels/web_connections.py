"""HTTP connections of the channels, closed at the deadline of the letter that opens them.

Apprise's plugins call `requests.post` themselves, with timeouts for each single wait only. `ConnectionCls` is
urllib3's hook for another connection class; nothing else in a desk uses it.
"""

from __future__ import annotations

import socket
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from service.channels import deadline


class _Watched(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        limit = deadline.current()
        if limit is not None:
            limit.connecting = True
        connection = super()._new_conn()
        if limit is not None:
            limit.watch(connection)
        return connection

    def getresponse(self) -> Any:
        answer = super().getresponse()
        limit = deadline.current()
        if limit is not None:
            limit.answered = True
        return answer


class _WatchedTls(_Watched, HTTPSConnection):
    pass


def install_deadlines() -> None:
    """Put all HTTP connections of this process under the deadline of their thread."""
    HTTPConnectionPool.ConnectionCls = _Watched
    HTTPSConnectionPool.ConnectionCls = _WatchedTls
