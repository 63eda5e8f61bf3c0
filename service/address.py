"""Addresses that a process listens on, and that it asks."""

from __future__ import annotations

import errno
import socket
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit


def check_free(host: str, port: int) -> None:
    """Raise OSError, with the address, if it cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = "is taken by another program" if error.errno == errno.EADDRINUSE else error.strerror
            raise OSError(error.errno, f"port {port} {why}; choose another with --port", host) from None


def format_url(host: str, port: int) -> str:
    """The address as a URL; IPv6 in brackets."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def is_safe_address(address: str) -> bool:
    """Whether nobody can listen: https, or this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    host = parts.hostname or ""
    try:
        return parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False
