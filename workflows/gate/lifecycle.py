"""A process is retired or renamed: what others in force would lose by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from workflows.gate.callers import find_broken_files, find_new_problems
from workflows.gate.in_force import InForce
from workflows.gate.proposal import Proposal, propose_without
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding

_NAME_LINE = re.compile(r"""^(workflow:[ \t]*)(["']?)([a-z0-9-]+)\2""", re.MULTILINE)


def find_problems_without(name: str, in_force: InForce) -> Iterator[Finding]:
    """The errors that other processes, the schedules and the reports would have without this process."""
    proposal = propose_without(name, in_force)
    after = proposal.after.definitions
    for other, caller in after.items():
        yield from find_new_problems(
            caller, in_force.definitions, after, partial(_source_of, proposal, other)
        )
    yield from find_broken_files(proposal, in_force)


def rename_text(text: str, to: str) -> str:
    """The text of a process under another name. Everything else stays as it was written."""
    return _NAME_LINE.sub(lambda found: f"{found[1]}{to}", text, count=1)


def _source_of(proposal: Proposal, name: str) -> SourceFile:
    return proposal.after.sources[name]
