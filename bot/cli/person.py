"""`tropa person`: write everything that is stored about a person to a file, for a request of access."""

from pathlib import Path

import click

from bot.cli.runtime.command_context import (
    CommandContext,
    find_command_actor,
    pass_command_context,
    run_async,
    write_file,
)
from bot.cli.runtime.program import CommandFailure


@click.command()
@click.argument("customer")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="FILE.json; - prints the JSON."
)
@pass_command_context
def person(context: CommandContext, customer: str, out: Path) -> None:
    """Write everything that is stored about CUSTOMER to a file.

    CUSTOMER is the id that your events carry, or an address such as telegram:123. The audit log records it.
    """
    if str(out) != "-" and not out.absolute().parent.is_dir():
        raise CommandFailure(f"{out}: there is no folder {out.parent}")
    content = run_async(_make_content(context, customer))
    if content is None:
        raise CommandFailure("there is no customer with this id or address")
    if str(out) == "-":
        click.echo(content.decode())
    else:
        write_file(out, content, is_private=True)
        click.echo(f"{out}: everything that is stored about this person")


async def _make_content(context: CommandContext, customer: str) -> bytes | None:
    from bot.clock import Clock
    from bot.usecases.people.make_person_file import MakePersonFile

    async with context.open_database() as db:
        made = await MakePersonFile(db, Clock()).by_name(customer, find_command_actor())
    return made.content if made is not None else None


COMMANDS = (person,)
