"""One difference between two versions of a company's file, as data. Who shows it puts it into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from workflows.language.forms.field import Titles

_T = TypeVar("_T")


class Days(NamedTuple):
    """The dates from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class CompanyChange:
    """`code` names its kind, of which there is one sentence in each language. `entry` is what is changed in
    the file, by its name, and `title` what people call it. The facts are texts, titles, days, durations, or
    lists of these."""

    code: str
    entry: str
    title: Titles = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)


def compare_entries(
    kind: str,
    before: Mapping[str, _T],
    after: Mapping[str, _T],
    title_of: Callable[[str, _T], Titles],
    compare: Callable[[str, _T, _T], Iterator[CompanyChange]],
) -> Iterator[CompanyChange]:
    """The entries that are new (`calendar-added`) or gone, then what is different in the others."""
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if new is None and old is not None:
            yield CompanyChange(code=f"{kind}-removed", entry=name, title=title_of(name, old))
        elif old is None and new is not None:
            yield CompanyChange(code=f"{kind}-added", entry=name, title=title_of(name, new))
        elif old is not None and new is not None:
            if title_of(name, old) != title_of(name, new):
                facts = {"before": title_of(name, old), "after": title_of(name, new)}
                yield CompanyChange(code="renamed", entry=name, title=title_of(name, old), facts=facts)
            yield from compare(name, old, new)
