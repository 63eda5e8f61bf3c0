"""`huifang erase`: erases personal data, of one ticket or of one person at a site."""

from __future__ import annotations

from collections.abc import Iterable

import click

from service import wallclock
from service.attachments.cleanup import remove_erased_files
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import find_manager, find_site
from service.commands.progress import progress
from workflows.core.access.visibility import DESK
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.tickets.erasure import Erasure, RemainingData

_PLACES = {
    "note": "the note of entry {seq} stays",
    "field": "the free text {what!r} stays",
    "relative": "{what} holds personal words of its own",
    "actor": "the record keeps that {what} acted, by name, in entry {seq}",
    "entry": "the register entry {what} holds personal words of its own",
}


@click.command()
@click.argument("number", required=False)
@click.option(
    "--person",
    "--phone",
    "--email",
    "value",
    help="A name, phone number or mail address: wherever the site holds it.",
)
@click.option("--text", "texts", type=int, multiple=True, help="An entry whose free texts go as well.")
@click.option("--all-texts", is_flag=True, help="The free texts of the whole history go as well.")
@click.option("--site", required=True, help="Whose ticket it is.")
@click.option("--as", "account", required=True, metavar="ACCOUNT", help="Who looks after the desk there.")
@click.option("--note", default="", help="Why; it stays in the history, so do not name the person in it.")
@with_context
def erase(
    context: CommandContext,
    number: str | None,
    value: str | None,
    texts: tuple[int, ...],
    all_texts: bool,
    site: str,
    account: str,
    note: str,
) -> None:
    """Destroy what is personal of the ticket NUMBER, its history included, for good; or of a person.

    The rest stays, the chain of its history still verifies, and says who erased it. With --person, --phone or
    --email, every ticket and register of the site is looked at: what holds this very value as something
    personal is erased, and so are free texts of tickets in which it stands. It is told what remains.
    """
    if (number is None) == (value is None):
        raise click.UsageError("say a ticket's NUMBER, or --person, --phone or --email")
    with context.desk() as desk:
        where = find_site(desk, site)
        actor = find_manager(desk, account, where)
        now = wallclock.now()
        if value is not None:
            with progress("tickets and entries") as reached:
                hits = list(
                    desk.erasures.erase_value(value, EntryAuthor(where.id, actor, now), note, reached)
                )
            remove_erased_files(desk)
            for hit in hits:
                click.echo(f"{hit.what}: erased{'' if hit.personal else ' from free texts'}")
                _print_remains(hit.remaining)
            click.echo(f"{len(hits)} erased")
            return
        assert number is not None, "one of them is given"
        found = desk.queries.find_by_number(number, (where.id,), DESK)
        if not found:
            raise CommandRefused(f"there is no ticket {number!r} at {where.id}")
        done = desk.erasures.erase_ticket(Erasure(*found[0], actor, now, note), None if all_texts else texts)
        remove_erased_files(desk)
    click.echo("erased")
    _print_remains(done[1] if done else ())


def _print_remains(left: Iterable[RemainingData]) -> None:
    for each in left:
        place = _PLACES[each.kind].format(what=each.what, seq=each.seq)
        click.echo(f"  {place}{f' in entry {each.seq}' if each.kind == 'field' and each.seq else ''}")
