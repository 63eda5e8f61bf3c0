"""A difference for a reader: its chapters and sentences, as text and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service.difference.names import NameWriter
from service.difference.sentences import write_besides, write_change, write_example
from service.texts import localize
from workflows.difference.change import Difference, Topic, VersionChange
from workflows.difference.situation import Situation

OpenTickets = Mapping[tuple[int, str], int]
"""(version, state) -> how many open tickets are there that the reader may see."""


@dataclass(frozen=True)
class SheetLine:
    """One change: the sentence, what is said besides, an example, and how many tickets are there."""

    change: VersionChange
    sentence: str
    besides: tuple[str, ...]
    example: str
    states: tuple[str, ...]
    open_tickets: int | None


@dataclass(frozen=True)
class DifferenceSheet:
    """All that a page says of a difference, in one language."""

    title: str
    versions: str
    chapters: tuple[tuple[Topic, str, tuple[SheetLine, ...]], ...]
    notes: tuple[str, ...]  # what is said of the whole
    names: NameWriter


def build_sheet(difference: Difference, language: str, open_tickets: OpenTickets) -> DifferenceSheet:
    """The sentences of a difference, by chapter."""
    names = NameWriter(difference, language)
    lines = [_build_line(names, change, open_tickets) for change in difference.changes]
    chapters = tuple(
        (topic, names.say(f"topic-{topic}"), tuple(found))
        for topic in Topic
        if (found := [line for line in lines if line.change.topic is topic])
    )
    old, new = (_write_version(names, each.version) for each in (difference.old, difference.new))
    return DifferenceSheet(
        title=names.say("title", process=names.quote(_process_title(names))),
        versions=names.say("versions", old=old, new=new),
        chapters=chapters,
        notes=tuple(_list_notes(names)),
        names=names,
    )


def render_text(sheet: DifferenceSheet) -> str:
    """The sheet as plain text."""
    lines = [sheet.title, sheet.versions]
    for _, title, changes in sheet.chapters:
        lines += ["", title]
        for each in changes:
            lines.append(f"- {each.sentence}")
            lines += [f"  {text}" for text in _list_besides(sheet.names, each)]
    lines += ["", *sheet.notes]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def render_data(sheet: DifferenceSheet) -> dict[str, Any]:
    """The sheet for programs: each change by its code and facts, with its sentence."""
    difference = sheet.names.difference
    return {
        "process": difference.new.name,
        "title": _process_title(sheet.names),
        "from": difference.old.version or None,
        "to": difference.new.version or None,
        "same": difference.same,
        "changes": [_render_line(line) for _, _, changes in sheet.chapters for line in changes],
        "texts": list(difference.text_changes),
        "notes": list(sheet.notes),
        "tried": difference.tried,
        "sampled": list(difference.sampled),
    }


def _list_besides(names: NameWriter, line: SheetLine) -> list[str]:
    """Where, how many, and the example of a change."""
    said = [names.say("in-states", states=names.say("comma").join(line.states))] if line.states else []
    said += line.besides
    said += [names.say("tickets", count=line.open_tickets)] if line.open_tickets else []
    return [*said, line.example] if line.example else said


def list_besides(names: NameWriter, line: SheetLine) -> list[str]:
    """What stands below the sentence."""
    return _list_besides(names, line)


def _build_line(names: NameWriter, change: VersionChange, open_tickets: OpenTickets) -> SheetLine:
    count = sum(n for (_, state), n in open_tickets.items() if state in change.states)
    shown = change.topic not in (Topic.STATES, Topic.DEADLINES) or len(change.states) > 1
    return SheetLine(
        change=change,
        sentence=write_change(names, change),
        besides=tuple(write_besides(names, change)),
        example=write_example(names, change.example) if change.example else "",
        states=tuple(map(names.state, change.states)) if shown else (),
        open_tickets=count if change.states else None,
    )


def _render_line(line: SheetLine) -> dict[str, Any]:
    change = line.change
    return {
        "topic": str(change.topic),
        "code": change.code,
        "sentence": line.sentence,
        "besides": list(line.besides),
        "states": list(change.states),
        "trigger": change.trigger,
        "roles": list(change.roles),
        "where": [[_plain(asdict(each)) for each in box] for box in change.where],
        "facts": {key: _plain(value) for key, value in change.facts.items()},
        "example": _render_example(change.example) if change.example else None,
        "open_tickets": line.open_tickets,
    }


def _render_example(example: Situation) -> dict[str, Any]:
    return {
        "state": example.state,
        "role": example.role,
        "form": _plain(example.sent),
        "ticket": _plain({**example.kept, **example.around}),
    }


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _process_title(names: NameWriter) -> str:
    return localize(names.versions[1].title, names.language) or names.versions[1].name


def _write_version(names: NameWriter, version: int) -> str:
    return names.say("version", number=version) if version else names.say("unpublished")


def _list_notes(names: NameWriter) -> list[str]:
    difference = names.difference
    notes = [names.say("nothing")] if difference.same else [names.say("staying")]
    if difference.text_changes:
        items = names.join(_write_text_change(names, each) for each in difference.text_changes)
        notes.append(names.say("text-changes", items=items))
    if difference.tried:
        notes.append(names.say("tried", count=difference.tried))
    if difference.sampled:
        notes.append(names.say("sampled", steps=names.join(map(names.step, difference.sampled))))
    return notes


def _write_text_change(names: NameWriter, change: str) -> str:
    kind, _, name = change.partition(":")
    writers = {"state": names.state, "field": names.field, "clock": names.clock, "print": names.paper}
    write = writers.get(kind, names.step)
    return names.say(f"text-{kind}", what=write(name))
