"""The settings of a company: typed values that each site may choose for itself, with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import Reason
from workflows.language.forms.field import Field
from workflows.language.forms.form import store_value
from workflows.suggestions import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. `default`, in stored form, applies at a site that has not chosen a value."""

    field: Field
    default: object

    @property
    def name(self) -> str:
        """Its name in expressions, after `setting.`."""
        return self.field.name

    def parse(self, value: object) -> object:
        """`value` in the form in which it is stored. Raises ValueError if it does not fit or is empty: a
        setting always has a value."""
        stored = store_value(self.field, value)
        if stored is None:
            raise ValueError(f"{self.name} cannot be empty; leave it out to have its default")
        return stored

    def value_at(self, data: Mapping[str, object]) -> object:
        """The value at a site that has stored `data`.

        A value that no longer fits (its option was removed since, say) is replaced by the default.
        """
        if self.name not in data:
            return self.default
        try:
            return self.parse(data[self.name])
        except ValueError:
            return self.default


def check_settings(
    settings: Mapping[str, Setting], data: Mapping[str, object]
) -> tuple[dict[str, object], list[Reason]]:
    """The settings of a site in the form in which they are stored, and every reason against them."""
    stored: dict[str, object] = {}
    reasons: list[Reason] = []
    for name, value in data.items():
        shown = name[:100]
        if name not in settings:
            message = f"{shown}: no such setting{did_you_mean(name, settings)}"
            reasons.append(Reason("unknown-field", message, field=shown, facts={"field": shown}))
            continue
        try:
            stored[name] = settings[name].parse(value)
        except ValueError as error:
            reasons.append(Reason("bad-value", str(error), field=shown))
    return stored, reasons
