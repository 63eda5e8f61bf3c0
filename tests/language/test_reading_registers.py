"""What a site keeps registers of: read from registers.yaml, named by fields, written by steps."""

from __future__ import annotations

from typing import Any

import pytest
from language_desk import COMPANY, COMPLAINT, changed, titles

from workflows.language.builder.company import read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.effect import StrikeEntryEffect, WriteEntryEffect
from workflows.language.load import ParsedWorkflow, read_text

REGISTERS = f"""\
units:
  title: {titles("Units")}
  key: unit
  readers: [director]
  writers: [desk]
  fields:
    unit: {{type: unit, title: {titles("Unit")}}}
    area: {{type: number, min: 0, title: {titles("Area")}}}
    handed_over: {{type: datetime, title: {titles("Handed over")}}}
    kind:
      type: choice
      title: {titles("Kind")}
      options: {{home: {titles("Home")}, shop: {titles("Shop")}}}
    owner: {{type: person, title: {titles("Owner")}}}
cards:
  title: {titles("Cards")}
  key: card_number
  fields:
    card_number: {{type: text, title: {titles("Card")}}}
    unit: {{type: unit, title: {titles("Unit")}}}
"""


def read(text: str) -> tuple[CompanyContext, list[str]]:
    context, problems = read_context({**COMPANY, "registers.yaml": text.encode()}, "d")
    return context, [str(problem) for problem in problems]


CONTEXT, PROBLEMS = read(REGISTERS)
FIELDS = "  content: {type: text,"
UNIT = f"  unit: {{type: unit, register: units, title: {titles('Unit')}}}\n"
TEXT = changed(FIELDS, UNIT + FIELDS, COMPLAINT)


def process(old: str = "", new: str = "", text: str = TEXT) -> ParsedWorkflow:
    return read_text(changed(old, new, text) if old else text, "f.yaml", CONTEXT, {})


def messages_of(reading: ParsedWorkflow) -> list[str]:
    return [str(problem) for problem in reading.findings]


def test_registers_are_read() -> None:
    assert not PROBLEMS
    units = CONTEXT.registers["units"]
    assert (units.key, units.readers, units.writers) == ("unit", {"director"}, {"desk"})
    assert (units.personal_columns, list(units.open_columns)) == (
        {"owner"},
        ["unit", "area", "handed_over", "kind"],
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("key: unit", "key: unti", "unknown column 'unti'; did you mean 'unit'?"),
        ("key: unit", "key: area", "a key is one line of text; 'area' is a number field"),
        ("    unit: {type: unit, title: {en: Unit, zh-Hans: Unit, zh-Hant: Unit, es: Unit}}\n    area",
         f"    unit: {{type: unit, personal: true, title: {titles('Unit')}}}\n    area",
         "'unit' is personal; a key is shown to everybody"),
        ("readers: [director]", "readers: [directer]", "unknown role 'directer'; did you mean 'director'?"),
        ("  readers: [director]\n", "", "who may read the personal column 'owner'? Say `readers`"),
        ("type: number, min", "type: table, min", "a column of a register holds one value, not a table"),
        ("type: number, min", "type: number, register: cards, min", "unknown key 'register'"),
        ("type: number, min", "type: number, value: '1', min", "unknown key 'value'"),
        (f"title: {titles('Area')}", "title: {en: Area}", "the title lacks zh-Hans, zh-Hant, es"),
        (f"title: {titles('Cards')}", "title: {en: Cards}", "the title lacks zh-Hans, zh-Hant, es"),
        ("cards:\n", "Cards:\n", "'Cards' is no name"),
        ("  writers: [desk]\n", "  writers: [desk]\n  retention: 2 hours\n", "2 hours is no time to keep"),
        ("  writers: [desk]\n", "  writers: [desk]\n  retention: 365\n", "(365) where a duration"),
        ("  key: card_number\n", "  key: card_number\n  retention: 4 weeks\n",
         "there is no personal column to be erased"),
        ("  key: card_number\n", "", "'key' is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_its_place(old: str, new: str, complaint: str) -> None:
    found = read(changed(old, new, REGISTERS))[1]
    assert any(complaint in each for each in found), found
    assert all(each.startswith("d/registers.yaml:") for each in found)


def test_how_long_personal_columns_are_kept_is_read() -> None:
    text = changed("  writers: [desk]\n", "  writers: [desk]\n  retention: 4 weeks\n", REGISTERS)
    context, problems = read(text)
    assert not problems
    assert str(context.registers["units"].retention) == "4 weeks"
    assert CONTEXT.registers["units"].retention is None


@pytest.mark.parametrize(
    "text", ["- a", "units", "units: a", "units:", "units: {fields: {a: }}", "1: {key: a}"]
)
def test_hostile_registers_are_refused(text: str) -> None:
    assert read(text)[1]


def test_a_field_names_the_register_whose_keys_it_takes() -> None:
    found = process().definition
    assert found
    assert found.fields["unit"].register == "units"
    assert set(found.registers) == {"units"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("register: units", "register: unitz", "unknown register 'unitz'; did you mean 'units'?"),
        (
            "type: unit, register",
            "type: number, register",
            "a number field has no register; only text, unit has",
        ),
        ("  attempts:", "  record:", "the entry that 'unit' names is called `record`"),
    ],
)
def test_what_is_wrong_with_such_a_field_is_said(old: str, new: str, complaint: str) -> None:
    text = TEXT.replace("set: attempts", "set: record") if "record" in new else TEXT
    assert any(complaint in each for each in messages_of(process(old, new, text)))


def test_a_process_without_registers_may_have_a_field_called_record() -> None:
    text = COMPLAINT.replace("attempts", "record")
    assert read_text(text, "f.yaml", CONTEXT, {}).definition


GUARD = "guard: severity == 'high'"


@pytest.mark.parametrize(
    "source",
    [
        "record.unit.area > 50",
        "record.unit.kind == 'home'",
        "record.unit.handed_over < now",
        "record.unit.unit == unit",
    ],
)
def test_expressions_read_the_open_columns_of_the_entry_that_is_named(source: str) -> None:
    found = process(GUARD, f'guard: "{source}"')
    assert found.definition, messages_of(found)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (
            "record.unit.aera > 50",
            "the entry that 'unit' names has no column 'aera' to be read",
        ),
        ("record.unit.owner == 'Li'", "the entry that 'unit' names has no column 'owner' to be read"),
        ("record.content.area > 5", "'content' is no field that names an entry"),
        ("record.unit == 'x'", "the entry that 'unit' names has no column ''"),
        ("record == 'x'", "'' is no field that names an entry"),
        ("record.unit.kind == 'hotel'", "'hotel' is no option of record.unit.kind"),
    ],
)
def test_what_an_entry_does_not_have_or_does_not_tell_is_refused(source: str, complaint: str) -> None:
    (found,) = messages_of(process(GUARD, f'guard: "{source}"'))
    assert found.startswith("f.yaml:49:")
    assert complaint in found, found


EFFECT = "      - raise: priority\n"


def effects(found: Definition | None) -> list[Any]:
    assert found
    row = next(row for row in found.transitions if row.trigger == "classify")
    return [effect for effect in row.effects if isinstance(effect, WriteEntryEffect | StrikeEntryEffect)]


def test_a_step_may_write_an_entry_and_end_one() -> None:
    found = process(
        EFFECT,
        "      - {record: units, key: unit, with: {area: attempts, owner: complainant}, when: attempts > 1}\n"
        "      - {strike: cards, key: item.what, each: defects}\n",
    )
    record, strike = effects(found.definition)
    assert (record.register, record.key.source, sorted(record.values)) == ("units", "unit", ["area", "owner"])
    assert record.when
    assert (strike.register, strike.each.source) == ("cards", "defects")
    assert found.definition
    assert set(found.definition.registers) == {"units", "cards"}


@pytest.mark.parametrize(
    ("effect", "complaint"),
    [
        ("{record: unitz, key: unit}", "unknown register 'unitz'; did you mean 'units'?"),
        ("{strike: unitz, key: unit}", "unknown register 'unitz'"),
        ("{record: units}", "'key' is missing"),
        ("{record: units, key: attempts}", "a key is a text; this is a number"),
        ("{record: units, key: complainant}", "'complainant' is personal; a key is shown to everybody"),
        ("{record: units, key: unit, with: {are: attempts}}", "unknown column 'are'; did you mean 'area'?"),
        (
            "{record: units, key: unit, with: {unit: content}}",
            "'unit' is the key of units; it is said by `key`",
        ),
        (
            "{record: units, key: unit, with: {area: content}}",
            "'area' of units is a number field; this is a text",
        ),
        (
            "{record: cards, key: content, with: {unit: complainant}}",
            "'complainant' is personal, and 'unit' of cards is for everybody to see",
        ),
        ("{record: units, key: unit, with: {area: attemps}}", "attemps"),
        ("{record: units, key: unit, each: content}", "this must be a list, and it answers text"),
        ("{record: units, key: unit, widht: {}}", "unknown key 'widht'"),
    ],
)
def test_what_is_wrong_with_such_an_effect_is_said(effect: str, complaint: str) -> None:
    found = messages_of(process(EFFECT, f"      - {effect}\n"))
    assert any(complaint in each for each in found), found


def test_a_row_of_a_personal_table_is_personal() -> None:
    text = TEXT.replace("what: {type: text,", "what: {type: text, personal: true,")
    effect = "      - {record: cards, key: unit, each: defects, with: {unit: item.what}}\n"
    assert any("'defects' is personal" in each for each in messages_of(process(EFFECT, effect, text)))


def test_a_definition_leans_on_the_registers_it_names_and_no_others() -> None:
    more, _ = read(changed("min: 0", "min: 1", REGISTERS))
    other, _ = read(changed(f"title: {titles('Card')}", f"title: {titles('Karte')}", REGISTERS))
    digests = [
        found.digest
        for context in (CONTEXT, more, other)
        if (found := read_text(TEXT, "f.yaml", context, {}).definition)
    ]
    assert digests[0] != digests[1]
    assert digests[0] == digests[2]


STORY = changed(
    "    at: 2026-03-02 09:00\n",
    "    at: 2026-03-02 09:00\n    registers: {units: [{unit: 3-1201, area: 90, owner: Li}]}\n",
    TEXT,
)


def test_a_story_may_say_what_the_registers_hold() -> None:
    found = process(text=STORY).definition
    assert found
    assert found.scenarios[0].registers["units"][0]["area"] == 90


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("registers: {units:", "registers: {unitz:", "unknown register 'unitz'"),
        ("area: 90", "aera: 90", "aera is no field; did you mean area?"),
        ("area: 90", "area: -1", "area must be at least 0"),
        ("unit: 3-1201, ", "", "unit is needed"),
        ("[{unit: 3-1201, area: 90, owner: Li}]", "many", "a text where a list belongs"),
    ],
)
def test_what_is_wrong_with_a_storys_registers_is_said(old: str, new: str, complaint: str) -> None:
    found = messages_of(process(old, new, STORY))
    assert any(complaint in each for each in found), found
