"""A leader that was stopped in the middle of a transaction holds up its own letter only, until its locks are gone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.clock import FrozenClock
from bot.db.delivery import letter_steps, letters
from bot.db.delivery.letters import NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from cjm.address import Address
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.postgresql
@pytest.mark.parametrize("step", ["leased", "sending"])
async def test_letter_that_a_stopped_leader_has_locked_delays_no_other(postgresql_url: str, step: str) -> None:
    db, stopped = Database(postgresql_url), Database(postgresql_url)
    messenger, clock = ScriptedMessenger(), FrozenClock(NOW)
    new = [NewLetter(key=key, to=Address("telegram", key), kind="note", priority=30, due_at=NOW) for key in "123"]
    await db.write(lambda tx: letters.post(tx, new, NOW))

    def begin_to_send(tx: Connection) -> None:
        for letter in letter_steps.claim(tx, now=NOW, limit=3, epoch=1):
            if step == "sending":
                letter_steps.mark_sending(tx, letter.id, epoch=1)

    await stopped.write(begin_to_send)
    successor = make_outbox(db, clock, messenger, [Note()])
    async with stopped._engine.connect() as transaction:
        await transaction.execute(text("SELECT * FROM letter WHERE key = '1' FOR UPDATE"))
        await successor.take_over(2)
        await successor.drain()
        assert (await db.read(letters.count_by_state))[LetterState(step)] == 1
    await successor.settle_abandoned()
    await successor.drain()
    ends = {"leased": {LetterState.SENT: 3}, "sending": {LetterState.UNKNOWN: 3}}
    assert await db.read(letters.count_by_state) == ends[step]
    assert len(messenger.sent_texts()) == len(set(messenger.sent_texts())) == (3 if step == "leased" else 0)
    await db.close()
    await stopped.close()
