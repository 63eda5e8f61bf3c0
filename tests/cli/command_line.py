"""What the tests of the command line speak of: what a command answered, and a desk with something on it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from service import cli
from service.bootstrap import Desk, open_desk
from service.scheduler import sweep
from service.settings import Settings
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Open
from workflows.timing.instants import parse_rfc3339

ERRANDS = Path(__file__).parent.parent / "clock" / "errands"
MONDAY = parse_rfc3339("2026-03-02T09:00:00+08:00")
LATE = MONDAY + 7_200
CALLER = "王秘密"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


Huifang = Callable[..., Said]


def furnished(data: Path, *commands: Sequence[object], typed: str = "") -> Path:
    """A new data folder on which these commands have been run; each may read what was `typed`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUIFANG_DATA", str(data))
        patch.delenv("HUIFANG_DATABASE_URL", raising=False)
        for arguments in commands:
            patch.setattr("sys.stdin", io.StringIO(typed))
            assert cli.run([str(argument) for argument in arguments]) == 0, arguments
    return data


def ticket_id(number: int) -> str:
    """The id of the errand of this number."""
    return str(uuid5(NAMESPACE_URL, f"errand {number}"))


def desk_in(data: Path) -> Desk:
    """The desk of a data folder."""
    return open_desk(Settings.load(environ={"HUIFANG_DATA": str(data)}))


def fill(desk: Desk) -> None:
    """Twelve errands with personal words in them, all of them late."""
    clerk = build_actor(next(iter(desk.people.directory("office").staff.values())), "office")
    for number in range(12):
        data = {"content": f"取钥匙 {number}", "caller": CALLER, "phone": "13800000001"}
        opening = Open(site="office", id=ticket_id(number), workflow="errand", actor=clerk, data=data)
        desk.engine.do(opening, MONDAY)
    sweep(desk, LATE)
