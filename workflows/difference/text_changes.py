"""What has another text and does the same: titles, helps, reasons, the texts of notices."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.difference.parts import StepPair, VersionPair
from workflows.language.effect import NotifyEffect
from workflows.language.forms.field import Field, Titles


def list_text_changes(versions: VersionPair) -> tuple[str, ...]:
    """The parts with another text, as `state:done`, `field:unit`, `step:close`, `notice:close`."""
    return tuple(dict.fromkeys(_list(versions)))


def _list(versions: VersionPair) -> Iterator[str]:
    old, new = versions.old, versions.new
    if (old.title, old.purpose, old.said) != (new.title, new.purpose, new.said):
        yield f"process:{old.name}"
    for name, one, other in versions.pairs(old.states, new.states, versions.sides[1].former_states):
        if one and other and one.title != other.title:
            yield f"state:{name}"
    for name, field, later in versions.pairs(old.fields, new.fields, versions.sides[1].former):
        if field and later and _texts(field) != _texts(later):
            yield f"field:{name}"
    for name, clock, after in versions.pairs(old.clocks, new.clocks, {}):
        if clock and after and clock.title != after.title:
            yield f"clock:{name}"
    for pair in versions.step_pairs():
        yield from _compare_step(pair)
    for name, paper, reprint in versions.pairs(old.prints, new.prints, {}):
        if (
            paper
            and reprint
            and (paper.title, paper.note, paper.because, paper.signatures)
            != (
                reprint.title,
                reprint.note,
                reprint.because,
                reprint.signatures,
            )
        ):
            yield f"print:{name}"


def _compare_step(pair: StepPair) -> Iterator[str]:
    title = tuple(getattr(row, "title", None) for row in (pair.old, pair.new))
    if title[0] != title[1] or pair.old.because != pair.new.because:
        yield f"step:{pair.trigger}"
    notices = [
        [effect.text for effect in row.effects if isinstance(effect, NotifyEffect)]
        for row in (pair.old, pair.new)
    ]
    if len(notices[0]) == len(notices[1]) and notices[0] != notices[1]:
        yield f"notice:{pair.trigger}"


def _texts(field: Field) -> tuple[object, ...]:
    """The texts of a field, its options and columns; only of what both versions can have in common."""
    options: dict[str, Titles] = {each.value: each.title for each in (*field.options, *field.items)}
    return field.title, field.help, options, tuple((each.name, _texts(each)) for each in field.columns)
