"""Two versions of the settings and of the registers: types, options, defaults, who may read and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.difference.company.statement import CompanyChange, compare_entries
from workflows.language.forms.field import Field
from workflows.language.forms.register import Register
from workflows.language.forms.setting import Setting


def compare_settings(before: Mapping[str, Setting], after: Mapping[str, Setting]) -> Iterator[CompanyChange]:
    """What a site may choose, and what holds where it has chosen nothing."""
    yield from compare_entries("setting", before, after, lambda _, each: each.field.title, _compare_setting)


def compare_registers(
    before: Mapping[str, Register], after: Mapping[str, Register]
) -> Iterator[CompanyChange]:
    """The columns of entries, and who may read and write them."""
    yield from compare_entries("register", before, after, lambda _, each: each.title, _compare_register)


def _compare_setting(name: str, old: Setting, new: Setting) -> Iterator[CompanyChange]:
    yield from _compare_field(name, old.field, new.field)
    if old.default != new.default:
        facts = {"before": _value(old.field, old.default), "after": _value(new.field, new.default)}
        yield CompanyChange(code="default", entry=name, title=old.field.title, facts=facts)


def _compare_register(name: str, old: Register, new: Register) -> Iterator[CompanyChange]:
    def compare_columns(column: str, one: Field, other: Field) -> Iterator[CompanyChange]:
        yield from _compare_field(f"{name}.{column}", one, other)

    for each in compare_entries("column", old.fields, new.fields, lambda _, of: of.title, compare_columns):
        facts = {"register": old.title, **each.facts}
        entry = each.entry if each.entry.startswith(f"{name}.") else f"{name}.{each.entry}"
        yield CompanyChange(code=each.code, entry=entry, title=each.title, facts=facts)
    for code, one, some in (("reader", old.readers, new.readers), ("writer", old.writers, new.writers)):
        for more, who in (("added", some - one), ("removed", one - some)):
            if who:
                facts = {"who": tuple(sorted(who))}
                yield CompanyChange(code=f"{code}-{more}", entry=name, title=old.title, facts=facts)
    if old.key != new.key:
        facts = {"before": old.key, "after": new.key}
        yield CompanyChange(code="register-key", entry=name, title=old.title, facts=facts)
    if old.retention != new.retention:
        facts = {"before": old.retention, "after": new.retention}
        yield CompanyChange(code="retention", entry=name, title=old.title, facts=facts)


def _compare_field(entry: str, old: Field, new: Field) -> Iterator[CompanyChange]:
    if old.type is not new.type:
        facts: dict[str, object] = {"before": str(old.type), "after": str(new.type)}
        yield CompanyChange(code="type", entry=entry, title=old.title, facts=facts)
    if old.personal is not new.personal:
        yield CompanyChange(code="personal" if new.personal else "open", entry=entry, title=old.title)
    known, given = ({each.value: each.title for each in of.options} for of in (old, new))
    for code, options in (
        ("option-added", {value: title for value, title in given.items() if value not in known}),
        ("option-removed", {value: title for value, title in known.items() if value not in given}),
    ):
        if options:
            facts = {"options": tuple(title or value for value, title in options.items())}
            yield CompanyChange(code=code, entry=entry, title=old.title, facts=facts)


def _value(field: Field, value: object) -> object:
    return next((each.title for each in field.options if each.value == value), str(value))
