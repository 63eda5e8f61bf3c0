"""A generated form as it came back: its data, the files that came along, and what it is shown with again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage

from service.api.tickets.attachments import store_files
from service.attachments.multipart import SentFile
from service.console.forms.form_builder import ADD, FormContents, build_inputs
from service.console.forms.form_input import FormInput
from service.console.forms.form_reader import find_filled_places, read_form
from service.console.forms.row_numbers import input_name, row_name
from service.console.http.console_request import ConsoleRequest
from service.problems import render_reason
from workflows.errors import Refusal
from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType

FILES = ".files"  # the ending of the name of an input for files
_PIECE = 65_536  # bytes


@dataclass(slots=True)
class SentForm:
    """A form of a process that was sent. `texts` has the ids of files once `store` has taken them in."""

    definition: Definition
    schema: Mapping[str, Any]
    texts: dict[str, list[str]]
    grown: str

    @classmethod
    def of(cls, call: ConsoleRequest, definition: Definition, schema: Mapping[str, Any]) -> SentForm:
        """The form of the request."""
        form = call.request.form
        return cls(definition, schema, dict(form.lists()), form.get(ADD, ""))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the form."""
        return tuple(self.definition.fields[name] for name in self.schema["properties"])

    def store_files(self, call: ConsoleRequest, site: str, ticket: str) -> None:
        """Store the files that came along, also those of rows. They stand in the form from then on. Raises a
        refusal."""
        for sent_as in call.request.files:
            name = sent_as.removesuffix(FILES)
            field = self._find_file_field(name) if name != sent_as else None
            sent = [each for each in call.request.files.getlist(sent_as) if each.filename]
            if field is not None and sent:
                stored = store_files(call, site, ticket, map(_read_file, sent))
                kept = self.texts.get(name, []) if field.type is FieldType.ATTACHMENT else []
                self.texts[name] = [*kept, *stored]

    def _find_file_field(self, name: str) -> Field | None:
        """The field, or the part of a row, whose files the input of this name takes: `photos`, or
        `rooms.0.photo`. A part that is no attachment takes one."""
        root, _, rest = name.partition(".")
        place, _, part = rest.partition(".")
        field = next((each for each in self.fields if each.name == root), None)
        if field is None or not rest:
            return field if field is not None and field.type is FieldType.ATTACHMENT else None
        takes = place.isascii() and place.isdecimal() and part in field.attachment_parts
        return next((each for each in field.parts if takes and each.name == part), None)

    def read(self, shown: Mapping[str, object], zone: ZoneInfo) -> dict[str, object]:
        """The data, for a step of a ticket that had the values `shown`."""
        return read_form(self.fields, self.texts, shown, zone)

    def inputs(
        self, faults: Mapping[str, Sequence[str]], hints: Mapping[str, str] | None = None
    ) -> tuple[FormInput, ...]:
        """The form with what was typed, what is wrong with it, and what is said beside its inputs."""
        return build_inputs(self.schema, self.definition.fields, self.contents(faults, hints))

    def contents(
        self, faults: Mapping[str, Sequence[str]], hints: Mapping[str, str] | None = None
    ) -> FormContents:
        """What stands in the form, and what is said of it."""
        placed = {self._place_fault(name): messages for name, messages in faults.items()}
        return FormContents(texts=self.texts, wrong=placed, grown=self.grown, hints=hints or {})

    def _place_fault(self, name: str) -> str:
        """The input of a fault: `rooms.1.photo` is in the second row that was sent, which may be a later one
        on the form."""
        root, _, rest = name.partition(".")
        number, _, part = rest.partition(".")
        field = next((each for each in self.fields if each.name == root and each.parts), None)
        if field is None or not number.isdecimal():
            return name
        places = find_filled_places(field, root, self.texts)
        place = places[int(number)] if int(number) < len(places) else int(number)
        return ".".join(filter(None, (row_name(root, place), part)))


def sort_faults(
    call: ConsoleRequest,
    refusal: Refusal,
    definition: Definition | None,
    names: Iterable[str],
    titles: Mapping[str, str] | None = None,
) -> tuple[dict[str, list[str]], list[str]]:
    """What is wrong by input, and what concerns none of the fields `names`. The messages call fields as the
    definition does, or by `titles`."""
    by_input: dict[str, list[str]] = {}
    general: list[str] = []
    known = set(names)
    for reason in refusal.reasons:
        if titles and (title := titles.get(reason.field or "")):
            reason = replace(reason, facts={**reason.facts, "title": title})
        message = str(render_reason(reason, call.language, definition)["message"])
        name = input_name(reason.field or "")
        if name.partition(".")[0] in known:
            by_input.setdefault(name, []).append(message)
        else:
            general.append(message)
    return by_input, list(dict.fromkeys(general))


def _read_file(sent: FileStorage) -> SentFile:
    return SentFile(sent.filename or "", iter(lambda: sent.stream.read(_PIECE), b""))
