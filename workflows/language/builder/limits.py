"""The limits on the size of one process. Its text may come from a stranger: checking it must take bounded
time.

The largest definition of our own uses a tenth of them: 16 states, 30 transitions, 38 fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.findings import Findings
from workflows.sentence import Sentence

LIMITS: Mapping[str, int] = {
    "states": 300,
    "transitions": 1_000,
    "fields": 400,
    "clocks": 100,
    "invariants": 200,
    "rosters": 50,
    "prints": 50,
    "children": 50,
    "scenarios": 500,
}
MAX_CHARACTERS = 50_000
"""The limit for all expressions of a process together; our largest process has two thousand."""


def check_limits(data: Any, findings: Findings) -> bool:
    """Whether the data is within all limits; those exceeded are reported."""
    sections = data.items() if isinstance(data, Mapping) else ()
    within = True
    for name, section in sections:
        most = LIMITS.get(name)
        if most is not None and isinstance(section, list | dict) and len(section) > most:
            findings.add(
                (name,),
                Sentence(
                    "too-large",
                    "at most {most} {name} in one process; here are {number}",
                    most=most,
                    name=name,
                    number=len(section),
                ),
                key=True,
            )
            within = False
    return within
