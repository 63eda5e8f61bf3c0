"""Drafts of texts: kept by their authors, published or proposed from there, approved by a second person."""

from __future__ import annotations

from dataclasses import replace

from workflows.definitions.base import show_difference
from workflows.errors import Blocked, Forbidden, NotFound, Reason, Stale
from workflows.gate.gate import Gate
from workflows.storage.definition_drafts import (
    DRAFT,
    PROPOSED,
    PUBLISHED,
    REJECTED,
    DefinitionDraft,
    DraftStore,
)
from workflows.storage.definitions import Authorship
from workflows.storage.errors import Conflict
from workflows.timing.instants import Instant


class Drafts:
    """Carries out what people do with drafts. A draft is its author's; once it is proposed, everybody who may
    publish sees it."""

    def __init__(self, gate: Gate, store: DraftStore) -> None:
        self._gate, self._store = gate, store

    def list(self, workflow: str, reader: str) -> tuple[DefinitionDraft, ...]:
        """The reader's own drafts of a process, and what others have proposed, the last changed first."""
        return tuple(each for each in self._store.list(workflow) if _may_read(each, reader))

    def list_waiting(self, reader: str) -> tuple[DefinitionDraft, ...]:
        """Of all processes: what waits for a second person, and the reader's own that are not published."""
        return tuple(
            each for each in self._store.list() if _may_read(each, reader) and _is_waiting(each, reader)
        )

    def find(self, workflow: str, draft: str, reader: str) -> DefinitionDraft:
        """A draft that the reader may see. Raises NotFound."""
        found = self._store.find(workflow, draft)
        if found is None or not _may_read(found, reader):
            raise NotFound(Reason("unknown-draft", f"{workflow} has no draft {draft!r}", field="draft"))
        return found

    def save(self, draft: DefinitionDraft, seen: DefinitionDraft | None) -> DefinitionDraft:
        """Write a draft in place of the one that was seen (None: it is new).

        Raises Forbidden if it is another person's, Blocked if it waits for a second person or was published,
        Stale if it has changed.
        """
        known = self._store.find(draft.workflow, draft.id)
        if known is not None and known.author != draft.author:
            raise _not_yours()
        if known is not None and known.state in (PROPOSED, PUBLISHED):
            raise Blocked(_state_reason(known))
        self._write(draft, seen)
        return draft

    def delete(self, draft: DefinitionDraft, by: str) -> None:
        """Delete a draft. Raises Forbidden if it is another person's."""
        if draft.author != by:
            raise _not_yours()
        try:
            self._store.delete(draft)
        except Conflict as conflict:
            raise _changed() from conflict

    def publish(self, draft: DefinitionDraft, by: str, now: Instant) -> DefinitionDraft:
        """Publish a draft from the version that it was made from; where a site wants a second person, propose
        it. Raises as publishing does."""
        if draft.author != by:
            raise _not_yours()
        if draft.state not in (DRAFT, REJECTED):
            raise Blocked(_state_reason(draft))
        authorship = Authorship(at=now, by=by, reason=draft.reason or None)
        try:
            return self._publish(draft, authorship, now)
        except Blocked as refusal:
            if {each.code for each in refusal.reasons} != {"approval-needed"}:
                raise
        return self._write(replace(draft, state=PROPOSED, changed_at=now), draft)

    def propose(self, draft: DefinitionDraft) -> DefinitionDraft:
        """Keep a text that only lacks the second person, and propose it; once, however often it is sent."""
        known = self._store.find(draft.workflow, draft.id)
        if known is not None and known.author == draft.author and known.state == PROPOSED:
            return known
        return self._write(replace(draft, state=PROPOSED), known)

    def approve(self, draft: DefinitionDraft, by: str, now: Instant) -> DefinitionDraft:
        """Publish what another person has proposed. Raises Forbidden for its author, and as publishing
        does."""
        self._check_decision(draft, by)
        authorship = Authorship(at=now, by=draft.author, reason=draft.reason or None, approved_by=by)
        return self._publish(draft, authorship, now)

    def reject(self, draft: DefinitionDraft, by: str, now: Instant, reason: str) -> DefinitionDraft:
        """Give a proposal back to its author, with the reason."""
        self._check_decision(draft, by)
        after = replace(draft, state=REJECTED, changed_at=now, decided_by=by, decided_at=now)
        return self._write(replace(after, decision_reason=reason), draft)

    def difference(self, draft: DefinitionDraft, text: str) -> str:
        """What the draft changes in a text, as a unified diff."""
        return show_difference(text, draft.text, draft.workflow, f"{draft.workflow}:{draft.id}")

    def _publish(self, draft: DefinitionDraft, authorship: Authorship, now: Instant) -> DefinitionDraft:
        file = f"{draft.workflow}.yaml"
        reviewed = self._gate.review_text(draft.text, file, now, None)
        named = reviewed.proposal.name
        if named and named != draft.workflow:
            message = f"the text is of {named}, the draft of {draft.workflow}"
            raise Blocked(Reason("other-process", message, facts={"name": named, "draft": draft.workflow}))
        base = str(draft.based_on) if draft.based_on else None
        done = self._gate.publish_text(reviewed, file, authorship, base)
        decided_by = authorship.approved_by or authorship.by
        after = replace(draft, state=PUBLISHED, changed_at=now, version=done.version)
        return self._write(replace(after, decided_by=decided_by, decided_at=now), draft)

    def _check_decision(self, draft: DefinitionDraft, by: str) -> None:
        if draft.state != PROPOSED:
            raise Blocked(_state_reason(draft))
        if draft.author == by:
            message = "nobody decides about what they have proposed themselves"
            raise Forbidden(Reason("own-proposal", message))

    def _write(self, draft: DefinitionDraft, seen: DefinitionDraft | None) -> DefinitionDraft:
        try:
            self._store.store(draft, seen)
        except Conflict as conflict:
            raise _changed() from conflict
        return draft


def _may_read(draft: DefinitionDraft, reader: str) -> bool:
    return draft.author == reader or draft.state != DRAFT


def _is_waiting(draft: DefinitionDraft, reader: str) -> bool:
    return draft.state == PROPOSED or (draft.author == reader and draft.state != PUBLISHED)


def _state_reason(draft: DefinitionDraft) -> Reason:
    message = f"the draft is {draft.state}"
    return Reason("draft-state", message, facts={"state": draft.state})


def _not_yours() -> Forbidden:
    return Forbidden(Reason("not-your-draft", "this draft belongs to somebody else; take another name"))


def _changed() -> Stale:
    return Stale(Reason("draft-changed", "the draft has changed since you read it"))
