"""Commands and flags that documents, help and messages name are there and are run; docs/commands.md has all of them."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli import commands_page, importing_page
from tests.cli.conftest import Tropa
from tests.cli.documented_calls import (
    PAGES,
    CommandCall,
    all_commands,
    all_documented_calls,
    calls_in_comments,
    calls_in_messages,
    calls_in_page,
    flags_in_backticks,
    flags_of,
    read_call,
)
from tests.cli.documented_runs import RUNS, STORIES, write_files
from tests.cli.importing_page import commands_in
from tests.conftest import ROOT
from tests.house import documents

COMMANDS = all_commands()
IMPORTS = [line.removeprefix("tropa ") for line in commands_in(documents.read_document(importing_page.PAGE))]
RUN = [call for line in [*IMPORTS, *(line for line, _ in RUNS)] for call in read_call(line)]


def find_unknown(calls: set[CommandCall]) -> list[tuple[str, str]]:
    """Return the commands, and the flags of commands, that calls name and that do not exist; --help always does."""
    unknown = [(call.command, "") for call in calls if call.command not in COMMANDS]
    known = [call for call in calls if call.command in COMMANDS]
    flags = [(call.command, flag) for call in known for flag in call.flags - {"--help"}]
    return unknown + [(command, flag) for command, flag in flags if flag not in flags_of_all(command)]


def flags_of_all(command: str) -> set[str]:
    """Return the flags of a command; of a group, those of its commands: documents name `tropa journey` for all."""
    parts = [part for name, part in COMMANDS.items() if name == command or (command and name.startswith(f"{command} "))]
    return {flag for part in parts for flag in flags_of(part)} | ({"--version"} if not command else set())


def find_not_run(calls: set[CommandCall]) -> list[CommandCall]:
    """Return the calls that no run has: their command with all of their flags together."""
    return [
        call
        for call in calls
        if call.command not in STORIES
        and not any(call.command == run.command and call.flags - {"--help"} <= run.flags for run in RUN)
    ]


def test_commands_and_flags_of_documents_are_there() -> None:
    assert {place: found for place, calls in all_documented_calls().items() if (found := find_unknown(calls))} == {}


def test_commands_and_flags_of_documents_are_run_together() -> None:
    assert {place: found for place, calls in all_documented_calls().items() if (found := find_not_run(calls))} == {}


def test_flags_that_pages_name_alone_are_ours_and_every_flag_is_run() -> None:
    run = {(call.command, flag) for call in RUN for flag in call.flags}
    ours = {flag for name in COMMANDS for flag in flags_of_all(name)} | {"--help"}
    assert {page: flags_in_backticks(documents.read_document(page)) - ours for page in PAGES} == {
        page: set() for page in PAGES
    }
    flags = {(name, flag) for name, command in COMMANDS.items() for flag in flags_of(command) if name not in STORIES}
    assert sorted(flags - run) == []


def test_every_run_does_what_it_says(
    cli: Tropa, home: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, home / "tropa.db")
    monkeypatch.setenv("TROPA_HTTP__PORT", "0")  # other programs of this machine do not matter
    write_files(home)
    for line, pattern in RUNS:
        result = cli(*shlex.split(line), answer="y\n")
        assert result.exit_code == 0, f"tropa {line}\n{result.output}"
        assert re.search(pattern, result.output, re.M | re.S), f"tropa {line}\n{result.output}"
    assert (home / "map.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", STORIES)
def test_stories_run_each_flag_of_a_command_that_runs_on(command: str) -> None:
    text = (ROOT / STORIES[command]).read_text("utf-8")
    assert [flag for flag in flags_of(COMMANDS[command]) if f'"{flag}"' not in text] == []


def test_page_has_every_command_and_flag_as_the_help_has_them() -> None:
    """``uv run python -m tests.cli.commands_page`` writes them again."""
    assert commands_page.read_reference() == commands_page.make_reference()


def test_planted_commands_and_flags_are_found() -> None:
    page = "`tropa fly --far`\n```sh\n$ tropa --config x.toml map KEY \\\n  --wings  # --no\n```\n"
    page += "`tropa\njourney apply F --no`"
    alone = CommandCall("", frozenset({"--config"}))
    fly, wings = CommandCall("fly", frozenset({"--far"})), CommandCall("map", frozenset({"--wings"}))
    planted = set(calls_in_page(page))
    assert planted == {fly, alone, wings, CommandCall("journey apply", frozenset({"--no"}))}
    assert sorted(find_unknown(planted)) == [("fly", ""), ("journey apply", "--no"), ("map", "--wings")]
    assert set(calls_in_comments("a = 1\n# see `tropa map\n# KEY --wings`\n")) == {wings}
    assert set(calls_in_messages("use 'tropa map K --wings' or\n  tropa fly [--far]\n")) == {
        wings,
        fly,
        CommandCall("fly", frozenset()),
    }
    assert flags_in_backticks("`--wings FILE` and `pg_dump --format=x`") == {"--wings"}
    apart = CommandCall("import", frozenset({"--list", "--undo"}))
    assert set(find_not_run({wings, apart, CommandCall("import", frozenset({"--list"}))})) == {wings, apart}


@pytest.mark.parametrize(
    ("args", "code"),
    [((), 0), (("--help",), 0), (("map", "x", "--describe"), 1), (("check", "--nothing"), 2), (("map",), 2)],
)
def test_exit_codes_are_as_documented(cli: Tropa, args: tuple[str, ...], code: int) -> None:
    assert cli(*args).exit_code == code
