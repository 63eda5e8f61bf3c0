"""The gate of a desk: reviews what is proposed against what is in force there, and publishes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from workflows.definitions import REPORTS_KIND, SCHEDULES_KIND, Definitions, Publication
from workflows.definitions.checks import raise_if_invalid
from workflows.definitions.folder_base import FileKey
from workflows.definitions.publish import decide_again
from workflows.gate.impact_reader import ImpactReader
from workflows.gate.in_force import InForce
from workflows.gate.promise_moves import PromiseSearch, describe_moves, find_moves, find_nothing
from workflows.gate.proposal import Proposal, propose_folder, propose_text
from workflows.gate.review import Review, review
from workflows.gate.rights import PublishingRights
from workflows.gate.scenarios import find_failed_scenarios
from workflows.language.builder.company import COMPANY_FILES
from workflows.language.findings import Finding, errors
from workflows.language.load import Folder
from workflows.language.reports.load import REPORTS_FILE
from workflows.language.schedules.load import SCHEDULES_FILE
from workflows.storage.definitions import COMPANY, Authorship, DefinitionStore
from workflows.timing.instants import Instant
from workflows.versions import WORKFLOW


@dataclass(frozen=True, eq=False)
class _Rehearsal:
    """A proposal that is rehearsed; two are equal if their outcome must be."""

    proposal: Proposal
    in_force: InForce

    @property
    def _key(self) -> object:
        after = self.proposal.after
        files = tuple(sorted(after.company.items()))
        texts = tuple(sorted((name, each.digest) for name, each in after.definitions.items()))
        return self.in_force.revision, self.proposal.names, after.place, files, texts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rehearsal) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def failures(self) -> tuple[Finding, ...]:
        """The scenarios that fail."""
        return tuple(find_failed_scenarios(self.proposal, self.in_force))


class Gate:
    """Reviews proposals, and publishes those in which nothing is wrong."""

    def __init__(
        self,
        definitions: Definitions,
        store: DefinitionStore,
        impact: ImpactReader,
        rights: PublishingRights,
        search: PromiseSearch = find_nothing,
    ) -> None:
        self._definitions, self._store, self._impact = definitions, store, impact
        self._search = search
        self.rights = rights
        self._rehearsed = lru_cache(maxsize=16)(_Rehearsal.failures)

    def review_folder(
        self, folder: Folder, now: Instant, moving: frozenset[tuple[str, int]] = frozenset()
    ) -> Review:
        """The review of a whole folder, by the desk itself. Nothing is stored. The open tickets of the
        versions in `moving` are moved as soon as it is published."""
        return self.review(replace(propose_folder(folder), moving=moving), now)

    def review(self, proposal: Proposal, now: Instant, sites: Collection[str] | None = None) -> Review:
        """The review of a folder or a file of it, by the desk itself or for somebody at these sites. Nothing
        is stored."""
        return self._review(proposal, self.in_force(), now, sites)

    def review_text(self, text: str, filename: str, now: Instant, sites: Collection[str] | None) -> Review:
        """The review of one text, for somebody at these sites. Nothing is stored."""
        in_force = self.in_force()
        return self._review(propose_text(text, filename, in_force), in_force, now, sites)

    def review_renamed(self, text: str, filename: str, former: str, now: Instant) -> Review:
        """The review of a text that takes the place of a process of another name."""
        present = self.in_force()
        others = {name: each for name, each in present.definitions.items() if name != former}
        in_force = replace(present, definitions=others)
        return self._review(propose_text(text, filename, in_force), in_force, now, None)

    def publish_folder(
        self, reviewed: Review, authorship: Authorship, bases: Mapping[FileKey, str] | None = None
    ) -> tuple[Publication, ...]:
        """Publish a folder that was reviewed; it is reviewed again if somebody has published meanwhile.

        Raises `Invalid` with every finding that prevents it, and Outdated if other texts are in force than
        those that its files were made from (`bases`).
        """
        folder, latest = reviewed.proposal.after, reviewed

        def attempt(revision: int) -> tuple[Publication, ...]:
            nonlocal latest
            if latest.in_force.revision != revision:
                latest = self.review_folder(folder, authorship.at, reviewed.proposal.moving)
            self._definitions.check_bases(folder, bases)
            raise_if_invalid(latest.blocking)
            self._check_folder_rights(folder, authorship, latest.in_force)
            return self._definitions.publish_reviewed(folder, authorship, bases, latest.in_force.revision)

        return decide_again(attempt, self._store.revision)

    def publish_text(
        self,
        reviewed: Review,
        filename: str,
        authorship: Authorship,
        base: str | None,
        sites: Collection[str] | None = None,
    ) -> Publication:
        """Publish a text that was reviewed; it is reviewed again if somebody has published meanwhile.

        Raises `Invalid` with every finding that prevents it, BaseMissing, and Outdated (see `Definitions`).
        """
        text, latest = reviewed.proposal.text, reviewed

        def attempt(revision: int) -> Publication:
            nonlocal latest
            if latest.in_force.revision != revision:
                latest = self.review_text(text, filename, authorship.at, sites)
            proposal = latest.proposal
            if proposal.proposed is not None:
                self._definitions.check_base(proposal.proposed.name, text, base)
            raise_if_invalid(latest.blocking)
            definition = proposal.after.definitions[proposal.name]
            if latest.in_force.texts.get(proposal.name) != text:
                self.rights.check(authorship, [definition])
            seen = latest.in_force.revision
            return self._definitions.publish_definition(definition, text, authorship, base, seen)

        return decide_again(attempt, self._store.revision)

    def _check_folder_rights(self, folder: Folder, authorship: Authorship, in_force: InForce) -> None:
        """The rights for what is changed. A file of the company concerns everybody."""
        company = {**folder.company, SCHEDULES_FILE: folder.schedules, REPORTS_FILE: folder.reports}
        before = {**in_force.company, SCHEDULES_FILE: in_force.schedules, REPORTS_FILE: in_force.reports}
        names = company.keys() | before.keys()
        if any(company.get(name, b"") != before.get(name, b"") for name in names):
            self.rights.check(authorship, None)
            return
        texts = in_force.texts
        changed = [of for name, of in folder.definitions.items() if folder.texts[name] != texts.get(name)]
        if changed:
            self.rights.check(authorship, changed)

    def _review(
        self, proposal: Proposal, in_force: InForce, now: Instant, sites: Collection[str] | None
    ) -> Review:
        """What is written comes first: while that has errors, nothing that follows from them is said."""
        found = review(proposal, now, in_force)
        if errors(found.findings):
            return found
        findings, impact = self._impact.read(proposal, in_force, sites)
        failures = self._failed_scenarios(proposal, in_force)
        moves = find_moves(proposal, in_force, self._search, now, sites)
        said = {*found.findings, *findings, *failures, *describe_moves(proposal, moves)}
        return replace(found, findings=tuple(sorted(said)), impact=impact, promises=moves)

    def _failed_scenarios(self, proposal: Proposal, in_force: InForce) -> Iterable[Finding]:
        """The scenarios that fail; after a check, publishing does not wait for them again."""
        return self._rehearsed(_Rehearsal(proposal, in_force))

    def in_force(self) -> InForce:
        """What is in force now."""
        revision = self._store.revision()
        published = {each.name: each for each in self._store.list(WORKFLOW)}
        files = {each.name: each.text.encode() for each in self._store.list(COMPANY)}
        return InForce(
            context=self._definitions.company(),
            company={name: text for name, text in files.items() if name in COMPANY_FILES},
            definitions={each.name: each for each in self._definitions.in_force()},
            texts={name: each.text for name, each in published.items()},
            versions={name: each.version for name, each in published.items()},
            schedules=self._file(SCHEDULES_KIND, SCHEDULES_FILE),
            reports=self._file(REPORTS_KIND, REPORTS_FILE),
            revision=revision,
        )

    def _file(self, kind: str, name: str) -> bytes:
        published = self._store.latest(kind, name)
        return published.text.encode() if published else b""
