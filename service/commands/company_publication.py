"""`huifang publish` of one of the company's files, by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandRefused
from service.commands.folder_record import FolderRecord, shown_difference
from service.finding_texts import format_finding
from service.texts import terminal_language
from workflows.definitions.base import IN_FORCE, BaseMissing
from workflows.definitions.folder_base import FILE_KINDS, FileKey
from workflows.errors import Invalid
from workflows.gate.review import Review
from workflows.language.builder.context import digest_of
from workflows.language.findings import Finding, errors
from workflows.storage.definitions import Authorship


def publish_company_file(
    desk: Desk, file: Path, named: dict[FileKey, str], authorship: Authorship | None, *, over: bool
) -> None:
    """Publish one file beside all else that is in force; with `over`, over what others have published.
    Without an author, it is only looked at.

    It was made from what is `named`, or from what its folder's record says. Raises CommandRefused.
    """
    if file.name not in FILE_KINDS:
        raise CommandRefused(f"{file}: only a company's file is published by itself: {', '.join(FILE_KINDS)}")
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        raise CommandRefused(f"{file}: this is no text in UTF-8") from None
    record, key = FolderRecord.read(file.parent), (FILE_KINDS[file.name], file.name)
    bases = record.bases(desk.definition_store)
    files, base = desk.company_files, IN_FORCE if over else {**bases, **named}.get(key)
    reviewed = files.review(file.name, text, wallclock.now(), None)
    print_findings(reviewed)
    refuse_blocked(reviewed.blocking)
    if authorship is None:
        return
    with shown_difference():
        try:
            done, _ = files.publish(file.name, text, authorship, base)
        except BaseMissing as refusal:
            raise CommandRefused(f"{refusal}; name it by --base {file.name}=VERSION") from None
        except Invalid as refusal:  # somebody has published since
            raise CommandRefused(f"nothing is published: {refusal}") from None
    what = f"{file.name}: version {done.file.version}" if done.changed else f"{file.name}: as it was"
    news = ", ".join(f"{each.name} {each.version}" for each in done.processes)
    click.echo(f"{what}; processes with new versions: {news}" if news else what)
    with suppress(OSError):  # the next publication will need --base
        record.write(desk.definition_store, {**bases, key: digest_of(text)})


def print_findings(reviewed: Review) -> None:
    """Each finding on a line of standard error, in the terminal's language."""
    for finding in reviewed.findings:
        click.echo(format_finding(finding, terminal_language(os.environ, "en")), err=True)


def refuse_blocked(blocking: Iterable[Finding]) -> None:
    """Raise CommandRefused if there is a finding that prevents the publication."""
    found = tuple(blocking)
    if found:
        wrong = len(errors(found))
        more = len(found) - wrong
        warnings = f", {more} warnings that no file waives" if more else ""
        raise CommandRefused(f"nothing is published: {wrong} errors{warnings}")
