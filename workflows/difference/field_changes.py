"""Fields that are new, gone, called or bounded otherwise; the options of choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import VersionPair
from workflows.language.forms.field import Field, Option

_BOUNDS = ("min", "max", "pattern", "multiline")


def list_field_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The changes of fields, in the order of the file."""
    former = versions.sides[1].former
    for name, old, new in versions.pairs(versions.old.fields, versions.new.fields, former):
        if old is None:
            yield _change("field-added", name)
        elif new is None:
            yield _change("field-removed", name)
        else:
            if new.name != name:
                yield _change("field-renamed", name, now=new.name)
            yield from _compare(versions, name, old, new)
    before, after = versions.old.start.guest, versions.new.start.guest
    for name, old_value, new_value in versions.pairs(before, after, former):
        if old_value != new_value:
            code = (
                "guest-fixed" if old_value is None else "guest-asked" if new_value is None else "guest-value"
            )
            yield _change(code, name, before=old_value, after=new_value)


def _compare(versions: VersionPair, name: str, old: Field, new: Field) -> Iterator[VersionChange]:
    """The changes of one field, or of one column: `table.column`."""
    if old.type is not new.type:
        yield _change("field-type", name, before=str(old.type), after=str(new.type))
    for code, before, after in (("option", old.options, new.options), ("item", old.items, new.items)):
        yield from _compare_options(versions, name, code, before, after)
    for bound in _BOUNDS:
        one, other = getattr(old, bound), getattr(new, bound)
        if one != other:
            yield _change(f"field-{bound}", name, before=one, after=other)
    if set(old.roles) != set(new.roles):
        yield _change("field-roles", name, before=old.roles, after=new.roles)
    if old.register != new.register:
        yield _change("field-register", name, before=old.register, after=new.register)
    was, now = versions.write(old.value, 0), versions.write(new.value, 1)
    if was != now:
        yield _change("field-formula", name, before=was, after=now)
    columns = {each.name: each for each in new.columns}
    for column in old.columns:
        if column.name in columns:
            yield from _compare(versions, f"{name}.{column.name}", column, columns.pop(column.name))
        else:
            yield _change("field-removed", f"{name}.{column.name}")
    for added in columns:
        yield _change("field-added", f"{name}.{added}")


def _compare_options(
    versions: VersionPair, name: str, code: str, old: Sequence[Option], new: Sequence[Option]
) -> Iterator[VersionChange]:
    before, after = ({each.value: each for each in some} for some in (old, new))
    if gone := tuple(value for value in before if value not in after):
        yield _change(f"{code}-removed", name, options=gone)
    if come := tuple(value for value in after if value not in before):
        yield _change(f"{code}-added", name, options=come)
    for value in before.keys() & after.keys():
        one, other = versions.write(before[value].when, 0), versions.write(after[value].when, 1)
        if one != other:
            yield _change("option-condition", name, options=(value,), before=one, after=other)


def _change(code: str, field: str, **facts: object) -> VersionChange:
    return VersionChange(topic=Topic.FIELDS, code=code, facts={"field": field, **facts})
