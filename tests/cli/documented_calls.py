"""Calls of `tropa` that people read: in README, docs, changelog, example files, help and error messages."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import click

from bot.cli import tropa
from tests.conftest import ROOT
from tests.house import documents

PAGES = ["README.md", "CHANGELOG.md", *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "docs").glob("*.md"))]
EXAMPLES = [
    "config.example.toml",
    *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "cjm/templates").glob("*.toml")),
]
# A user may be called tropa, too. `/` comes before the name where a service names the program by its path.
_CALL = re.compile(r"(?:^|[`$\s/])tropa (?!tropa\b)((?:--config \S+ )?[a-z]+[^`|&;#\n]*)", re.M)
_QUOTED = re.compile(r"'tropa ([a-z][^'{\n]*)")
_FLAG = re.compile(r"(\[?)(--[a-z][a-z-]*)")


class CommandCall(NamedTuple):
    """Command, such as "journey apply" or "" for `tropa` alone, and the flags that are used together."""

    command: str
    flags: frozenset[str]


def read_call(text: str) -> list[CommandCall]:
    """Return the call that stands behind `tropa`.

    Flags before its command are a call of their own, and so is the call with each flag in brackets.
    """
    words = text.split()
    alone = []
    while words and words[0].startswith("-"):
        takes_value = words[0] == "--config"
        alone.append(words[0])
        del words[: 2 if takes_value else 1]
    calls = [CommandCall("", frozenset(alone))] if alone or not words else []
    if words:
        command = tropa.load_commands().get(words[0])
        is_nested = isinstance(command, click.Group) and len(words) > 1 and words[1] in command.commands
        length = 2 if is_nested else 1
        found = [flag.groups() for word in words[length:] if (flag := _FLAG.match(word))]
        flags = frozenset(flag for bracket, flag in found if not bracket)
        name = " ".join(words[:length])
        calls.append(CommandCall(name, flags))
        calls += [CommandCall(name, flags | {flag}) for bracket, flag in found if bracket]
    return calls


def calls_in_page(text: str) -> Iterator[CommandCall]:
    """Yield the calls of a page: in blocks of a shell, and in backticks."""
    parts = [block for language in ("sh", "console", "ini") for block in documents.code_blocks(text, language)]
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    parts += re.findall(r"`(tropa [^`]+)`", prose.replace("\n", " "))
    for part in parts:
        for rest in _CALL.findall(part.replace("\\\n", " ")):
            yield from read_call(rest)


def calls_in_comments(text: str) -> Iterator[CommandCall]:
    """Yield the calls that comments of an example file name in backticks, also over two lines."""
    yield from calls_in_page(re.sub(r"\n#? ?", " ", text))


def calls_in_messages(text: str) -> Iterator[CommandCall]:
    """Yield the calls that help and error messages name: in single quotes, or alone on a line."""
    for rest in [*_QUOTED.findall(text), *re.findall(r"^\s*tropa ((?!tropa\b)[a-z].*)", text, re.M)]:
        yield from read_call(rest)


def flags_in_backticks(text: str) -> set[str]:
    """Return the flags that a page names alone, as `--name` or `--undo NAME`, without a command before them."""
    return set(re.findall(r"`(--[a-z][a-z-]*)[^`\n]*`", text))


def all_documented_calls() -> dict[str, set[CommandCall]]:
    """Return the calls of each place that people read."""
    calls = {page: set(calls_in_page(documents.read_document(page))) for page in PAGES}
    calls |= {file: set(calls_in_comments(documents.read_document(file))) for file in EXAMPLES}
    calls["help"] = {call for text in _help_texts() for call in calls_in_messages(text)}
    sources = [file for package in ("bot", "cjm") for file in sorted((ROOT / package).rglob("*.py"))]
    # Quotes alone: lines of code may begin with any word.
    quoted = {rest for file in sources for rest in _QUOTED.findall(file.read_text("utf-8"))}
    calls["messages"] = {call for rest in quoted for call in read_call(rest)}
    return calls


def _help_texts() -> list[str]:
    return [command.help or "" for command in all_commands().values()] + [tropa.epilog or ""]


def all_commands() -> dict[str, click.Command]:
    """Return every command by its words, such as "journey apply"; `tropa` itself is ""."""
    commands: dict[str, click.Command] = {"": tropa}
    for name, command in sorted(tropa.load_commands().items()):
        commands[name] = command
        if isinstance(command, click.Group):
            commands |= {f"{name} {part}": command.commands[part] for part in sorted(command.commands)}
    return commands


def flags_of(command: click.Command) -> list[str]:
    """Return the long flags of a command, in the order of its help."""
    return [flag for option in command.params for flag in option.opts if flag.startswith("--")]
