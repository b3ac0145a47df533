"""What a new user gets wrong: one clear line, the right exit code, and nothing is written."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Tropa, assert_refused
from tests.cli.documented_runs import write_files

# By command: what takes a file, with {} for it.
FILES = {
    "config": ("--config", "{}", "check"),
    "journey": ("journey", "apply", "{}"),
    "mapping": ("import", "answers.csv", "--journey", "first", "--mapping", "{}"),
    "table": ("import", "{}", "--journey", "first", "--mapping", "mapping.toml"),
    "backup": ("restore", "{}"),
}
MISSING = "cannot be read: no such file or directory"
NEEDS_DATABASE = (
    "journey apply journeys/first.toml", "journey list", "journey show first", "map first --describe", "digest first",
    "export first --out a.csv", "why 1", "person 1 --out p.json", "tally --check", "audit", "inbox list", "inbox retry",
    "import answers.csv --journey first --mapping mapping.toml", "import --list",
    "import --undo desk --journey first", "backup b.db",
)  # fmt: skip


@pytest.fixture
def first(cli: Tropa, home: Path, sqlite_template: Path) -> Tropa:
    """Return ``cli`` in a folder that `tropa init` has filled, with its journey in force."""
    shutil.copy(sqlite_template, home / "tropa.db")
    write_files(home)
    assert cli("init").exit_code == 0
    assert cli("journey", "apply", "journeys/first.toml", "--yes").exit_code == 0
    return cli


def test_a_file_that_is_none_is_one_line_that_names_it(first: Tropa, home: Path) -> None:
    (home / "folder").mkdir()
    (home / "binary").write_bytes(b"\xff\x00\xfe" * 99)
    (home / "broken").write_text("name = [\n", "utf-8")
    for kind, words in FILES.items():
        for file in ("none", "folder", "binary", "broken", "x" * 300):
            result = first(*(word.replace("{}", file) for word in words))
            assert result.exit_code == 1, (kind, file, result.output)
            (line,) = result.stderr.splitlines()
            # Any text is a table of one column: the mapping does not fit it.
            assert line.startswith("mapping.toml: the table" if (kind, file) == ("table", "broken") else f"{file}: ")
            if file == "none" and kind != "backup":
                assert MISSING in line
            assert (file == "folder") == line.endswith("cannot be read: is a directory"), (kind, line)
    assert first("tally", "--check").exit_code == 0


def test_without_a_database_each_command_says_how_it_is_made(cli: Tropa, home: Path) -> None:
    write_files(home)
    assert cli("init").exit_code == 0
    before = sorted(home.rglob("*"))
    for command in NEEDS_DATABASE:
        refusal = "the database tropa.db does not exist yet; 'tropa run' or 'tropa migrate' makes it"
        assert_refused(cli(*command.split()), refusal)
    assert sorted(home.rglob("*")) == before


def _make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")


def _make_foreign(file: Path) -> None:
    file.write_bytes(b"no database, but long enough to be looked at" * 99)


@pytest.mark.parametrize("spoil", [_make_newer, _make_foreign])
def test_a_database_of_another_kind_is_one_line_in_each_command(
    cli: Tropa, home: Path, sqlite_template: Path, spoil: Callable[[Path], None]
) -> None:
    write_files(home)
    assert cli("init").exit_code == 0
    shutil.copy(sqlite_template, home / "tropa.db")
    spoil(home / "tropa.db")
    # A copy of a newer database is as good as any, and asked for where an upgrade is taken back.
    passed_over = "backup b.db" if spoil is _make_newer else ""
    for command in (command for command in (*NEEDS_DATABASE, "migrate") if command != passed_over):
        result = cli(*command.split())
        assert result.exit_code == 1, (command, result.output)
        (line,) = result.stderr.splitlines()
        assert line.startswith("the database "), (command, line)


def test_places_that_cannot_be_written_are_one_line(first: Tropa, home: Path) -> None:
    (home / "folder.png").mkdir()
    (home / "file").touch()
    for words in (
        "map first --out no/x.json", "map first --out file/x.json", "digest first --out no/x.png",
        "export first --out no/x.csv", "export first --out file/x.csv", "person nobody --out no/x.json", "backup no/x",
        "init file/x", "init config.toml/x",
    ):  # fmt: skip
        result = first(*words.split())
        assert result.exit_code == 1, (words, result.output)
        assert len(result.stderr.splitlines()) == 1, (words, result.stderr)
    assert not list(home.rglob("*.part"))
