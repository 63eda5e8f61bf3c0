"""What is different between two versions of a process, as data. Who shows it puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workflows.difference.condition_words import ConditionWords
from workflows.difference.matches import Matches
from workflows.difference.situation import Situation
from workflows.difference.steps import StepComparisons
from workflows.language.definition import Definition


class Topic(StrEnum):
    """What a change is about: the chapters of the page, in their order."""

    STEPS = "steps"  # which forms are taken, refused, routed
    STATES = "states"
    FIELDS = "fields"
    DEADLINES = "deadlines"
    MESSAGES = "messages"  # who hears of it
    VISIBILITY = "visibility"  # who sees it
    RIGHTS = "rights"
    EFFECTS = "effects"
    PAPERS = "papers"
    KEEPING = "keeping"  # retention, numbering and the like


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """One difference. `code` names its kind, of which there is one sentence in each language.

    states    the states (old names) in which it matters; empty: it is about the whole process
    trigger   the step it is about
    roles     for whom
    where     alternatives, each a list of conditions that must all hold; empty: always
    facts     what else the sentence says
    example   the simplest form to which it applies
    """

    topic: Topic
    code: str
    states: tuple[str, ...] = ()
    trigger: str | None = None
    roles: tuple[str, ...] = ()
    where: tuple[tuple[ConditionWords, ...], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    example: Situation | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that the new version does otherwise than the old one.

    changes      in the order of the page
    text_changes what has another text only, such as `state:done`
    tried        how many situations were decided by both versions
    sampled      the steps of which not every combination was tried
    """

    old: Definition
    new: Definition
    matches: Matches
    changes: tuple[VersionChange, ...]
    text_changes: tuple[str, ...]
    steps: StepComparisons

    @property
    def same(self) -> bool:
        """Whether the two do the same, whatever their texts."""
        return not self.changes

    @property
    def tried(self) -> int:
        """How many situations were decided by both versions."""
        return self.steps.tried

    @property
    def sampled(self) -> tuple[str, ...]:
        """The triggers of which not every combination of values was tried."""
        return self.steps.sampled

    def covers(self, situation: Situation) -> bool:
        """Whether a change says that this step is now decided otherwise."""
        return self.steps.covers(situation)
