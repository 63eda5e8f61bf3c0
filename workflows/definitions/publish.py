"""Publication: one text, or a whole folder.

A published workflow records the versions of the organisation, calendars and escalation policies that it was
published with, so a version never changes its meaning. A publication with errors is refused with file and
line, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from workflows.definitions.base import IN_FORCE, check_base
from workflows.definitions.checks import check_folder, check_text, raise_if_invalid
from workflows.definitions.folder_base import ALONE, FileKey, check_bases, list_files
from workflows.definitions.in_force import DefinitionsInForce
from workflows.errors import Blocked, Reason
from workflows.language.builder.context import digest_of
from workflows.language.definition import Definition
from workflows.language.findings import errors
from workflows.language.load import Folder, ParsedWorkflow
from workflows.storage.definitions import Authorship, PublishedMeanwhile, PublishTransaction
from workflows.timing.instants import Instant
from workflows.versions import WORKFLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The result for one workflow: its version, and whether that is a new one."""

    name: str
    version: int
    changed: bool


Published = TypeVar("Published")
_ATTEMPTS = 8


class Definitions(DefinitionsInForce):
    """The definitions in force, and their publication."""

    def load_text(self, text: str, filename: str) -> ParsedWorkflow:
        """Read one text with the company files and the other workflows in force, and check it."""
        return check_text(self, text, filename, self._languages)

    def publish(
        self,
        folder: Folder,
        now: Instant,
        by: str,
        *,
        reason: str | None = None,
        bases: Mapping[FileKey, str] | None = None,
        reviewed: bool = False,
    ) -> tuple[Publication, ...]:
        """Publish a whole folder. Raises `Invalid` with every error of every file, and changes nothing then.

        `bases` are the digests of the texts that its files were made from; None: of those in force, whichever
        they are. Raises Outdated, with the differences, if others are in force by now. With
        `reviewed`, the gate has found no error in it, and it is not checked once more.
        """
        authorship = Authorship(at=now, by=by, reason=reason)

        def attempt(revision: int) -> tuple[Publication, ...]:
            if not reviewed:
                check_folder(folder, self.load_in_force())
            return self.publish_reviewed(folder, authorship, bases, revision)

        return decide_again(attempt, self._store.revision)

    def publish_reviewed(
        self,
        folder: Folder,
        authorship: Authorship,
        bases: Mapping[FileKey, str] | None,
        at_revision: int,
    ) -> tuple[Publication, ...]:
        """Publish a folder that was checked with what was in force at this revision. PublishedMeanwhile if
        that is another by now."""
        present = self.load_in_force()
        self.lifecycle().check_publishable(folder.definitions)
        with self._store.publish_transaction(authorship, at_revision) as transaction:
            files = list_files(folder, transaction.latest)
            if bases is not None:
                check_bases(self._store, transaction.latest, files, bases)
            versions = {
                key: _put_file(transaction, key, text) for key, text in files.items() if key[0] != WORKFLOW
            }
            company = {key[1]: version for key, version in versions.items() if key not in ALONE}
            return tuple(
                _put_definition(transaction, folder.definitions[name], folder.texts[name], company, present)
                for name in sorted(folder.definitions)
            )

    def publish_text(
        self,
        text: str,
        filename: str,
        now: Instant,
        by: str,
        *,
        reason: str | None = None,
        base: str | None = IN_FORCE,
    ) -> Publication:
        """Publish one text that was made from `base`, the digest or the number of a version.

        Raises `Invalid` with every error in it; BaseMissing without a base where there are versions already;
        Outdated, with the difference, if another version is in force by now.
        """

        authorship = Authorship(at=now, by=by, reason=reason)

        def attempt(revision: int) -> Publication:
            reading = self.load_text(text, filename)
            raise_if_invalid(errors(reading.findings))
            assert reading.definition is not None, "a text without errors has a definition"
            return self.publish_definition(reading.definition, text, authorship, base, revision)

        return decide_again(attempt, self._store.revision)

    def publish_definition(
        self, definition: Definition, text: str, authorship: Authorship, base: str | None, at_revision: int
    ) -> Publication:
        """Publish the definition of one text that was checked with what was in force at this revision; raises
        as `publish_text`, and PublishedMeanwhile if that is another by now."""
        present, company = self.load_in_force(), self.company_versions()
        self.lifecycle().check_publishable([definition.name])
        with self._store.publish_transaction(authorship, at_revision) as transaction:
            current = transaction.latest(WORKFLOW, definition.name)
            same = _is_same(definition, present)
            based_on = None if same else check_base(self._store, current, base, text)
            return _put_definition(transaction, definition, text, company, present, based_on)

    def check_base(self, name: str, text: str, base: str | None) -> None:
        """Raise Outdated, or Blocked for a name that is gone, as publishing this text would. That a base is
        missing is not told here."""
        self.lifecycle().check_publishable([name])
        if base is not None:
            check_base(self._store, self._store.latest(WORKFLOW, name), base, text)

    def check_bases(self, folder: Folder, bases: Mapping[FileKey, str] | None) -> None:
        """Raise Outdated, or Blocked for names that are gone, as publishing this folder would."""
        self.lifecycle().check_publishable(folder.definitions)
        if bases is not None:
            latest = self._store.latest
            check_bases(self._store, latest, list_files(folder, latest), bases)


def decide_again(attempt: Callable[[int], Published], revision: Callable[[], int]) -> Published:
    """The result of an attempt with the revision at which it began: again, if somebody has published
    meanwhile, since what was checked with other processes than those in force was not checked."""
    for _ in range(_ATTEMPTS):
        with suppress(PublishedMeanwhile):
            return attempt(revision())
    raise Blocked(Reason("publishing-busy", "others publish at this moment; nothing is lost, try again"))


def _put_file(transaction: PublishTransaction, key: FileKey, text: str) -> int:
    last = transaction.latest(*key)
    return transaction.put(*key, digest_of(text), text, {}, last.version if last else None)


def _put_definition(
    transaction: PublishTransaction,
    definition: Definition,
    text: str,
    company: Mapping[str, int],
    present: Mapping[str, Definition],
    based_on: int | None = None,
) -> Publication:
    name = definition.name
    if _is_same(definition, present):
        return Publication(name=name, version=present[name].version, changed=False)
    last = transaction.latest(WORKFLOW, name)
    based_on = based_on or (last.version if last else None)
    version = transaction.put(WORKFLOW, name, definition.digest, text, dict(company), based_on)
    return Publication(name=name, version=version, changed=last is None or version != last.version)


def _is_same(definition: Definition, present: Mapping[str, Definition]) -> bool:
    """Whether the version in force is this text. The rules of the digest may have changed since it was
    stored; by those of today it is the same."""
    known = present.get(definition.name)
    return known is not None and known.digest == definition.digest
