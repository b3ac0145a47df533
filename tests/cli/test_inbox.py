"""`tropa inbox`: what was set aside is listed by its error and handled again; erased words are explained."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db.delivery import inbox
from bot.db.delivery.inbox import RawUpdate, StoredUpdate
from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Connection, Database
from tests.cli.conftest import Tropa

BOT = "123456"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
CRASH = "OperationalError at cases.py:98"
UNREADABLE = "this update cannot be understood"


async def _plant(*updates: tuple[str, str, str], forgotten: str = "") -> None:
    """Set updates aside: (bot, chat, error) each; then forget a chat."""
    db = Database("sqlite:///tropa.db")

    def write(tx: Connection) -> None:
        for number, (bot, chat, error) in enumerate(updates):
            raw = RawUpdate(number, chat, "canary")
            (stored,) = inbox.insert_updates(tx, bot, [raw], NOON + timedelta(minutes=number))
            inbox.count_failure(tx, stored.id, error)
            inbox.set_aside(tx, stored.id, error, NOON)
        inbox.blank_chat(tx, forgotten)

    await db.write(write)
    await db.close()


async def _waiting() -> tuple[list[StoredUpdate], list[InboxState]]:
    db = Database("sqlite:///tropa.db")
    ids = await db.read(lambda tx: [row.id for row in inbox.list_waiting(tx, BOT, of_chat=9, limit=9)])
    found = await db.read(lambda tx: inbox.load_updates(tx, ids))
    states = await db.read(
        lambda tx: list(tx.execute(select(inbox_table.c.state).order_by(inbox_table.c.id)).scalars())
    )
    await db.write(lambda tx: inbox.delete_done(tx, NOON + timedelta(days=9)))
    waiting = await db.read(lambda tx: inbox.load_updates(tx, ids))
    await db.close()
    assert waiting == found  # what is to be handled again is not pruned as finished
    return found, states


@pytest.fixture
def bot(cli: Tropa, home: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Tropa:
    shutil.copy(sqlite_template, home / "tropa.db")
    monkeypatch.setenv("TROPA_TELEGRAM__TOKEN", f"{BOT}:{'x' * 35}")
    return cli


def test_what_was_set_aside_is_handled_again_from_the_beginning(bot: Tropa) -> None:
    asyncio.run(_plant((BOT, "7", CRASH), (BOT, "8", UNREADABLE), (BOT, "9", CRASH)))
    lines = [
        f"2 updates since 2026-11-02 12:00 UTC: {CRASH}",
        f"1 update since 2026-11-02 12:01 UTC: {UNREADABLE}",
    ]
    listed = bot("inbox", "list")
    assert listed.stdout.splitlines() == lines, listed.output
    result = bot("inbox", "retry")
    said = "3 updates will be handled again: by the running bot within seconds, or at its next start"
    assert (result.exit_code, result.stdout.splitlines()) == (0, [*lines, said])
    waiting, states = asyncio.run(_waiting())
    assert [(update.chat, update.payload, update.attempts) for update in waiting] == [
        ("7", "canary", 0),
        ("8", "canary", 0),
        ("9", "canary", 0),
    ]
    assert states == [InboxState.NEW] * 3
    assert bot("inbox", "retry").stdout == "no update is set aside\n"


def test_erased_words_are_explained_and_updates_of_another_bot_are_left(bot: Tropa) -> None:
    asyncio.run(_plant((BOT, "7", CRASH), (BOT, "8", CRASH), ("1", "9", CRASH), forgotten="8"))
    result = bot("inbox", "retry")
    assert result.stdout.splitlines() == [
        f"2 updates since 2026-11-02 12:00 UTC: {CRASH}",
        "1 update will be handled again: by the running bot within seconds, or at its next start",
        "1 update cannot be handled again: its words were erased when the person was forgotten",
    ]
    waiting, states = asyncio.run(_waiting())
    assert ([update.chat for update in waiting], states) == (["7"], ["new", "failed", "failed"])
