"""`tropa import`: import past answers and events from a table, list imports, and take them back."""

from pathlib import Path
from typing import Any

import click

from bot.cli.importing.flags import ImportFlags
from bot.cli.runtime.command_context import CommandContext, pass_command_context, run_async


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--journey", "key", metavar="KEY", help="Journey that the answers or events belong to.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="MAPPING",
    help="TOML file that says which column means what. Not needed for an export of Tropa's.",
)
@click.option(
    "--guess",
    "is_guess",
    is_flag=True,
    help="Write a mapping for FILE, and a journey draft where no journey is named, and say what was guessed.",
)
@click.option(
    "--tool",
    metavar="TOOL",
    help="Survey tool that FILE comes from, such as qualtrics: its columns are known, and need no mapping.",
)
@click.option("--language", type=click.Choice(["en", "ru", "pl"]), help="Language of a journey draft of --guess.")
@click.option("--name", metavar="NAME", help="Name of the import. Default: the name in the mapping.")
@click.option("--dry-run", "is_trial", is_flag=True, help="Show what would happen, and store nothing.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="MAP.png",
    help="File for the map of a dry run. Default: NAME.png here.",
)
@click.option("--strict", is_flag=True, help="Import nothing if a single row is refused.")
@click.option(
    "--mirror", is_flag=True, help="Remove the rows that an earlier FILE of this name had and this one lacks."
)
@click.option("--list", "is_list", is_flag=True, help="List the imports.")
@click.option("--undo", metavar="NAME", help="Take back all that imports of this name have brought.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--guide",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, parameter, value: _show_guide(context) if value else None,
    help="Explain every key of a mapping, with examples, and exit.",
)
@pass_command_context
def import_(context: CommandContext, /, **given: Any) -> None:
    """Import past answers or events from FILE: CSV or a workbook.

    MAPPING says what the columns mean:

    \b
        name = "clinic-2026"    # your name for this import
        row = "No"              # each row's own number or id
        at = "Date"             # the day of the answers
        [questions]             # key of a question = "column"
        visit_csat = "Score"

    Importing the same file again changes nothing. Importing it after a correction, of the file or of the mapping,
    corrects the rows that differ.

    \b
    tropa import FILE --guess [--journey KEY]
    tropa import FILE --journey KEY --mapping MAPPING [--name NAME] [--dry-run]
    tropa import --list [--journey KEY]
    tropa import --undo NAME --journey KEY
    """
    flags = ImportFlags(**given)  # the names of the parameters are those of its fields
    _check_tool(flags.tool)
    if mistake := flags.find_mistake():
        raise click.UsageError(mistake)
    run_async(_run(context, flags))


def _check_tool(name: str | None) -> None:
    """Raise UsageError for a tool that is not known."""
    if name is None:
        return
    from cjm.mistake_wording import find_similar, quote_name
    from cjm.tables.tools.tool_profile import list_tools

    if name not in list_tools():
        meant = find_similar(name, list_tools())
        hint = f"did you mean {meant}?" if meant else f"the tools are: {', '.join(list_tools())}"
        raise click.UsageError(f"there is no tool {quote_name(name)}; {hint}")


def _show_guide(context: click.Context) -> None:
    from bot.cli.runtime.packaged_files import read_packaged_file

    click.echo_via_pager(read_packaged_file("importing.md", folder="docs"))
    context.exit()


async def _run(context: CommandContext, flags: ImportFlags) -> None:
    if flags.is_list:
        from bot.cli.importing.undo_and_list import list_imports

        await list_imports(context, flags.key)
    elif flags.undo is not None:
        from bot.cli.importing.undo_and_list import undo_import

        await undo_import(context, flags)
    elif flags.is_guess:
        from bot.cli.importing.guess_files import guess_import

        await guess_import(context, flags)
    elif flags.mapping is None and flags.tool is None:
        from bot.cli.importing.restore_file import restore_file

        await restore_file(context, flags)
    else:
        from bot.cli.importing.run_import import import_file

        await import_file(context, flags)


COMMANDS = (import_,)
