"""`huifang discover` and `huifang conform`: a process found in an event log, and a log beside a process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import orjson

from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.home_folder import HomeFolder, check_process_name, known, tell
from service.imports.log_reader import LogColumns, LogFile, read_log
from workflows.language.load import read_folder
from workflows.mining.conformance import Conformance, DeviationGroup
from workflows.mining.conformance import conform as compare
from workflows.mining.discovery import DiscoveryRequest, leave_out_rare, name_groups
from workflows.mining.discovery import discover as find_process
from workflows.mining.outline_answers import make_numbering
from workflows.timing.instants import rfc3339

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


def _with_columns(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how to read a log."""
    for name in ("resource", "time", "activity", "case"):
        command = click.option(f"--{name}", metavar="COLUMN", help=f"The column of the {name}.")(command)
    zone = click.option("--zone", default="Asia/Shanghai", show_default=True, help="Of times without one.")
    return zone(click.option("--folder", type=_FOLDER, help="Of the definitions.")(command))


@click.command()
@click.argument("log", type=_FILE)
@click.option("--name", default="discovered", show_default=True, help="Of the process.")
@click.option("--title", help="What the process is called; its name if not said.")
@click.option("--calendar", help="The calendar that waiting is counted by; the first if not said.")
@click.option("--escalation", help="The policy for what is late; `standard` if there is one.")
@click.option("--role", "roles", multiple=True, metavar="[GROUP=]ROLE", help="The role of a group of people.")
@click.option("--least", default=1.0, show_default=True, help="Leave out what is in fewer % of the cases.")
@_with_columns
@with_context
def discover(
    context: CommandContext,
    log: Path,
    name: str,
    title: str | None,
    calendar: str | None,
    escalation: str | None,
    roles: tuple[str, ...],
    least: float,
    zone: str,
    folder: Path | None,
    case: str | None,
    activity: str | None,
    time: str | None,
    resource: str | None,
) -> None:
    """Write the process that an event LOG shows: states, steps, roles, deadlines that 80 % of it kept.

    A row is one event: a case, an activity, a time, and who did it. In a folder without a company the files
    that it needs are written as well, with a role for each group of people who do the same.
    """
    check_process_name(name)
    columns = LogColumns(case=case, activity=activity, time=time, resource=resource)
    file = _read(log, columns, zone)
    kept, rare = leave_out_rare(file.log, least / 100)
    groups = name_groups(kept, {group: role for group, _, role in (each.rpartition("=") for each in roles)})
    _tell_groups(file, rare, groups)
    home = HomeFolder.open(context, folder, [*groups], zone)
    if lacking := sorted(groups.keys() - home.company.organisation.roles.keys()):
        raise CommandRefused(tell("no_role", roles=", ".join(lacking), first=lacking[0]))
    request = DiscoveryRequest(
        name=name,
        title=title or name.replace("-", " ").capitalize(),
        numbering=make_numbering(name),
        calendar=home.calendar(calendar),
        escalation=home.escalation(escalation),
    )
    home.write(find_process(kept, request, least / 100, groups))


def _tell_groups(file: LogFile, rare: dict[str, int], groups: dict[str, frozenset[str]]) -> None:
    """Say what was read, what was left out, and which activities each group does."""
    _tell_read(file)
    for activity, cases in sorted(rare.items(), key=lambda each: -each[1]):
        click.echo(tell("rare", activity=activity, cases=cases), err=True)
    for role, activities in groups.items():
        click.echo(tell("group", role=role, activities=", ".join(sorted(activities))), err=True)


@click.command()
@click.argument("process")
@click.argument("log", type=_FILE)
@click.option("--step", "steps", multiple=True, metavar="ACTIVITY=TRIGGER", help="What an activity is here.")
@click.option("--json", "as_json", is_flag=True, help="Print the deviations for programs.")
@_with_columns
@with_context
def conform(
    context: CommandContext,
    process: str,
    log: Path,
    steps: tuple[str, ...],
    as_json: bool,
    zone: str,
    folder: Path | None,
    case: str | None,
    activity: str | None,
    time: str | None,
    resource: str | None,
) -> None:
    """Show where an event LOG differs from PROCESS: unknown steps, steps not allowed there, late ones.

    An activity is the step of its name or title, in any language. Guards are taken to hold: a log does not
    say what was written on the forms.
    """
    home = folder or context.settings.definitions
    definitions = read_folder(home, languages=context.settings.languages).definitions
    definition = definitions[known(process, definitions, "workflow")]
    names = {activity: trigger for activity, _, trigger in (each.rpartition("=") for each in steps)}
    for trigger in names.values():
        known(trigger, definition.triggers, "trigger")
    columns = LogColumns(case=case, activity=activity, time=time, resource=resource)
    file = _read(log, columns, zone)
    found = compare(file.log, definition, names)
    if as_json:
        click.echo(orjson.dumps(_render(found), option=orjson.OPT_INDENT_2).decode())
        return
    _tell_read(file)
    for group in found.deviations:
        click.echo(_describe(group))
    for trigger in found.unused:
        click.echo(tell("unused", trigger=trigger))
    click.echo(tell("fit", fit=found.fit, cases=found.cases))


def _describe(group: DeviationGroup) -> str:
    """A line: what differs, how often, and the first examples."""
    examples = ", ".join(
        tell("example", case=each.case, line=each.line, at=rfc3339(each.at)) for each in group.examples
    )
    facts = {"activity": group.activity, "state": group.state, "count": group.count}
    return f"{tell(group.kind.replace('-', '_'), **facts)} ({examples})"


def _render(found: Conformance) -> dict[str, object]:
    return {
        "cases": found.cases,
        "fit": found.fit,
        "unused": list(found.unused),
        "deviations": [
            {
                "kind": str(group.kind),
                "activity": group.activity,
                "state": group.state,
                "count": group.count,
                "examples": [
                    {"case": each.case, "line": each.line, "at": rfc3339(each.at)} for each in group.examples
                ],
            }
            for group in found.deviations
        ],
    }


def _read(log: Path, columns: LogColumns, zone: str) -> LogFile:
    try:
        return read_log(log, columns, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CommandRefused(f"unknown time zone {zone!r}") from error


def _tell_read(file: LogFile) -> None:
    events = sum(map(len, file.log.traces))
    click.echo(tell("read", cases=len(file.log.traces), events=events), err=True)
    if file.unread:
        click.echo(tell("unread", rows=file.unread, examples="; ".join(file.examples)), err=True)
