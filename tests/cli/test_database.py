"""Commands on the database, `tropa doctor`, and `tropa run` without a token."""

import asyncio
import os
import shutil
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import column, insert, table

from bot.db.engine.database import Connection, Database
from bot.db.upkeep.schema import migrate
from tests.cli.conftest import Tropa, assert_refused
from tests.journeys import SMALL

MOST_WRITES = 50_000  # far more than while a copy begins and lasts, also on a busy machine


@pytest.mark.parametrize(
    "command", [["journey", "list"], ["map", "x", "--describe"], ["why", "x"], ["tally", "--check"]]
)
def test_without_a_database_the_error_names_migrate(cli: Tropa, home: Path, command: list[str]) -> None:
    assert_refused(cli(*command), "the database tropa.db does not exist yet; 'tropa run' or 'tropa migrate' makes it")
    sqlite3.connect(home / "tropa.db").close()
    (home / "tropa.db").touch()
    assert_refused(cli(*command), "the database has no tables yet; 'tropa run' or 'tropa migrate' makes them")


def test_migrate_can_be_repeated_and_makes_files_for_this_user_alone(cli: Tropa, home: Path) -> None:
    assert cli("migrate").stdout == "sqlite:///tropa.db: created\n"
    assert cli("migrate").stdout == "sqlite:///tropa.db: schema is up to date\n"
    assert cli("backup", "copy.db").exit_code == 0
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in home.iterdir()}
    assert modes.keys() >= {"tropa.db", "tropa.db.lock", "copy.db"}
    assert set(modes.values()) == {0o600}


def test_upgrade_that_counts_again_says_so_once(cli: Tropa, home: Path) -> None:
    async def make_old_database() -> None:
        db = Database(f"sqlite:///{home / 'tropa.db'}")
        await migrate(db, "0003")
        await db.write(store_journey)
        await db.close()

    asyncio.run(make_old_database())
    assert cli("migrate").stdout.splitlines() == [
        "computing counters from the answers and visits; this may take minutes",
        "sqlite:///tropa.db: schema is up to date",
    ]
    assert cli("migrate").stdout == "sqlite:///tropa.db: schema is up to date\n"


def store_journey(tx: Connection) -> None:
    """Store a journey as a database of then did: the columns of today are not all there."""
    names = ("key", "version", "source", "applied_by", "applied_at")
    values = ("small", 1, SMALL, "telegram:1", datetime(2026, 11, 20))  # noqa: DTZ001 - as SQLite stores it
    tx.execute(insert(table("journey_version", *map(column, names))).values(dict(zip(names, values, strict=True))))


def test_lost_database_is_migrated_only_when_asked_for(cli: Tropa, home: Path) -> None:
    cli("migrate")
    (home / "tropa.db").unlink()
    refusal = (
        "the database tropa.db is missing, but tropa.db.lock beside it shows that it was in use: put the file back or "
        "restore a backup; 'tropa migrate --new' begins with an empty one"
    )
    for command in (["migrate"], ["inbox", "list"], ["backup", "copy.db"]):
        assert_refused(cli(*command), refusal)
    assert f"!   database   {refusal}" in cli("doctor").stdout
    assert not (home / "tropa.db").exists()
    assert cli("migrate", "--new").stdout == "sqlite:///tropa.db: created\n"
    assert cli("migrate").exit_code == 0


def test_file_that_is_no_database_is_reported(cli: Tropa, home: Path) -> None:
    (home / "tropa.db").write_text("no database at all, but long enough to be looked at\n" * 50, "utf-8")
    assert_refused(cli("migrate"), "the database tropa.db: this file is not a database")
    result = cli("doctor")
    assert result.exit_code == 1
    assert "!   database   the database tropa.db: this file is not a database" in result.stdout


def test_doctor_says_that_the_database_may_not_be_written_to(
    airline: Tropa, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write to everything, so the system's answer is played."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home.absolute())
    assert f"!   database   the database tropa.db: this user may not write to {home}; check whose it is" in (
        airline("doctor").stdout
    )


def test_doctor_speaks_of_another_tropa_only_where_the_port_is_taken(airline: Tropa, home: Path) -> None:
    (home / "other.toml").write_text('[http]\nhost = "192.0.2.1"\n', "utf-8")
    text = "[http] 192.0.2.1:8080: this machine does not have this address; use 127.0.0.1 or 0.0.0.0"
    assert f"!   http       {text}\n" in airline("--config", "other.toml", "doctor").stdout


def test_backup_is_a_complete_database(airline: Tropa, home: Path) -> None:
    assert airline("backup", "copy.db").exit_code == 0
    (home / "other.toml").write_text('[database]\nurl = "sqlite:///copy.db"\n', "utf-8")
    assert airline("--config", "other.toml", "journey", "list").stdout.startswith("airline\t")
    assert_refused(airline("backup", "copy.db"), "copy.db: exists already; nothing was written")
    assert_refused(airline("backup", "nowhere/copy.db"), "nowhere/copy.db: there is no folder nowhere")


def test_backup_ends_while_the_bot_goes_on_writing(airline: Tropa, home: Path) -> None:
    with sqlite3.connect(home / "tropa.db") as db:
        db.execute("CREATE TABLE filling (content)")
        db.executemany("INSERT INTO filling VALUES (?)", [(b"x" * 4000,)] * 8000)
    db.close()
    airline(
        "backup", "first.db"
    )  # imports what the command needs, so that the second copy takes no longer than it must
    is_copied = threading.Event()

    def write_until_copied() -> int:
        writes = 0
        with closing(sqlite3.connect(home / "tropa.db", timeout=10, isolation_level=None)) as writer:
            # As a bot does, it leaves moments in which others may write: the copy is noted in the audit log.
            while not is_copied.wait(0.0005) and writes < MOST_WRITES:
                writer.execute("INSERT INTO filling VALUES (1)")
                writes += 1
        return writes

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_until_copied)
        result = airline("backup", "copy.db")
        is_copied.set()
    assert result.exit_code == 0, result.output
    assert writing.result() < MOST_WRITES, "the copy waited until nobody wrote any more"


def test_backup_of_postgresql_names_pg_dump(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_DATABASE__URL", "postgresql://u:secret@h/d")
    result = cli("backup", "x.db")
    assert "pg_dump" in result.stderr
    assert "secret" not in result.output


def test_restore_brings_the_backup_back_and_keeps_the_former_database(airline: Tropa, home: Path) -> None:
    assert airline("backup", "copy.db").exit_code == 0
    (home / "tropa.db").chmod(0o600)
    with closing(sqlite3.connect(home / "tropa.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("DELETE FROM journey_version")
        # As after a kill: what was written last stands in the log alone.
        shutil.copy(home / "tropa.db-wal", home / "left-wal")
    shutil.copy(home / "left-wal", home / "tropa.db-wal")
    result = airline("restore", "copy.db")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("tropa.db: restored from copy.db; the former one is tropa.db.before-")
    assert airline("journey", "list").stdout.startswith("airline\t")
    assert airline("tally", "--check").exit_code == 0
    assert (home / "tropa.db").stat().st_mode & 0o777 == 0o600
    (home / "other.toml").write_text(f'[database]\nurl = "sqlite:///{result.stdout.split()[-1]}"\n', "utf-8")
    assert airline("--config", "other.toml", "journey", "list").stdout == ""


def test_restore_takes_the_place_of_a_lost_database(airline: Tropa, home: Path) -> None:
    airline("backup", "copy.db")
    (home / "tropa.db").unlink()
    assert airline("restore", "copy.db").stdout == "tropa.db: restored from copy.db\n"
    assert airline("migrate").stdout == "sqlite:///tropa.db: schema is up to date\n"


@pytest.mark.parametrize("content", [b"", b"no database " * 500, b"SQLite format 3\x00" + b"\xa7" * 5000])
def test_restore_refuses_what_is_no_backup_and_changes_nothing(airline: Tropa, home: Path, content: bytes) -> None:
    (home / "copy.db").write_bytes(content)
    refusal = "copy.db: this is no database of Tropa, or it is damaged; nothing was changed"
    assert_refused(airline("restore", "copy.db"), refusal)
    assert_refused(airline("restore", "nowhere.db"), "nowhere.db: there is no such file")
    os.mkfifo(home / "pipe")
    assert_refused(airline("restore", "pipe"), "pipe: is a pipe; save the backup as a file first")
    assert airline("journey", "list").stdout.startswith("airline\t")


def test_restore_is_refused_while_tropa_runs(airline: Tropa, home: Path) -> None:
    airline("backup", "copy.db")
    files = Database(f"sqlite:///{home / 'tropa.db'}").files
    files.lock()
    result = airline("restore", "copy.db")
    files.unlock()
    assert_refused(
        result, f"the database tropa.db: another Tropa (process {os.getpid()}) runs on it; stop that one first"
    )
    assert not list(home.glob("tropa.db.*-*"))


def test_restore_of_postgresql_names_pg_restore(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_DATABASE__URL", "postgresql://u:secret@h/d")
    assert "pg_restore" in cli("restore", "x.db").stderr


def test_tally_finds_and_corrects_a_wrong_counter(airline: Tropa, home: Path) -> None:
    assert airline("tally", "--check").stdout == "airline: no counters wrong\n"
    with closing(sqlite3.connect(home / "tropa.db")) as db, db:
        db.execute("UPDATE tally SET n = n + 1 WHERE subject = 'seat_comfort' AND measure = 'csat'")
        db.execute("UPDATE tally SET total = total + 1 WHERE subject = 'seat_comfort' AND measure = 'csat.people'")
        db.execute(
            "INSERT INTO gap_tally (journey, day, subject, measure, gap, previous, pairs, total, products)"
            " VALUES ('airline', '2026-10-01', '', 'customers', 6, 0, 3, 6, 3)"
        )
    db.close()
    result = airline("tally", "--check")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[:3] == [
        "airline: 2026-10-01 seat_comfort csat 4: 7 stored, 6 counted",
        "airline: 2026-10-01 seat_comfort csat.people: 6 stored and counted, but their sums differ",
        "airline: 2026-10-01 (whole journey) customers, pairs 7–8 days apart: 3 stored, 0 counted",
    ]
    # The sums of the day and of the week that they are a part of do not fit them.
    assert "airline: 2026-10-01 seat_comfort csat, everyone 4: 6 stored, 7 summed" in lines
    assert "airline: week of 2026-09-28 (whole journey) customers, pairs 7–8 days apart: 0 stored, 3 summed" in lines
    assert result.stdout == "airline: 10 counters wrong\n"
    assert airline("tally", "--rebuild", "--journey", "airline").stdout == "airline: 10 counters corrected\n"
    assert airline("tally", "--check").exit_code == 0
    assert airline("tally").exit_code == 2


def test_doctor_passes_every_check(airline: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_HTTP__PORT", "0")
    result = airline("doctor")
    assert result.exit_code == 0, result.output
    assert all(line.startswith("ok ") for line in result.stdout.splitlines())


def test_doctor_tells_journeys_that_the_first_start_will_apply_from_those_that_are_missing(
    cli: Tropa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROPA_HTTP__PORT", "0")
    cli("init")
    cli("migrate")
    result = cli("doctor")
    assert result.exit_code == 0, result.output
    assert "ok  journeys   none is in force yet: 'tropa run' begins with those of [journeys] paths" in result.stdout
    monkeypatch.setenv("TROPA_JOURNEYS__PATHS", "[]")
    result = cli("doctor")
    assert result.exit_code == 1
    assert "!   journeys   none is in force: run 'tropa journey apply FILE'" in result.stdout


def test_run_without_a_token_says_where_to_get_one(cli: Tropa) -> None:
    assert_refused(cli("run"), "telegram.token is missing: set it to the token from @BotFather, or try 'tropa demo'")
