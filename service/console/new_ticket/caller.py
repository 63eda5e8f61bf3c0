"""Who is calling: the household of a telephone number or a unit, and its open tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.api.callers import look_for_caller
from service.console.http.console_request import ConsoleRequest
from service.console.ticket_rows import TicketRow, build_ticket_rows
from workflows.language.forms.mask import mask
from workflows.language.forms.register import Register
from workflows.storage.registers.results import RegisterEntry


@dataclass(frozen=True, slots=True)
class CallerHousehold:
    """A unit: what the registers know of it, and its open tickets."""

    unit: str
    entries: tuple[str, ...]
    tickets: list[TicketRow]


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What was found: households, and tickets that are of none of them."""

    households: list[CallerHousehold]
    tickets: list[TicketRow]

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.households or self.tickets)


def find_household(call: ConsoleRequest, site: str, said: str) -> KnownCaller:
    """By a telephone number (or its last digits), or else by a unit. Raises a refusal."""
    digits = sum(letter.isdigit() for letter in said)
    kind = "phone" if digits >= 4 and not any(letter in "-#/" for letter in said.strip("+-")) else "unit"
    call.query = {kind: said, "site": site}
    _, found = look_for_caller(call)
    registers = call.desk.definitions.company().registers
    return KnownCaller(
        [
            CallerHousehold(
                each.unit,
                tuple(_describe(each.entries, registers)),
                build_ticket_rows(call, each.tickets),
            )
            for each in found.households
        ],
        build_ticket_rows(call, found.tickets),
    )


def _describe(entries: Iterable[RegisterEntry], registers: Mapping[str, Register]) -> Iterable[str]:
    for entry in entries:
        register = registers[entry.register]
        masked = [str(mask(register.fields[n], v)) for n, v in entry.personal.items() if n in register.fields]
        opened = [str(v) for n, v in entry.data.items() if n in register.open_columns and v]
        yield " · ".join([*masked, *opened])
