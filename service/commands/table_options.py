"""Options for reading a table from a file: its layout, and the format of numbers and days."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from service.imports.cells.numbers import DECIMAL_MARKS
from service.imports.layout import Layout
from service.imports.map_schema import DAY_FIRST, MONTH_FIRST

_LAYOUT = (
    click.option("--encoding", help="Of a text file; gb18030, say. Found if not given."),
    click.option("--delimiter", help="Of a text file; found if not given."),
    click.option("--sheet", help="Of a workbook; the one with the columns if not given."),
    click.option(
        "--header", type=click.IntRange(1), help="The line of the column names; found if not given."
    ),
)
_VALUES = (
    click.option(
        "--decimal", type=click.Choice(DECIMAL_MARKS), help="The decimal mark of numbers like 1,234."
    ),
    click.option(
        "--dates", type=click.Choice([DAY_FIRST, MONTH_FIRST]), help="How days like 03/04/2024 are meant."
    ),
)


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that adds the options of a layout; the command gets `layout`."""

    @functools.wraps(command)
    def called(
        *args: Any,
        encoding: str | None,
        delimiter: str | None,
        sheet: str | None,
        header: int | None,
        **kwargs: Any,
    ) -> Any:
        if delimiter is not None and len(delimiter) != 1:
            raise click.BadParameter("one character is needed", param_hint="--delimiter")
        layout = Layout(encoding=_check_encoding(encoding), delimiter=delimiter, sheet=sheet, header=header)
        return command(*args, layout=layout, **kwargs)

    for option in reversed(_LAYOUT):
        called = option(called)
    return called


def value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that adds the options of numbers and days; the command gets `decimal` and `dates`."""
    for option in reversed(_VALUES):
        command = option(command)
    return command


def _check_encoding(encoding: str | None) -> str | None:
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError:
            raise click.BadParameter(f"unknown encoding {encoding!r}", param_hint="--encoding") from None
    return encoding
