"""The editors' JSON Schema accepts what reading accepts, as far as a schema can say."""

# a table is read by its lines
from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.language.language_desk import COMPLAINT, changed
from tests.language.test_schedules import RAIN, RAINY, WEEKLY
from workflows.language.editor_schema import _SchemaWriter, json_schema, schedules_schema
from workflows.language.files.source import SourceFile
from workflows.language.schemas.fields import ValueField

FOLDER = Path(__file__).parents[2] / "definitions"
LANGUAGE = Path(__file__).parents[2] / "workflows" / "language"
DEFINITIONS = sorted(set(FOLDER.glob("*/*.yaml")) - set(FOLDER.glob("requirements/*.yaml")))
VALIDATOR = Draft202012Validator(json_schema())


def faults(text: str | bytes) -> list[str]:
    """What the schema has against a text."""
    return [error.message for error in VALIDATOR.iter_errors(SourceFile(text, "f.yaml").data)]


def test_every_effect_has_its_keys_in_the_schema():
    """What lowers a priority, too."""
    assert faults(changed("- raise: priority", "- lower: priority")) == []
    assert faults(changed("- raise: priority", "- lower: level"))


def test_it_is_a_schema():
    """Of the dialect it names."""
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_sound_process_fits():
    """All kinds of sections are in it."""
    assert faults(COMPLAINT) == []


@pytest.mark.parametrize("file", DEFINITIONS, ids=lambda file: file.stem)
def test_our_own_definitions_fit(file: Path):
    """Every one that reading accepts."""
    assert faults(file.read_bytes()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("purpose: A complaint", "porpoise: x\npurpose: A complaint"),
        ("due: 2 working hours", "colour: red"),
        ("due: 2 working hours", "due: 2"),
        ("due: 2 working hours", "due: P1D"),
        ("due: 2 working hours", "due: 2 working weeks"),
        ("to: handled\n", "to: true\n"),
        ("- raise: priority", "- rise: priority"),
        ("type: person", "type: human"),
        ("purpose: A complaint, as a closed loop.\n", ""),
        ("workflow: complaint", "workflow: Complaint"),
        ("auto: true", "auto: yes"),
        ("min: 0", "min: some"),
        ("title: {en: Complaint,", "title: {en: A, fr: Plainte,"),
    ],
)
def test_what_reading_refuses_does_not_fit(old: str, new: str):
    """Unknown keys above all."""
    text = COMPLAINT.replace(old, new, 1) if "title" in old else changed(old, new)
    assert faults(text)


SCHEDULES = Draft202012Validator(schedules_schema())


def test_the_schedules_have_a_schema_too():
    """It takes what reading takes, and knows the keys."""
    Draft202012Validator.check_schema(schedules_schema())
    sound = SourceFile(RAIN + WEEKLY + RAINY, "f.yaml").data
    assert list(SCHEDULES.iter_errors(sound)) == []
    for old, new in (("weekly: thu", "weekly: thur"), ("roll: backward", "rol: backward"), ("title:", "t:")):
        assert list(SCHEDULES.iter_errors(SourceFile(WEEKLY.replace(old, new), "f.yaml").data)), new
    for text in ("a: {b: c}", "a b: {}", "events: {rain: {}}"):
        assert list(SCHEDULES.iter_errors(SourceFile(text, "f.yaml").data)), text


def test_a_kind_of_value_without_a_schema_is_noticed():
    """Whoever adds one must say what it looks like."""
    with pytest.raises(TypeError, match="no schema for ValueField"):
        _SchemaWriter().schema_of(ValueField())


def test_a_kind_of_value_without_a_reading_is_noticed():
    """The same for reading."""
    with pytest.raises(NotImplementedError):
        ValueField().deserialize("x")


def test_a_default_is_stated_by_the_dataclass_alone():
    """What a file leaves out is not filled in where the file is read."""
    stated = re.compile(r"""\.get\("\w+"\) or (?:True|False|"\w|\d)|\.get\("\w+", (?:True|False|"\w|\d)""")
    readers = (each for room in ("builder", "reports", "schedules") for each in LANGUAGE.glob(f"{room}/*.py"))
    again = [
        f"{each.name}: {found[0]}" for each in readers for found in stated.finditer(each.read_text("utf-8"))
    ]
    assert again == []
