"""The versions of a process: who published each, when, why, and how many open tickets stay on it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from workflows.storage.definition_drafts import DefinitionDraft
from workflows.versions import WORKFLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version. `approved_by` is empty where no second person had to."""

    version: int
    author: str
    at: str
    reason: str
    approved_by: str
    based_on: int | None
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft: whose it is, and what it waits for. `mine`: the reader has written it."""

    id: str
    workflow: str
    author: str
    at: str
    reason: str
    state: str
    decision: str
    mine: bool


def list_versions(call: ConsoleRequest, name: str) -> list[VersionRow]:
    """All versions, the newest first."""
    store = call.desk.definition_store
    versions = store.versions(WORKFLOW, name)
    names = store.author_names(
        {by for each in versions for by in (each.published_by, each.approved_by) if by}
    )
    standing = call.desk.counts.count_by_version(name, call.viewer, call.sites)
    zone = call.zone
    return [
        VersionRow(
            version=each.version,
            author=names[each.published_by],
            at=write_moment(each.published_at, zone, call.language, call.now),
            reason=each.reason or "",
            approved_by=names[each.approved_by] if each.approved_by else "",
            based_on=each.based_on,
            open=standing.get(each.version, 0),
        )
        for each in reversed(versions)
    ]


def list_drafts(call: ConsoleRequest, name: str) -> list[DraftRow]:
    """The reader's drafts of a process that are not published, and what others have proposed."""
    waiting = call.desk.drafts.list_waiting(call.staff.id)
    return _build_draft_rows(call, [each for each in waiting if each.workflow == name])


def list_new_drafts(call: ConsoleRequest) -> list[DraftRow]:
    """The same, of processes that are not published yet. For those who may publish; empty for others."""
    if not call.is_manager:
        return []
    known = call.desk.definitions.current_versions()
    waiting = call.desk.drafts.list_waiting(call.staff.id)
    return _build_draft_rows(call, [each for each in waiting if each.workflow not in known])


def _build_draft_rows(call: ConsoleRequest, found: list[DefinitionDraft]) -> list[DraftRow]:
    names = call.desk.definition_store.author_names({each.author for each in found})
    zone = call.zone if found else ZoneInfo("UTC")
    return [_build_draft_row(call, each, names[each.author], zone) for each in found]


def _build_draft_row(call: ConsoleRequest, draft: DefinitionDraft, author: str, zone: ZoneInfo) -> DraftRow:
    return DraftRow(
        id=draft.id,
        workflow=draft.workflow,
        author=author,
        at=write_moment(draft.changed_at, zone, call.language, call.now),
        reason=draft.reason,
        state=draft.state,
        decision=draft.decision_reason or "",
        mine=draft.author == call.staff.id,
    )
