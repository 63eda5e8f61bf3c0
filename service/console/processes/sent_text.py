"""The text of a process in the editor: what is typed, what it was made from, and whose draft it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.api.workflow_drafts import draft_tag
from service.console.http.console_request import ConsoleRequest
from service.schemas import bodies
from service.schemas.load import read_body
from workflows.storage.definition_drafts import DefinitionDraft

_NAMED = re.compile(r"^workflow:[ \t]*['\"]?([a-z][a-z0-9-]{0,99})['\"]?[ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentText:
    """A text of the process `name` (empty: it is new). `base` is the version that it was made from, `draft`
    the id of the draft that it is kept as, `tag` how that draft was when it was opened; each may be empty."""

    name: str
    text: str
    reason: str = ""
    base: str = ""
    draft: str = ""
    tag: str = ""

    @classmethod
    def of(cls, call: ConsoleRequest, name: str) -> SentText:
        """What the form of the request holds; `taken` is a version that was taken in since."""
        form = call.request.form
        return cls(
            name=name,
            text=form.get("text", "").replace("\r\n", "\n"),
            reason=form.get("reason", "").strip(),
            base=form.get("taken") or form.get("base", ""),
            draft=form.get("draft", ""),
            tag=form.get("tag", ""),
        )

    @classmethod
    def of_draft(cls, draft: DefinitionDraft) -> SentText:
        """A draft as it is opened."""
        return cls(
            name=draft.workflow,
            text=draft.text,
            reason=draft.reason,
            base=str(draft.based_on or ""),
            draft=draft.id,
            tag=draft_tag(draft),
        )

    @property
    def named(self) -> str:
        """The name of the process: a new one says it in its text."""
        found = _NAMED.search(self.text)
        return self.name or (found[1] if found else "")

    def give(self, call: ConsoleRequest, *, as_draft: bool) -> None:
        """Make it the body of the request, as it would come to the API. Raises Invalid."""
        given: dict[str, object] = {"text": self.text}
        given |= {"reason": self.reason} if self.reason else {}
        if not as_draft:
            call.body, call.base = read_body(bodies.PublishedText(), given), self.base or None
            return
        known = self.base.isascii() and self.base.isdecimal() and len(self.base) < 10
        given["based_on"] = int(self.base) if known else None
        call.body, call.base = read_body(bodies.DraftText(), given), self.tag or None
