"""The scenarios of a definition as frozen data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SCENARIO_WORDS = frozenset({"open", "wait", "expect", "child", "as", "refused", "steps", "roster", "back_to"})
"""What steps of scenarios are called: no trigger has such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario to be rehearsed on a virtual clock. `steps` are plain data, see `rehearsal`.

    `settings` are values the site has for its settings during the scenario, `registers` the entries it has at
    the beginning, `staff` the people added for it, each with a post.
    """

    name: str
    at: str
    steps: tuple[Mapping[str, object], ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    line: int = 0
