"""Edits of the processes that come with the program: what is said of them is exactly where they decide otherwise."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from brute_force import Domain, disagreements

from workflows.difference.difference import find_difference
from workflows.language.builder.company import company_files, read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.load import read_text

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PRICES, YES_NO = ("80.00", "500.00", "501.00"), (True, False)
MOMENTS = ("2026-03-04T01:00:00Z", "2026-03-04T02:00:00Z", "2026-03-05T02:00:00Z")
EDITS: dict[str, tuple[str, str, str, Domain]] = {
    "a dear repair": (
        "repairs/repair",
        "guard: charge == 'paid' && price_agreed",
        "guard: charge == 'paid' && price_agreed && price <= 500.0",
        Domain(
            {"price": PRICES, "price_agreed": YES_NO, "charge": ("paid", "warranty")},
            triggers=("issue-slip",),
            states=("classified",),
        ),
    ),
    "fewer attempts before a letter": (
        "repairs/repair",
        "guard: attempts >= 3\n    because: {en: A letter",
        "guard: attempts >= 2\n    because: {en: A letter",
        Domain({"attempts": (0, 1, 2, 3, 4)}, {"visit_notes": "called"}, ("leave-letter",), ("notified",)),
    ),
    "the part must be known": (
        "repairs/repair",
        "guard: charge != 'warranty' || warranty_end != null",
        "guard: warranty_end != null && part != null",
        Domain(
            {"charge": ("paid", "warranty"), "warranty_end": ("2027-01-01",), "part": ("fittings",)},
            {"scope": "indoor"},
            ("classify",),
            ("registered",),
        ),
    ),
    "whoever assigns": (
        "repairs/repair",
        "roles: [cs-officer, cs-supervisor, repair-team-leader]\n    requires: [worker]",
        "roles: [cs-supervisor, receptionist]\n    requires: [worker]",
        Domain({"worker": ("colleague",)}, {}, ("assign",), ("slip-issued",)),
    ),
    "it is finished without a signature": (
        "repairs/repair",
        "guard: signed && (charge != 'paid' || (fee != null && fee_collected))",
        "guard: charge != 'paid' || fee != null",
        Domain(
            {"charge": ("paid", "warranty"), "fee": ("80.00",), "fee_collected": YES_NO},
            {"result": "done", "signed": False},
            ("finish",),
            ("in-progress",),
        ),
    ),
    "it is cancelled early only": (
        "repairs/repair",
        "from: open\n    to: cancelled",
        "from: [registered, classified]\n    to: cancelled",
        Domain({"reason": ("no more",)}, {}, ("cancel",)),
    ),
    "the fee is below the price": (
        "repairs/paid-service",
        "guard: fee <= price",
        "guard: fee < price",
        Domain({"fee": PRICES, "price": PRICES}, {"receipt": "1"}, ("collect-fee",), ("done",)),
    ),
    "an appointment in the past": (
        "repairs/paid-service",
        "guard: agreed && appointment > now",
        "guard: agreed",
        Domain({"agreed": YES_NO, "appointment": MOMENTS}, {"worker": "colleague"}, ("accept",), ("quoted",)),
    ),
    "closed although not content": (
        "repairs/paid-service",
        "guard: satisfied\n",
        "guard: satisfied != null\n",
        Domain({"satisfied": YES_NO}, {}, ("close",), ("revisited",)),
    ),
    "paid again": (
        "repairs/paid-service",
        "guard: receipt != null",
        "guard: receipt != null && fee != null",
        Domain({"receipt": ("1",), "fee": PRICES}, {}, ("",), ("done",)),
    ),
}


@cache
def context() -> CompanyContext:
    """The company files."""
    return read_context(company_files(DEFINITIONS))[0]


def read(name: str, *edit: str) -> Definition:
    text = (DEFINITIONS / f"{name}.yaml").read_text("utf-8")
    if edit:
        assert edit[0] in text
        text = text.replace(*edit, 1)
    reading = read_text(text, name, context())
    assert reading.definition is not None, reading.findings
    return reading.definition


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_a_shipped_process_is_said_exactly(name: str) -> None:
    file, before, after, domain = EDITS[name]
    difference = find_difference(read(file), read(file, before, after))
    count, differing, wrong = disagreements(difference, domain)
    assert wrong == []
    assert 0 < differing < count


def test_a_shipped_process_read_twice_does_the_same() -> None:
    """Comments and blank lines besides."""
    difference = find_difference(
        read("complaints/complaint"), read("complaints/complaint", "\nfields:", "\n# fields\n\nfields:")
    )
    assert difference.same
    assert difference.text_changes == ()
