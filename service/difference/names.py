"""What the parts of two versions are called in the reader's language, and how values are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from service.difference.text_writer import TextWriter
from service.texts import localize, say
from workflows.difference.change import Difference
from workflows.difference.field_values import ACTOR, OTHER
from workflows.difference.situation import NOW
from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType, Titles
from workflows.timing.durations import Duration, DurationError
from workflows.timing.instants import Instant, parse_rfc3339, to_datetime
from workflows.value_texts import read_locale

_YEAR = 366 * 86_400


@dataclass(frozen=True)
class NameWriter(TextWriter):
    """Writes names and values of the two versions for a reader of `language`."""

    difference: Difference
    language: str

    @property
    def versions(self) -> tuple[Definition, Definition]:
        """The old version, which the names are of, and the new one."""
        return self.difference.old, self.difference.new

    def state(self, name: str | None) -> str:
        """The title of a state of the old version, or of the new one where only that has it."""
        if name is None:
            return self.say("nobody")
        new = self.difference.matches.new_states.get(name, name)
        found = [
            each.states[key]
            for each, key in zip(self.versions, (name, new), strict=True)
            if key in each.states
        ]
        return self.quote(self._title(found[0].title if found else {}, name))

    def new_state(self, name: str) -> str:
        """The title of a state of the new version, with its name."""
        state = self.versions[1].states.get(name)
        return self.quote(f"{self._title(state.title if state else {}, name)} ({name})")

    def step(self, trigger: str | None) -> str:
        """The title of a trigger."""
        if trigger == "open":
            return self.quote(self.say("opening"))
        for definition in reversed(self.versions):
            for row in definition.transitions:
                if row.trigger == trigger and row.title:
                    return self.quote(self._title(row.title, str(trigger)))
        return self.quote(str(trigger))

    def role(self, name: str) -> str:
        """The title of a role, or of a relation to the ticket."""
        known = say(self.language, "roles", name)
        role = next((e.organisation.roles[name] for e in self.versions if name in e.organisation.roles), None)
        return known or self._title(role.title if role else {}, name)

    def roles(self, names: Iterable[str]) -> str:
        """The titles of several roles, joined as the language joins a list."""
        return self.join(self.role(each) for each in names)

    def clock(self, name: str) -> str:
        """The title of a clock."""
        found = [each.clocks[name].title for each in self.versions if name in each.clocks]
        return self.quote(self._title(found[-1] if found else {}, name))

    def paper(self, name: str) -> str:
        """The title of a print."""
        found = [each.prints[name].title for each in self.versions if name in each.prints]
        return self.quote(self._title(found[-1] if found else {}, name))

    def find_field(self, name: str) -> Field | None:
        """A field, or a column as `table.column`, by its old name."""
        head, _, column = name.partition(".")
        new = self.difference.matches.new_fields.get(head, head)
        for definition, key in zip(self.versions, (head, new), strict=True):
            field = definition.fields.get(key)
            if field is not None and column:
                field = next((each for each in field.columns if each.name == column), None)
            if field is not None:
                return field
        return None

    def field(self, name: str) -> str:
        """The title of a field."""
        found = self.find_field(name)
        return self.quote(self._title(found.title if found else {}, name))

    def new_field(self, name: str) -> str:
        """The title of a field of the new version, with its name."""
        field = self.versions[1].fields.get(name)
        return self.quote(f"{self._title(field.title if field else {}, name)} ({name})")

    def subject(self, name: str) -> str:
        """What a condition is about: a field, or something else that it reads."""
        head, _, rest = name.partition(".")
        match head:
            case "ticket":
                return self.say(f"name-{rest}")
            case "visits":
                return self.say("name-visits", state=self.state(rest))
            case "children":
                return self.say("name-children", text=self.quote(rest))
            case "setting":
                return self.say("name-setting", text=self.quote(rest))
            case "record":
                return self.say("name-record", text=self.quote(rest))
            case "missing":
                return self.say("name-documents", text=self.field(rest))
        return self.field(name)

    def option(self, field: str, value: object) -> str:
        """The title of an option."""
        new = self.difference.matches.new_fields.get(field, field)
        for definition, name in zip(self.versions, (field, new), strict=True):
            spec = definition.fields.get(name)
            for option in (*spec.options, *spec.items) if spec else ():
                if option.value == value:
                    return self.quote(self._title(option.title, str(value)))
        return self.quote(str(value))

    def value(self, name: str, value: Any) -> str:
        """A value as it is written in a sentence. What the comparison took as examples is no person's."""
        field = self.find_field(name)
        if value is None or value == "":
            return self.say("value-empty")
        if isinstance(value, bool):
            return self.say("value-yes" if value else "value-no")
        if value in (ACTOR, OTHER):
            return self.say(f"value-{value}")
        if isinstance(value, list):
            return self._list_value(name, field, value)
        if name in ("ticket.opened_at", "ticket.closed_at", "ticket.entered_at"):
            return self.moment(int(value))
        if name == "ticket.priority":
            return self.quote(say(self.language, "priorities", str(value)) or str(value))
        if field is None:
            return self.quote(str(value)) if isinstance(value, str) else str(value)
        return self._field_value(name, field, value)

    def moment(self, instant: Instant) -> str:
        """An instant of the comparison, as seen from its present."""
        if instant == NOW:
            return self.say("now")
        apart = abs(instant - NOW)
        if apart > _YEAR:
            return self.instant(instant)
        return self.say("ago" if instant < NOW else "ahead", length=self.seconds(apart))

    def instant(self, instant: Instant) -> str:
        """Day and time, where the process's calendar is."""
        local = to_datetime(instant, self.versions[1].calendar.zone)
        return format_datetime(
            local,
            "EEEE, d MMM HH:mm" if self.language in ("en", "es") else "M月d日EEEE HH:mm",
            locale=read_locale(self.language),
        )

    def duration(self, text: str) -> str:
        """A duration as the definition writes it; `-` before it: ahead of a moment."""
        try:
            found = Duration.parse(text.removeprefix("-"))
        except DurationError:
            return self.say("at-once") if text == "0" else text
        length = self.unit(found.amount, found.unit)
        return self.say("before-moment", length=length) if text.startswith("-") else length

    def expression(self, text: str) -> str:
        """A condition or formula, quoted; `always` without one."""
        return self.quote(text) if text else self.say("unconditional")

    def _field_value(self, name: str, field: Field, value: Any) -> str:
        match field.type:
            case FieldType.CHOICE | FieldType.CHOICES:
                return self.option(name, value)
            case FieldType.DATETIME:
                return self.moment(parse_rfc3339(str(value)))
            case FieldType.DATE:
                return format_date(
                    datetime.fromisoformat(str(value)).date(), locale=read_locale(self.language)
                )
            case FieldType.NUMBER | FieldType.MONEY:
                return self._number(value)
            case FieldType.DEPARTMENT:
                titles = self.versions[1].organisation.departments.get(str(value), {})
                return self._title(titles, str(value))
        return self.quote(str(value))

    def _number(self, value: Any) -> str:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value)
        return str(format_decimal(number.normalize() if number else 0, locale=read_locale(self.language)))

    def _list_value(self, name: str, field: Field | None, value: list[Any]) -> str:
        if field is None:
            states = [str(each.get("state")) if isinstance(each, Mapping) else str(each) for each in value]
            return self.join(map(self.quote, states)) if states else self.say("children-none")
        if field.type is FieldType.CHOICES:
            return self.join(self.option(name, each) for each in value)
        key = "value-files" if field.type is FieldType.ATTACHMENT else "value-rows"
        return self.say(key, count=len(value))

    def _title(self, titles: Titles, name: str) -> str:
        return localize(titles, self.language) or name
