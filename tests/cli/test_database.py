"""Commands on the database, and `tropa doctor` and `tropa run` without one."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Tropa, assert_refused


@pytest.mark.parametrize(
    "command", [["journey", "list"], ["map", "x", "--describe"], ["why", "x"], ["tally", "--check"]]
)
def test_without_a_database_the_error_names_migrate(cli: Tropa, home: Path, command: list[str]) -> None:
    assert_refused(cli(*command), "the database tropa.db does not exist yet; run 'tropa migrate'")
    sqlite3.connect(home / "tropa.db").close()
    (home / "tropa.db").touch()
    assert_refused(cli(*command), "the database is not of this version yet; run 'tropa migrate'")


def test_migrate_can_be_repeated(cli: Tropa) -> None:
    assert cli("migrate").stdout == cli("migrate").stdout == "sqlite:///tropa.db: schema is up to date\n"


def test_file_that_is_no_database_is_reported(cli: Tropa, home: Path) -> None:
    (home / "tropa.db").write_text("no database at all, but long enough to be looked at\n" * 50, "utf-8")
    assert_refused(cli("migrate"), "the database tropa.db: this file is not a database")
    said = cli("doctor")
    assert said.exit_code == 1
    assert "!   database   the database tropa.db: this file is not a database" in said.stdout


def test_backup_is_a_complete_database(airline: Tropa, home: Path) -> None:
    assert airline("backup", "copy.db").exit_code == 0
    (home / "other.toml").write_text('[database]\nurl = "sqlite:///copy.db"\n', "utf-8")
    assert airline("--config", "other.toml", "journey", "list").stdout.startswith("airline\t")
    assert_refused(airline("backup", "copy.db"), "copy.db: exists already; nothing was written")
    assert airline("backup", "nowhere/copy.db").stderr.startswith("nowhere/copy.db: the copy could not be made")


def test_backup_of_postgresql_names_pg_dump(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_DATABASE__URL", "postgresql://u:secret@h/d")
    said = cli("backup", "x.db")
    assert "pg_dump" in said.stderr
    assert "secret" not in said.output


def test_tally_finds_and_corrects_a_wrong_counter(airline: Tropa, home: Path) -> None:
    assert airline("tally", "--check").stdout == "airline: no counters wrong\n"
    with sqlite3.connect(home / "tropa.db") as db:
        db.execute("UPDATE tally SET n = n + 1 WHERE subject = 'seat_comfort'")
    db.close()
    said = airline("tally", "--check")
    assert said.exit_code == 1
    assert "airline: 2026-10-01 seat_comfort csat 4: 7 stored, 6 counted" in said.stderr
    assert airline("tally", "--rebuild", "--journey", "airline").stdout == "airline: 1 counter corrected\n"
    assert airline("tally", "--check").exit_code == 0
    assert airline("tally").exit_code == 2


def test_doctor_passes_every_check(airline: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_HTTP__PORT", "0")
    said = airline("doctor")
    assert said.exit_code == 0, said.output
    assert all(line.startswith("ok ") for line in said.stdout.splitlines())


def test_run_without_a_token_says_where_to_get_one(cli: Tropa) -> None:
    assert_refused(cli("run"), "telegram.token is missing: set it to the token from @BotFather, or try 'tropa demo'")
