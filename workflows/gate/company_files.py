"""The company's files: each is a document with versions, and is changed through the same gate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from workflows.definitions import Definitions, Publication
from workflows.definitions.base import check_base
from workflows.definitions.checks import raise_if_invalid
from workflows.definitions.folder_base import FILE_KINDS
from workflows.definitions.publish import decide_again
from workflows.difference.company.comparison import CompanyDifference, compare_company_file
from workflows.errors import NotFound, Reason
from workflows.gate.company_proposal import propose_company_file
from workflows.gate.gate import Gate
from workflows.gate.review import Review
from workflows.storage.definitions import COMPANY, Authorship, DefinitionStore, PublishedVersion
from workflows.suggestions import did_you_mean
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPublication:
    """What a publication did: the version of the file now in force, whether it is a new one, and the new
    versions of processes that lean on the file."""

    file: PublishedVersion
    changed: bool
    processes: tuple[Publication, ...]


class CompanyFiles:
    """Reads the company's files of a desk, and publishes one at a time."""

    def __init__(self, gate: Gate, definitions: Definitions, store: DefinitionStore) -> None:
        self._gate, self._definitions, self._store = gate, definitions, store

    def list(self) -> tuple[PublishedVersion, ...]:
        """The files in force, in the order in which they are spoken of."""
        found = (self._store.latest(kind, name) for name, kind in FILE_KINDS.items())
        return tuple(each for each in found if each is not None)

    def find(self, name: str, version: int | None = None) -> PublishedVersion:
        """A version of a file, the one in force without its number. Raises NotFound with a suggestion."""
        kind = self._check_name(name)
        latest = self._store.latest(kind, name)
        found = latest if version is None else self._store.get(kind, name, version)
        if latest is None:
            raise NotFound(Reason("no-such-file", f"{name} was never published", facts={"name": name}))
        if found is None:
            raise NotFound(Reason("unknown-version", f"{name} has no version {version}", field="version"))
        return found

    def versions(self, name: str) -> tuple[PublishedVersion, ...]:
        """Every version of a file, oldest first. Raises NotFound."""
        self.find(name)
        return self._store.versions(FILE_KINDS[name], name)

    def compare(
        self, name: str, older: int | None, newer: int | None, text: str | None, today: date
    ) -> CompanyDifference:
        """What a version (None: the newest) or, if there is one, a text says otherwise than an older version:
        than the one before it, or than the one in force. Raises NotFound."""
        new = None if text is not None else self.find(name, newer)
        if text is not None or older is not None:
            old = self.find(name, older)
        else:
            old = self.find(name, max((new.version if new else 1) - 1, 1))
        second = (new.version, new.text) if new else (None, text or "")
        company = {each.name: each.text.encode() for each in self._store.list(COMPANY)}
        return compare_company_file(name, (old.version, old.text), second, company, today)

    def review(self, name: str, text: str, now: Instant, sites: Collection[str] | None) -> Review:
        """What is found if this is the text of the file, for somebody at these sites. Nothing is stored."""
        self._check_name(name)
        in_force = self._gate.in_force()
        return self._gate.review(propose_company_file(name, text, in_force), now, sites)

    def publish(
        self,
        name: str,
        text: str,
        authorship: Authorship,
        base: str | None,
        sites: Collection[str] | None = None,
    ) -> tuple[CompanyPublication, Review]:
        """Publish a text of the file that was made from `base`, and what the review of it was.

        Processes that lean on what is changed get a new version of the same text. Raises `Invalid` with every
        finding that prevents it, BaseMissing and Outdated (see `check_base`), Forbidden for whoever may not
        publish at all sites.
        """
        kind = self._check_name(name)

        def attempt(revision: int) -> tuple[CompanyPublication, Review]:
            before = self._store.latest(kind, name)
            check_base(self._store, before, base, text)
            reviewed = self.review(name, text, authorship.at, sites)
            raise_if_invalid(reviewed.blocking)
            if before is None or before.text != text:
                self._gate.rights.check(authorship, None)
            done = self._definitions.publish_reviewed(reviewed.proposal.after, authorship, None, revision)
            now = self.find(name)
            changed = before is None or before.version != now.version
            processes = tuple(each for each in done if each.changed)
            return CompanyPublication(file=now, changed=changed, processes=processes), reviewed

        return decide_again(attempt, self._store.revision)

    def _check_name(self, name: str) -> str:
        """The kind of the file. Raises NotFound."""
        if name not in FILE_KINDS:
            shown = name[:60]
            message = f"the company has no file {shown!r}{did_you_mean(shown, FILE_KINDS)}"
            raise NotFound(Reason("no-such-file", message, field="file", facts={"name": shown}))
        return FILE_KINDS[name]
