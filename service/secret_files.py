"""Secrets that a desk in development generates, each in a file of its data folder."""

from __future__ import annotations

import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workflows.storage.cipher import KEY_LENGTH


def new_key() -> str:
    """A new master key, in the form of HUIFANG_KEYS."""
    return f"1:{b64encode(secrets.token_bytes(KEY_LENGTH)).decode()}"


def new_secret() -> str:
    """A new secret, in the form of HUIFANG_SECRET."""
    return secrets.token_urlsafe(48)


def read_or_create(file: Path, make: Callable[[], str]) -> str:
    """The secret in a file, created at the first use and readable by the owner only.

    Raises PermissionError if others may read or write the file: then it is not secret.
    """
    if not file.exists():
        draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(make())
        with suppress(FileExistsError):  # another process was quicker; its secret holds
            os.link(draft, file)
        draft.unlink()
    mode = file.stat().st_mode & 0o777
    if mode & 0o077 and sys.platform != "win32":
        why = f"others may read or write it (mode {mode:04o}); `chmod 600` it, and see who has"
        raise PermissionError(0, why, str(file))
    return file.read_text("utf-8").strip()
