"""`huifang diff`: what a change does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
import orjson

from service.bootstrap import Desk
from service.commands.company_difference import (
    ComparisonRefused,
    compare_company_folder,
    compare_company_version,
    print_company_sheet,
)
from service.commands.context import CommandContext, with_context
from service.difference.company_sheet import CompanySheet, render_company_data, render_company_text
from service.difference.page import render_page
from service.difference.sheet import DifferenceSheet, build_sheet, render_data, render_text
from service.texts import say
from workflows.core.access.visibility import DESK
from workflows.definitions.folder_base import FILE_KINDS
from workflows.difference.difference import find_difference
from workflows.errors import NotFound
from workflows.gate.proposal import propose_text
from workflows.language.definition import Definition
from workflows.language.findings import Finding, errors
from workflows.language.forms.field import LANGUAGES
from workflows.language.load import read_folder

Pair = tuple[Definition, Definition]


@click.command()
@click.argument("what")
@click.option("--from", "older", type=int, help="The older version; else the one in force.")
@click.option("--to", "newer", help="A version, or a file; else the process of the folder of definitions.")
@click.option("--format", "form", type=click.Choice(("text", "html", "json")), default="text")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the page; else that of the settings.")
@with_context
def diff(
    context: CommandContext, what: str, older: int | None, newer: str | None, form: str, language: str | None
) -> int:
    """Compare two versions of the process WHAT by what they do, or the folder WHAT with what is in force.

    WHAT may be one of the company's files too, such as calendars.yaml.

    Exit code 0: they do the same. 1: they do not. 2: they cannot be compared.
    """
    reader = language or context.settings.language
    with context.desk() as desk:
        if what in FILE_KINDS:
            folder = context.settings.definitions
            return print_company_sheet(
                compare_company_version(desk, what, older, newer, folder, reader), form
            )
        if Path(what).is_dir():
            if older is not None or newer is not None:
                raise ComparisonRefused("--from and --to are for one process, not for a folder")
            pairs, new = _read_folder(desk, Path(what), context.settings.languages)
        else:
            pairs, new = [_find_pair(context, desk, what, older, newer)], []
        sheets = [_build_sheet(desk, pair, reader) for pair in pairs]
        company = list(compare_company_folder(desk, Path(what), reader)) if Path(what).is_dir() else []
    shown = [each for each in sheets if not Path(what).is_dir() or _says_something(each)]
    _print(shown, new, form, reader, company)
    return int(
        bool(new)
        or any(each.difference.changes for each in company)
        or any(not each.names.difference.same for each in sheets)
    )


def _find_pair(context: CommandContext, desk: Desk, name: str, older: int | None, newer: str | None) -> Pair:
    try:
        latest = desk.definitions.latest(name)
        old = latest if older is None else desk.definitions.get(name, older)
        if newer is None and older is not None:
            return old, latest
        if newer is not None and newer.isdecimal():
            return old, desk.definitions.get(name, int(newer))
    except NotFound as refused:
        raise ComparisonRefused(refused.reasons[0].message) from None
    file = Path(newer) if newer is not None else _find_file(context.settings.definitions, name)
    new = _read_file(desk, file)
    if new.name != name:
        raise ComparisonRefused(f"{file}: this is {new.name}, not {name}")
    return old, new


def _find_file(folder: Path, name: str) -> Path:
    """The file of a process in the folder of definitions."""
    found = next((each for each in sorted(folder.rglob(f"{name}.yaml"))), None)
    if found is None:
        raise ComparisonRefused(f"{folder} has no file {name}.yaml; name a file or a version by --to")
    return found


def _read_file(desk: Desk, file: Path) -> Definition:
    """The process of a file, with what is in force. Raises ComparisonRefused with every finding."""
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise ComparisonRefused(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ComparisonRefused(f"{file}: this is no text in UTF-8") from None
    proposal = propose_text(text, str(file), desk.gate.in_force())
    _refuse(errors(proposal.after.findings))
    return proposal.after.definitions[proposal.name]


def _read_folder(desk: Desk, folder: Path, languages: tuple[str, ...]) -> tuple[list[Pair], list[Definition]]:
    """The processes of a folder with other texts than in force, and those that are new."""
    read = read_folder(folder, languages=languages)
    _refuse(read.errors)
    known = {each.name: each for each in desk.definitions.in_force()}
    changed = [each for name, each in sorted(read.definitions.items()) if _is_changed(known.get(name), each)]
    pairs = [(known[each.name], each) for each in changed if each.name in known]
    return pairs, [each for each in changed if each.name not in known]


def _is_changed(old: Definition | None, new: Definition) -> bool:
    return old is None or old.digest != new.digest


def _refuse(findings: Iterable[Finding]) -> None:
    found = list(findings)
    for each in found:
        click.echo(str(each), err=True)
    if found:
        raise ComparisonRefused(f"{len(found)} errors")


def _build_sheet(desk: Desk, pair: Pair, language: str) -> DifferenceSheet:
    standing = desk.counts.count_by_version_and_state(pair[0].name, DESK)
    return build_sheet(find_difference(*pair), language, standing)


def _says_something(sheet: DifferenceSheet) -> bool:
    difference = sheet.names.difference
    return not difference.same or bool(difference.text_changes)


def _print(
    sheets: list[DifferenceSheet],
    new: list[Definition],
    form: str,
    language: str,
    company: Sequence[CompanySheet] = (),
) -> None:
    if form == "json":
        data = {
            "differences": [render_data(each) for each in sheets],
            "new": [each.name for each in new],
            "company": [render_company_data(each) for each in company],
        }
        click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    elif form == "html" and sheets:
        click.echo(render_page(*sheets), nl=False)
    else:
        texts = [*map(render_company_text, company), *map(render_text, sheets), *_list_new(new, language)]
        nothing = say(language, "difference", "nothing") or ""
        click.echo("\n".join(texts) if texts else f"{nothing}\n", nl=False)


def _list_new(new: list[Definition], language: str) -> Iterator[str]:
    for each in new:
        yield f"{say(language, 'difference', 'new-process', {'process': each.name})}\n"
