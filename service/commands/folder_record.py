"""The record that a folder keeps of the texts it was made from: `.published.json`, by desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import orjson

from service.bootstrap import Desk
from service.commands.context import CommandRefused
from workflows.definitions.base import Outdated
from workflows.definitions.folder_base import FileKey
from workflows.language.builder.context import digest_of
from workflows.storage.definitions import DefinitionStore
from workflows.suggestions import did_you_mean
from workflows.versions import WORKFLOW

RECORD_FILE = ".published.json"
FORMER_AUTHOR = "command line"  # of folders that were published before they kept a record


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """Digests of the texts that the files of a folder were made from, for each desk it is published on."""

    file: Path
    desks: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, folder: Path) -> FolderRecord:
        """The record of a folder; an empty one if it has none. CommandRefused if it cannot be read."""
        file = folder / RECORD_FILE
        try:
            desks = orjson.loads(file.read_bytes()) if file.exists() else {}
            return cls(file, {desk: {key: str(texts[key]) for key in texts} for desk, texts in desks.items()})
        except (OSError, orjson.JSONDecodeError, AttributeError, TypeError) as error:
            hint = "take it from your last copy of the folder, or remove it and run `huifang pull`"
            raise CommandRefused(f"{file} cannot be read ({error}); {hint}") from error

    def bases(self, store: DefinitionStore) -> dict[FileKey, str]:
        """The digests for this desk. What such a folder has published before there were records counts as its
        own."""
        former = {
            (each.kind, each.name): digest_of(each.text)
            for each in store.list()
            if each.published_by == FORMER_AUTHOR
        }
        own = self.desks.get(store.identity(), {})
        return former | {_parse_key(key): digest for key, digest in own.items()}

    def write(self, store: DefinitionStore, made_from: Mapping[FileKey, str]) -> None:
        """Write the digests for this desk. Raises OSError if the folder cannot be written."""
        own = {"/".join(key): digest for key, digest in sorted(made_from.items())}
        desks = {**self.desks, store.identity(): own}
        draft = self.file.with_suffix(".draft")
        draft.write_bytes(orjson.dumps(desks, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        draft.replace(self.file)


def _parse_key(text: str) -> FileKey:
    kind, _, name = text.partition("/")
    return kind, name


@contextmanager
def shown_difference() -> Iterator[None]:
    """What others have changed is shown, with the ways to go on."""
    try:
        yield
    except Outdated as refusal:
        click.echo(str(refusal.details["difference"]), nl=False)
        names = ", ".join(str(reason.field) for reason in refusal.reasons)
        ways = "`huifang pull` takes it in; `--take-over REASON` publishes over it"
        raise CommandRefused(f"{refusal}\nnothing is published, for the sake of {names}: {ways}") from refusal


def parse_bases(desk: Desk, named: tuple[str, ...]) -> dict[FileKey, str]:
    """The digests of the texts of `NAME=VERSION`, such as `complaint=3` or `calendars.yaml=2`."""
    bases: dict[FileKey, str] = {}
    kinds = {each.name: each.kind for each in desk.definition_store.list()}
    for text in named:
        name, _, version = text.partition("=")
        if not version.isdecimal() or len(version) > 9:
            raise click.BadParameter(f"{text!r} is not NAME=VERSION", param_hint="--base")
        key = (kinds.get(name, WORKFLOW), name)
        found = desk.definition_store.get(*key, int(version))
        if found is None:
            raise CommandRefused(f"{name} has no version {version}{did_you_mean(name, kinds)}")
        bases[key] = digest_of(found.text)
    return bases
