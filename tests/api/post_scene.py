"""A desk where there is always something fresh to ask for, and a request that can be sent again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from api_desk import COMPLAINT, Caller, caller
from flask import Flask
from werkzeug.test import TestResponse

from service.bootstrap import Desk
from workflows.language.load import Folder, read_folder
from workflows.storage import tables

# What counts in a table of its own below, and the groups of readers, which the first of them adds.
_OTHERS = ("idempotency_keys", "counters", "revisions", "attachment_usage", "reader_groups")
_KEPT = [name for name in tables.metadata.tables if name not in _OTHERS]
_COUNTED = {"tickets": "seq", "rosters": "seq", "counters": "value", "register_entries": "seq"}
_COUNTED |= {"attachment_usage": "bytes"}

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PROCESSES = (
    "client-dispute",
    "client-followup",
    "client-reception",
    "client-reception-secondhand",
    "communicative-complaint",
    "complaint",
    "engineering-order",
    "inspection-nonconformity",
    "repair",
)
_COMPANY = ("calendars", "escalations", "organisation", "registers", "settings", "shapes")
_EVENTS = """events:
  heavy-rain-announced:
    title: {en: Heavy rain is coming, zh-Hans: 暴雨预警, zh-Hant: 暴雨預警, es: Se anuncian lluvias}
    roles: [office-director]
    fields:
      begins: {type: datetime, title: {en: From, zh-Hans: 开始, zh-Hant: 開始, es: Desde}}
    requires: [begins]
"""


def read_few(folder: Path) -> Folder:
    """The company with the processes that the requests are about: what a publication costs grows with what is
    in force, and each request is sent dozens of times."""
    for each in _paths():
        shutil.copy(each, folder)
    (folder / "schedules.yaml").write_text(_EVENTS, encoding="utf-8")
    return read_folder(folder)


def _paths() -> Iterator[Path]:
    yield from (DEFINITIONS / f"{name}.yaml" for name in _COMPANY)
    yield from (path for path in DEFINITIONS.glob("*/*.yaml") if path.stem in PROCESSES)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A request that can be sent again, and one that is another under the same key."""

    path: str
    body: Any
    other: Any
    heads: dict[str, str] = field(default_factory=dict)
    account: str = "cs-officer"


@dataclass
class Scene:
    """A desk where there is always something fresh to ask for."""

    app: Flask
    desk: Desk
    serial: count[int] = field(default_factory=count)
    callers: dict[str, Caller] = field(default_factory=dict)

    def by(self, account: str) -> Caller:
        """Somebody, signed in once."""
        if account not in self.callers:
            self.callers[account] = caller(self.app, self.desk, account)
        return self.callers[account]

    def send(self, asking: Asking, key: str | None = None, *, other: bool = False) -> TestResponse:
        """Send it, from a client of its own."""
        heads = asking.heads if key is None else {**asking.heads, "Idempotency_Key": key}
        token = self.by(asking.account).token
        body = asking.other if other else asking.body
        if isinstance(body, bytes):
            return self._upload(asking.path, body, token, heads)
        return Caller(self.app.test_client(), asking.account, token).post(asking.path, body, **heads)

    def _upload(self, path: str, body: bytes, token: str, heads: dict[str, str]) -> TestResponse:
        """Send it as a file."""
        named = {name.replace("_", "-"): value for name, value in heads.items()}
        named["Authorization"] = f"Bearer {token}"
        return self.app.test_client().post(path, data={"file": (BytesIO(body), "a.txt")}, headers=named)

    def rows(self) -> dict[str, int]:
        """How many rows each table has, or how often they have moved where they do."""
        kept = {f"{name}*": f"SELECT count(*) FROM {name}" for name in _KEPT}
        kept |= {name: f"SELECT coalesce(sum({column}), 0) FROM {name}" for name, column in _COUNTED.items()}
        return {name: int(self.desk.database.read(sql, {})[0][0]) for name, sql in kept.items()}

    def ticket(self) -> dict[str, Any]:
        """A fresh complaint."""
        return self.by("cs-officer").open("complaint", COMPLAINT)

    def fresh(self) -> str:
        """A word that was not used yet."""
        return f"x{next(self.serial)}"
