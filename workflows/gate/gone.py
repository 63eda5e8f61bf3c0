"""Processes that are in force and no longer in the folder: retired, or renamed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from workflows.gate.change import ProcessChange, Usage
from workflows.gate.proposal import Proposal
from workflows.language.findings import Finding, Severity
from workflows.sentence import Sentence

_RETIRED = (
    "'{name}' is no longer in the folder, and in force until it is retired; its open tickets:"
    " {count}{numbers}"
)
_RENAMED = (
    "'{heir}' looks like '{name}', which is no longer in the folder (the same numbering, {likeness} % of the"
    " text): was it renamed? Open tickets of the old name: {count}{numbers}"
)
_ALIKE = 75  # per cent of the lines; beneath, another process has taken over the numbering


def find_gone(
    proposal: Proposal, changes: Collection[ProcessChange], usage: Usage, texts: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """A note on each of them, with its open tickets. `texts` are what they were in force with, by name."""
    old_texts = dict(texts)
    new = [change for change in changes if change.before is None and change.after is not None]
    for gone in changes:
        if gone.after is not None:
            continue
        group = usage.of(gone.name)
        facts = {"name": gone.name, "count": group.seen, "numbers": group.named}
        heir = next((each for each in new if _likeness(gone, each, old_texts, proposal) >= _ALIKE), None)
        if heir is None:
            said = Sentence("retired", _RETIRED, meant=None, **facts)
            yield Finding.of(said, proposal.after.place or gone.name, severity=Severity.NOTE)
        else:
            likeness = _likeness(gone, heir, old_texts, proposal)
            said = Sentence("renamed", _RENAMED, heir=heir.name, likeness=likeness, meant=None, **facts)
            yield Finding.of(said, *_place(heir), severity=Severity.NOTE)


def _likeness(gone: ProcessChange, heir: ProcessChange, old_texts: dict[str, str], proposal: Proposal) -> int:
    """How much of the text of one process is that of another with the same numbering, in per cent."""
    before, after = gone.before, heir.after
    if before is None or after is None or before.numbering != after.numbering:
        return 0
    old, new = old_texts.get(gone.name, ""), proposal.after.texts[heir.name]
    return round(100 * SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False).ratio())


def _place(change: ProcessChange) -> tuple[str, int, int]:
    if change.source is None:
        return change.name, 0, 0
    return change.source.file, *change.source.locate(("workflow",), key=True)
