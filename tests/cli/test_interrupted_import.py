"""Ctrl-C in the middle of an import and of an undo, and a second command at the same time: real processes."""

import re
import shutil
from pathlib import Path

import pytest

from bot.db.engine.database import Database
from bot.db.imports import table_imports
from bot.db.imports.import_lock import hold_import_lock
from tests.cli.conftest import Tropa
from tests.cli.terminal import Terminal
from tests.usecases.tables.cafe import NUMBERED, SOURCE, numbered

IMPORT = ("import", "t.csv", "--journey", "cafe", "--mapping", "m.toml")
UNDO = ("import", "--undo", "desk", "--journey", "cafe")
MANY = 40_000  # rows: an import of several seconds


@pytest.fixture
def desk(cli: Tropa, home: Path, sqlite_template: Path) -> Tropa:
    """Return ``cli`` with a journey in force and a mapping for numbered rows."""
    shutil.copy(sqlite_template, home / "tropa.db")
    (home / "cafe.toml").write_text(SOURCE, "utf-8")
    (home / "m.toml").write_text(f'name = "desk"\n{NUMBERED}', "utf-8")
    assert cli("journey", "apply", "cafe.toml", "--yes").exit_code == 0
    return cli


def test_interrupted_import_and_undo_leave_a_whole_state_and_go_on(desk: Tropa, home: Path) -> None:
    (home / "t.csv").write_text(numbered(*[4] * MANY), "utf-8")
    with Terminal(home, *IMPORT) as terminal:
        terminal.wait_for(r"Importing .* [1-9]\d*%")
        terminal.interrupt()
        assert terminal.wait_for_end() == 130, terminal.output
    found = re.search(r"stopped; ([\d,]+) rows of this file are stored. The same command goes on, and", terminal.output)
    assert found, terminal.output
    assert "'tropa import --undo desk --journey cafe' takes back" in terminal.output
    stored = int(found[1].replace(",", ""))
    assert 0 < stored < MANY
    assert desk("tally", "--check").exit_code == 0
    assert f"{stored:,} rows" in desk("import", "--list").stdout
    assert "not finished" in desk("import", "--list").stdout

    with Terminal(home, *UNDO, "--yes") as terminal:
        terminal.wait_for("Taking back")
        terminal.interrupt()
        assert terminal.wait_for_end() == 130, terminal.output
    assert "stopped; the other rows are still there. The same command goes on" in terminal.output
    assert desk("tally", "--check").exit_code == 0
    undone = re.search(r"([\d,]+) rows taken back", terminal.output)
    assert undone, terminal.output
    assert desk(*UNDO, "--yes").stdout.startswith(f"{stored - int(undone[1].replace(',', '')):,} rows taken back")


@pytest.mark.usefixtures("desk")
async def test_second_import_waits_for_the_first(home: Path) -> None:
    (home / "t.csv").write_text(numbered(4, 5), "utf-8")
    db = Database(f"sqlite:///{home / 'tropa.db'}")
    async with hold_import_lock(db):
        terminal = Terminal(home, *IMPORT)
        terminal.wait_for("waiting for another import into this database to end; Ctrl-C ends the waiting")
    with terminal:
        assert terminal.wait_for_end() == 0, terminal.output
    [unit] = await db.read(lambda tx: table_imports.list_by_journey(tx, "cafe"))
    await db.close()
    assert (unit.rows, unit.is_finished) == (2, True)
