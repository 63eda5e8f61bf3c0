"""How well what somebody says fits what a process speaks of.

Chinese has no blanks between words, so pairs of characters are compared: `客厅灯不亮` and `楼道灯不亮` share
`灯不` and `不亮`. Of other languages the beginnings of words are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workflows.folding import search_fold
from workflows.language.definition import Definition
from workflows.language.forms.field import LANGUAGES

LIKE = 0.3  # the least share of what was said that has to be found
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_]+")


def split_words(said: str) -> frozenset[str]:
    """The pieces that are looked for: pairs of Chinese characters, and whole words of other scripts."""
    return frozenset(piece for run in _find_runs(said) for piece in _cut(run))


def _find_runs(text: str) -> Iterable[str]:
    return _RUN.findall(search_fold(text))


def _cut(run: str) -> Iterable[str]:
    if not "\u3400" <= run[0] <= "\u9fff" or len(run) == 1:
        return (run,)
    return (run[place : place + 2] for place in range(len(run) - 1))


def measure_likeness(pieces: frozenset[str], spoken: str) -> float:
    """The share of the pieces that stand in a folded text; a word of another script counts where one begins
    with it."""
    found = sum(f" {piece}" in spoken or (piece[0] > "\u33ff" and piece in spoken) for piece in pieces)
    return found / len(pieces) if pieces else 0.0


def fold_vocabulary(definition: Definition) -> str:
    """What a process speaks of, folded: its titles, its purpose, the words of those who want it, its options,
    and what is said to open it in its scenarios."""
    options = (option.title for each in definition.fields.values() for option in each.options)
    titles = [definition.title, definition.said, *options]
    texts = [
        definition.name,
        definition.purpose,
        *(t[each] for t in titles for each in LANGUAGES if each in t),
    ]
    return _fold((*texts, *_list_openings(definition)))


def fold_said(definition: Definition) -> str:
    """The words of those who want it, folded."""
    return _fold(definition.said.values())


def _fold(texts: Iterable[str]) -> str:
    return " ".join(("", *dict.fromkeys(run for text in texts for run in _find_runs(text))))


def _list_openings(definition: Definition) -> Iterable[str]:
    """The texts by which scenarios open tickets."""
    for scenario in definition.scenarios:
        for step in scenario.steps:
            opened = step.get("open")
            if isinstance(opened, Mapping):
                shown = (definition.fields[name] for name in opened if name in definition.fields)
                yield from (
                    str(opened[field.name]) for field in shown if not field.personal and not field.options
                )
