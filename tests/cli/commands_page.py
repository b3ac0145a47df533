"""Every command with its options, for docs/commands.md, from the commands themselves.

``uv run python -m tests.cli.commands_page`` writes it into the page.
"""

import inspect
import re
import textwrap

import click

from tests.cli.documented_calls import all_commands
from tests.conftest import ROOT
from tests.house import documents

PAGE = "docs/commands.md"
HEADING = "## Every command"


def make_reference() -> str:
    """Return the section: for each command its usage, its help and a table of its options."""
    commands = {name: command for name, command in all_commands().items() if not isinstance(command, click.Group)}
    parts = [_describe_command(name, command) for name, command in commands.items()]
    return "\n".join([f"{HEADING}\n", "Before the command stands `--config PATH`, behind it `--help`.\n", *parts])


def _describe_command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"tropa {name}")
    usage = " ".join(piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]")
    lines = [f"### `tropa {name} {usage}".rstrip() + "`\n"]
    lines += [_paragraph(part) for part in inspect.cleandoc(command.help or "").split("\n\n")]
    records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    if rows := [record for record in records if record]:
        lines += ["| option | does |", "| --- | --- |"]
        lines += [f"| `{_in_cell(flag)}` | {_in_cell(text)} |" for flag, text in rows]
        lines.append("")
    return "\n".join(lines)


def _paragraph(text: str) -> str:
    """Return a paragraph of a help; behind a backspace, click keeps its lines as they are."""
    if "\b" not in text:
        return " ".join(text.split()) + "\n"
    as_written = textwrap.dedent(text.replace("\b\n", "")).strip()
    return f"```\n{as_written}\n```\n"


def _in_cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def read_reference() -> str:
    """Return the section as the page has it."""
    _, heading, below = documents.read_document(PAGE).partition(HEADING)
    return heading + re.split(r"^(?=## )", below, maxsplit=1, flags=re.M)[0].rstrip("\n") + "\n"


if __name__ == "__main__":
    text = documents.read_document(PAGE)
    (ROOT / PAGE).write_text(text.replace(read_reference(), make_reference()), "utf-8")
