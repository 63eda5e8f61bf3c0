"""`huifang new`: a process to begin with, of a few answers."""

from __future__ import annotations

import re
from pathlib import Path

import click

from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.home_folder import HomeFolder, check_process_name, tell
from workflows.mining.outline_answers import OutlineAnswers, make_numbering, outline_of
from workflows.timing.durations import Duration, DurationError


@click.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Of the definitions.")
@click.option("--title", help="What the process is called.")
@click.option("--states", help="Its states in order, with commas between; the last one closes.")
@click.option("--role", help="The role of the organisation that does it.")
@click.option("--due", help="How long a state may last: `2 working days`.")
@click.option("--calendar", help="The calendar that it counts by; the first if not said.")
@click.option("--escalation", help="The policy for what is late; `standard` if there is one.")
@click.option("--numbering", help="Its numbers: `LF-{year}-{seq:5}`.")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="Of the hours of a new company.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is as it is proposed.")
@with_context
def new(
    context: CommandContext,
    name: str,
    folder: Path | None,
    title: str | None,
    states: str | None,
    role: str | None,
    due: str | None,
    calendar: str | None,
    escalation: str | None,
    numbering: str | None,
    zone: str,
    yes: bool,
) -> None:
    """Begin the process NAME: a few questions, and a file that `check` finds nothing wrong with.

    In a folder without a company the files that it needs are written as well.
    """
    check_process_name(name)

    def ask(key: str, given: str | None, proposed: str) -> str:
        if given is not None or yes:
            return given if given is not None else proposed
        answer: str = click.prompt(tell(key), default=proposed)
        return answer

    title = ask("title", title, name.replace("-", " ").capitalize())
    titles = [each.strip() for each in re.split("[,，、;；]", ask("states", states, tell("proposed_states")))]
    titles = list(dict.fromkeys(each for each in titles if each))
    if len(titles) < 2:
        raise CommandRefused("a process has two states at least")
    home = HomeFolder.open(context, folder, [role or "clerk"], zone)
    role = home.role(ask("role", role, next(iter(home.company.organisation.roles))))
    answers = OutlineAnswers(
        name=name,
        title=title,
        states=titles,
        role=role,
        due=_read_duration(ask("due", due, "2 working days")),
        numbering=ask("numbering", numbering, make_numbering(name)),
        calendar=home.calendar(calendar).name,
        escalation=home.escalation(escalation),
    )
    home.write(outline_of(answers))


def _read_duration(text: str) -> Duration:
    try:
        return Duration.parse(text)
    except DurationError as error:
        raise CommandRefused(str(error)) from None
