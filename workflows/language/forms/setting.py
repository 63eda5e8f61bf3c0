"""What a company leaves to each of its sites to decide: the settings, typed, each with its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import Reason
from workflows.language.forms.field import Field
from workflows.language.forms.form import store_value
from workflows.timing.problems import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. `default`, as a field of the type would keep it, holds where a site has said nothing."""

    field: Field
    default: object

    @property
    def name(self) -> str:
        """What expressions call it, after `setting.`."""
        return self.field.name

    def read(self, value: object) -> object:
        """`value` as it is kept. ValueError if it does not fit, or is empty: a setting always has a value."""
        kept = store_value(self.field, value)
        if kept is None:
            raise ValueError(f"{self.name} cannot be empty; leave it out to have its default")
        return kept

    def at(self, said: Mapping[str, object]) -> object:
        """What holds at a site that has `said` these values.

        A value that no longer fits (an option that was taken away since) counts as not said.
        """
        if self.name not in said:
            return self.default
        try:
            return self.read(said[self.name])
        except ValueError:
            return self.default


def judged(
    settings: Mapping[str, Setting], said: Mapping[str, object]
) -> tuple[dict[str, object], list[Reason]]:
    """What a site says of its settings, as it is kept, and every reason against it."""
    kept: dict[str, object] = {}
    reasons: list[Reason] = []
    for name, value in said.items():
        shown = name[:100]
        if name not in settings:
            message = f"{shown}: no such setting{did_you_mean(name, settings)}"
            reasons.append(Reason("unknown-field", message, field=shown, facts={"field": shown}))
            continue
        try:
            kept[name] = settings[name].read(value)
        except ValueError as error:
            reasons.append(Reason("bad-value", str(error), field=shown))
    return kept, reasons
