"""What the expressions of a schedule may speak of: its slot, the item or the event it opens for, the site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from cel_expr_python import cel

from workflows.language.expression_names import Name, Read, field_name, item_names, moment, setting_names
from workflows.language.expression_values import Row, Values
from workflows.language.expressions import Scope
from workflows.language.field import Field
from workflows.language.setting import Setting
from workflows.timing.instants import Instant


class ScheduleScope(Scope):
    """`slot`, `slot_date`, `site`, `now`, `setting.…`; with an item `item.…`, with an event `event.…`."""

    def __init__(
        self,
        item: Mapping[str, Field] | None,
        event: Mapping[str, Field] | None,
        settings: Mapping[str, Setting],
    ) -> None:
        super().__init__({})
        told = (
            field_name(f"event.{name}", field, _from_event(name)) for name, field in (event or {}).items()
        )
        self._speak_of((*_BUILT_IN, *setting_names(settings), *item_names(item or {}), *told))


def values_at(
    *,
    site: str,
    slot: Instant,
    day: str,
    now: Instant,
    settings: Row,
    item: Row | None = None,
    event: Row | None = None,
) -> Values:
    """What is so when a ticket is opened. `day` is the slot's date at the site, `2026-03-02`."""
    fields = {"slot": slot, "slot_date": day, "event": event or {}}
    return Values(fields=fields, site=site, now=now, settings=settings, item=item)


def _from_event(name: str) -> Read:
    def read(values: Values) -> Any:
        return cast("Row", values.fields["event"]).get(name)

    return read


_BUILT_IN = (
    Name("slot", cel.Type.TIMESTAMP, lambda values: values.fields["slot"], moment, instant=True),
    Name("slot_date", cel.Type.STRING, lambda values: values.fields["slot_date"]),
    Name("site", cel.Type.STRING, lambda values: values.site),
    Name("now", cel.Type.TIMESTAMP, lambda values: values.now, moment, instant=True),
)
