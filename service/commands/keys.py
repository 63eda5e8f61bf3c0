"""`huifang keys`: which master keys are in use, and rotating them."""

from __future__ import annotations

import click

from service.commands.context import CommandContext, with_context
from service.commands.maintenance import renew_index
from service.commands.progress import progress
from workflows.storage import key_rotation, master_keys, schema
from workflows.storage.master_keys import KeyState


@click.group(invoke_without_command=True)
@click.pass_context
def keys(group: click.Context) -> None:
    """The master keys (HUIFANG_KEYS): by each, how many rows it wraps, and whether it is given and right.

    It reads every row that a key wraps.
    """
    if group.invoked_subcommand is None:
        _print_keys(group.obj)


def _print_keys(context: CommandContext) -> None:
    with context.database() as database:
        schema.check(database)
        for each in master_keys.list_keys(database):
            click.echo(f"{each.number}\t{each.rows} rows\t{_key_state(each)}")


def _key_state(key: KeyState) -> str:
    if not key.given:
        return "missing, and needed" if key.rows else "taken away"
    if not key.right:
        return "not the key that this database was sealed with"
    if key.current:
        return "current"
    return "given" if key.rows else "given, and may be taken out of HUIFANG_KEYS"


@keys.command()
@with_context
def rotate(context: CommandContext) -> None:
    """Wrap everything by the newest master key, the last one in HUIFANG_KEYS, and index people by it.

    First start every process with the new key added. The desk may go on meanwhile; the command may be stopped
    and run again. Afterwards the older keys can be taken out of HUIFANG_KEYS; keep them as long as a backup
    that was made before.
    """
    with context.desk() as desk:
        indexed = renew_index(desk)
        states = master_keys.list_keys(desk.database)
        left = sum(each.rows for each in states if not each.current)
        with progress("rows", left) as reached:
            done = key_rotation.rotate(desk.database, reached)
    click.echo(f"{indexed} tickets and entries were indexed anew")
    click.echo(f"{done} rows are now wrapped by master key {desk.database.cipher.current}")
