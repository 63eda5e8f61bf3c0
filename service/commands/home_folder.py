"""What `huifang new` and `huifang discover` share: the folder in which a process begins, and its file."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from service import wallclock
from service.commands.context import CommandContext, CommandRefused
from service.finding_texts import format_finding
from service.texts import say, terminal_language
from workflows.gate.proposal import propose_file
from workflows.gate.review import review
from workflows.language.builder.company import REQUIRED_FILES, company_files, read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.findings import blocking, errors
from workflows.language.load import read_folder
from workflows.language.schemas.fields import NAME
from workflows.mining.company_texts import write_company
from workflows.mining.outline import Outline
from workflows.mining.outline_text import write_outline
from workflows.suggestions import did_you_mean
from workflows.timing.calendars import Calendar

_STANDARD = "standard"  # the escalation policy that is taken where there is one of this name


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """A folder of definitions and what its company has; `is_new` if there was none, and one was written."""

    path: Path
    company: CompanyContext
    languages: tuple[str, ...]
    is_new: bool

    @classmethod
    def open(cls, context: CommandContext, path: Path | None, roles: Sequence[str], zone: str) -> HomeFolder:
        """The folder; if it is empty, the files that it needs are written. Raises CommandRefused if only some
        of them are there, or they have errors."""
        folder, languages = path or context.settings.definitions, context.settings.languages
        there = [name for name in REQUIRED_FILES if (folder / name).exists()]
        if there and len(there) < len(REQUIRED_FILES):
            lacking = ", ".join(name for name in REQUIRED_FILES if name not in there)
            raise CommandRefused(f"{folder} lacks {lacking}")
        if not there:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in write_company(roles, zone, languages).items():
                (folder / name).write_text(text, "utf-8")
                click.echo(tell("wrote", file=folder / name), err=True)
        company, findings = read_context(company_files(folder), str(folder), languages=languages)
        if wrong := errors(findings):
            raise CommandRefused(format_finding(wrong[0], reader_language()))
        return cls(folder, company, languages, not there)

    def calendar(self, name: str | None) -> Calendar:
        """The calendar of this name, else the first. Raises CommandRefused if there is none."""
        calendars = self.company.calendars
        return calendars[known(name or next(iter(calendars)), calendars, "calendar")]

    def escalation(self, name: str | None) -> str | None:
        """The policy of this name, else the standard one, if there is one."""
        if name is None:
            return _STANDARD if _STANDARD in self.company.policies else None
        return known(name, self.company.policies, "escalation")

    def role(self, name: str) -> str:
        """The role of this name. Raises CommandRefused if there is none."""
        return known(name, self.company.organisation.roles, "role")

    def write(self, outline: Outline) -> Path:
        """The new file of the process. Raises CommandRefused if it exists, or `check` finds something."""
        file = self.path / f"{outline.name}.yaml"
        if file.exists():
            raise CommandRefused(f"{file} is there already")
        file.write_text(write_outline(outline, self.languages), "utf-8")
        folder = read_folder(self.path, about=file, languages=self.languages)
        found = blocking(review(propose_file(folder, str(file)), wallclock.now()).findings)
        if own := [each for each in found if each.file == str(file)]:
            lines = "\n".join(format_finding(each, reader_language()) for each in own)
            raise CommandRefused(f"{lines}\n{file} was written, and has to be mended")
        click.echo(tell("wrote", file=file), err=True)
        click.echo(tell("next", file=file), err=True)
        return file


def known(name: str, names: Collection[str], what: str) -> str:
    """The name, if it is one of these. Raises CommandRefused otherwise."""
    if name not in names:
        near = did_you_mean(name, names) or f"; known: {', '.join(sorted(names))}"
        raise CommandRefused(f"unknown {what} {name!r}{near}")
    return name


def check_process_name(name: str) -> str:
    """The name, if a process may have it. Raises CommandRefused otherwise."""
    if not re.fullmatch(NAME, name):
        raise CommandRefused(f"{name!r} is no name: lower-case words joined by hyphens")
    return name


def reader_language() -> str:
    """The language of the terminal."""
    return terminal_language(os.environ, "en")


def tell(key: str, **facts: object) -> str:
    """A sentence of these commands in the reader's language."""
    return say(reader_language(), "outlines", key, facts) or key
