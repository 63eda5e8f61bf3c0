"""`huifang diff` of the company's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandRefused
from service.difference.company_sheet import CompanySheet, render_company_data, render_company_text
from workflows.definitions.folder_base import FILE_KINDS
from workflows.errors import Refusal
from workflows.timing.instants import to_datetime


class ComparisonRefused(CommandRefused):
    """What was named cannot be compared. Exit code 2, since 1 says that there are differences."""

    exit_code = 2


def compare_company_version(
    desk: Desk, name: str, older: int | None, newer: str | None, folder: Path, language: str
) -> CompanySheet:
    """The difference of a company's file: of two versions, or of one (else the one in force) and a file (else
    that of the folder)."""
    number = int(newer) if newer is not None and newer.isdecimal() else None
    text = None
    if number is None and (newer is not None or older is None):
        text = _read(Path(newer) if newer is not None else folder / name)
    return _compare(desk, name, older, number, text, language)


def compare_company_folder(desk: Desk, folder: Path, language: str) -> Iterator[CompanySheet]:
    """The files of a folder that have another text than is in force; one that is in force already."""
    in_force = {each.name: each.text for each in desk.company_files.list()}
    for name in FILE_KINDS:
        if name in in_force and (folder / name).exists():
            text = _read(folder / name)
            if text != in_force[name]:
                yield _compare(desk, name, None, None, text, language)


def print_company_sheet(sheet: CompanySheet, form: str) -> int:
    """Print it; 1 if the two say something else, 0 if not."""
    data = render_company_data(sheet)
    if form == "json":
        click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(render_company_text(sheet), nl=False)
    return int(not data["same"])


def _compare(
    desk: Desk, name: str, older: int | None, newer: int | None, text: str | None, language: str
) -> CompanySheet:
    today = to_datetime(wallclock.now(), ZoneInfo("UTC")).date()
    try:
        return CompanySheet(desk.company_files.compare(name, older, newer, text, today), language)
    except Refusal as refusal:
        raise ComparisonRefused(str(refusal)) from None


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise ComparisonRefused(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ComparisonRefused(f"{file}: this is no text in UTF-8") from None
