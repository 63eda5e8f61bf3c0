"""The uploaded files that values name, and whether they may be named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from workflows.core.attachments import NOT_OPEN, AttachmentUse, UploadedFile
from workflows.core.commands import Actor
from workflows.core.ticket import StepContext
from workflows.errors import Reason
from workflows.language.definition import Definition


def list_uses(definition: Definition, values: Mapping[str, object]) -> tuple[AttachmentUse, ...]:
    """The files that the values of a step name, each once; a personal place goes before an open one."""
    if not definition.attachment_parts:
        return ()
    uses: dict[str, AttachmentUse] = {}
    for _, name, identity in _find_references(definition, values):
        use = AttachmentUse(identity, name, definition.fields[name].personal)
        if identity not in uses or (use.personal and not uses[identity].personal):
            uses[identity] = use
    return tuple(uses.values())


def check_attachments(context: StepContext, values: Mapping[str, object], actor: Actor) -> list[Reason]:
    """A reason for each value that names a file which was uploaded neither to the ticket, nor by the actor
    for one that is not open yet."""
    named = list(_find_references(context.definition, values))
    return _check(context, actor, [(place, identity) for place, _, identity in named])


def check_note_attachments(context: StepContext, ids: Sequence[str], actor: Actor) -> list[Reason]:
    """The same for the files of a note."""
    return _check(context, actor, [(f"attachments[{index}]", each) for index, each in enumerate(ids)])


def _check(context: StepContext, actor: Actor, named: Sequence[tuple[str, str]]) -> list[Reason]:
    if not named:
        return []
    found = context.attachments.find({identity for _, identity in named})
    return [
        Reason(
            "no-attachment",
            f"{place}: no such file was uploaded to this ticket, or by you for one that is not open yet",
            field=place,
            facts={"field": place},
        )
        for place, identity in named
        if not any(_may_name(file, context.ticket.id, actor) for file in found.get(identity, ()))
    ]


def _may_name(file: UploadedFile, ticket: str, actor: Actor) -> bool:
    if file.ticket == NOT_OPEN:
        return file.uploader in (actor.id, actor.on_behalf)
    return file.ticket == ticket


def replace_references(
    definition: Definition, values: Mapping[str, object], replaced: Callable[[str], str]
) -> dict[str, object]:
    """The values with each reference to a file replaced; what is no text there stays as it is."""

    def replace(value: object) -> object:
        if isinstance(value, list):
            return [replace(each) for each in value]
        return replaced(value) if isinstance(value, str) and value else value

    changed = dict(values)
    for name, parts in definition.attachment_parts.items():
        rows = values.get(name)
        if isinstance(rows, list) and parts:
            changed[name] = [
                {key: replace(cell) if key in parts else cell for key, cell in row.items()}
                if isinstance(row, dict)
                else row
                for row in rows
            ]
        elif isinstance(rows, list):
            changed[name] = replace(rows)
    return changed


def _find_references(definition: Definition, values: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """(place, field, id) of each file that the values name, in fields and in the cells of their rows."""
    for name, parts in definition.attachment_parts.items():
        rows = values.get(name)
        if not isinstance(rows, list):
            continue
        if not parts:  # the field itself is a list of files
            yield from ((f"{name}[{index}]", name, each) for index, each in enumerate(rows))
        for index, row in enumerate(rows if parts else ()):
            for part in parts:
                cell = row.get(part)
                for each in cell if isinstance(cell, list) else filter(None, (cell,)):
                    yield f"{name}[{index}].{part}", name, each
