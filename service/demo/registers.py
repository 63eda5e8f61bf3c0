"""The registers of the demonstration: units with their households and vehicles, all of them invented.

Whoever calls in a scenario is one of these people (`households`), so that a phone number finds their tickets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.bootstrap import Desk
from service.demo.staff import HOME, SITES
from workflows.core.commands import Actor
from workflows.core.effects.register_writes import parse_entry
from workflows.core.records import EntryWrite
from workflows.errors import Invalid
from workflows.timing.instants import Instant

CLERK = Actor(id="demo", name="demo", surface="demo")
_BUILDINGS, _FLOORS, _DOORS = 3, 8, 4
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_MODELS = ("白色轿车", "银色轿车", "黑色越野车", "蓝色电动车")


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A unit, and whoever lives there."""

    unit: str
    name: str
    phone: str


@cache
def households(site: str) -> tuple[DemoHousehold, ...]:
    """The households of a site."""
    buildings = _BUILDINGS if site == HOME.id else 1
    units = [
        f"{building}-{floor:02d}{door:02d}"
        for building in range(1, buildings + 1)
        for floor in range(1, _FLOORS + 1)
        for door in range(1, _DOORS + 1)
    ]
    beginning = "1380000" if site == HOME.id else "1390000"
    return tuple(
        DemoHousehold(unit, f"{_SURNAMES[number % len(_SURNAMES)]}演示{number}", f"{beginning}{number:04d}")
        for number, unit in enumerate(units, start=1)
    )


def fill_registers(desk: Desk, now: Instant) -> int:
    """Write the entries that are missing; returns their number."""
    company = desk.definitions.company()
    written = 0
    for site in SITES:
        writes = []
        for name, values in _entries(site.id):
            register = company.registers.get(name)
            if register is None:
                continue
            try:
                writes.append(parse_entry(register, values, company.organisation))
            except Invalid:  # the company's registers have other columns than the shipped ones
                continue
        written += _write_missing(desk, site.id, writes, now)
    return written


def _write_missing(desk: Desk, site: str, writes: list[EntryWrite], now: Instant) -> int:
    missing = [each for each in writes if desk.store.entries.find(site, each.register, each.key) is None]
    return desk.store.entries.write(site, missing, CLERK, now) if missing else 0


def _entries(site: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(register, values) of every unit of a site, its residents and its car."""
    for number, home in enumerate(households(site), start=1):
        lived_in = number % 7 != 0
        yield (
            "units",
            {
                "unit": home.unit,
                "building": f"{home.unit.partition('-')[0]}栋",
                "area": 72 + number * 7 % 70,
                "owner": home.name,
                "owner_phone": home.phone,
                **({"moved_in": f"2024-{number % 12 + 1:02d}-15"} if lived_in else {}),
                "fee_rate": "2.80",
                "paid_until": f"2026-{number % 12 + 1:02d}-28",
            },
        )
        if lived_in:
            number_text = f"R-{number:04d}"
            yield (
                "residents",
                {"resident": number_text, "unit": home.unit, "name": home.name, "phone": home.phone},
            )
        if number % 3 == 0:
            yield (
                "vehicles",
                {
                    "plate": f"演A{number:05d}",
                    "unit": home.unit,
                    "model": _MODELS[number % len(_MODELS)],
                    "space": f"B1-{number:03d}",
                    "driver": home.name,
                    "driver_phone": home.phone,
                },
            )
