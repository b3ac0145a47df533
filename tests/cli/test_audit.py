"""`tropa audit`: what commands did is shown, filtered and printed for programs; the empty log says so."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import HTTP, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.people.forget_customer import forget_customer
from tests.cli.conftest import Tropa, assert_refused

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def act_as(monkeypatch: pytest.MonkeyPatch, user: str) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, user)


async def _store_looks(*, forgotten: bool) -> None:
    """Store two looks at the words of 77 and one of an export; then forget 77."""
    db = Database("sqlite:///tropa.db")

    def write(tx: Connection) -> None:
        person = customers.ensure_external_ids(tx, ["77"], NOON)["77"]
        anna = AuditActor("telegram:5", "Anna")
        for action in (AuditAction.VIEW_VOICES, AuditAction.READ_KEPT_MESSAGES):
            audit_entries.record_entry(tx, NOON, anna, action, journey="shop", persons=(person.id,))
        audit_entries.record_entry(tx, NOON, HTTP, AuditAction.EXPORT_MAP, journey="cafe", people=1200)
        if forgotten:
            forget_customer(tx, person.id, None, 5, NOON)

    await db.write(write)
    await db.close()


@pytest.fixture
def log(cli: Tropa, home: Path, sqlite_template: Path) -> Tropa:
    shutil.copy(sqlite_template, home / "tropa.db")
    return cli


def test_empty_log_says_so_and_prints_no_line_for_scripts(log: Tropa) -> None:
    result = log("audit", "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "the audit log is empty: nobody has looked at anything or changed anything yet\n"


def test_commands_are_recorded_with_the_user_of_this_machine(
    airline: Tropa, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_as(monkeypatch, "olga")
    assert airline("export", "airline", "--out", "a.csv").exit_code == 0
    assert airline("backup", "copy.db").exit_code == 0
    assert airline("restore", "copy.db").exit_code == 0
    assert airline("import", "--undo", "passengers", "--journey", "airline", "--yes").exit_code == 0
    lines = airline("audit").stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        "undo-import",
        "restore-database",
        "back-up-database",
        "export-rows",
        "import-table",
        "apply-journey",
    ]
    assert all(line.endswith("by command line: olga") for line in lines[:4])
    assert "airline  answers  about 6 people  by" in lines[3]
    assert len(airline("audit", "--actor", "command line").stdout.splitlines()) == 6, "whoever it was"


def test_entries_are_found_by_each_filter_and_printed_for_people(log: Tropa) -> None:
    asyncio.run(_store_looks(forgotten=False))

    def actions(*options: str) -> list[str]:
        return [json.loads(line)["action"] for line in log("audit", "--json", *options).stdout.splitlines()]

    assert actions("--customer", "77") == ["read-kept-messages", "view-voices"]
    assert actions("--customer", "78") == []
    assert actions("--journey", "cafe") == actions("--actor", "http") == ["export-map"]
    assert actions("--action", "view-voices", "--actor", "telegram:5") == ["view-voices"]
    assert len(actions("--since", "2026-11-02")) == 3
    assert actions("--since", "2026-11-03") == []
    result = log("audit", "--limit", "2")
    assert result.stdout.splitlines() == [
        "2026-11-02 12:00 UTC  export-map  cafe  about 1,200 people  by http",
        "2026-11-02 12:00 UTC  read-kept-messages  shop  about 77  by telegram:5 (Anna)",
    ]
    assert result.stderr == "there are older entries; --limit shows more than 2\n"
    assert log("audit", "--customer", "78").stderr == "no entry of the audit log fits\n"


def test_somebody_forgotten_is_found_by_their_id_and_named_by_nothing(log: Tropa) -> None:
    asyncio.run(_store_looks(forgotten=True))
    result = log("audit", "--customer", "77")
    lines = result.stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["forget-person", "read-kept-messages", "view-voices"]
    assert all("about forgotten " in line for line in lines)
    assert "77" not in log("audit").stdout.replace("1,200", "").split("about forgotten ")[0]


def test_unknown_action_names_a_similar_one(log: Tropa) -> None:
    hint = "--action: there is no action of this name; did you mean view-voices?"
    assert_refused(log("audit", "--action", "view-voice"), hint)
