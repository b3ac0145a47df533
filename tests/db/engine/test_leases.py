"""One process leads: others wait or are refused, a dead one is replaced, each has a higher epoch than the last."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.clock import wall_now
from bot.db.engine.database import Database
from bot.db.engine.leases import Leadership
from bot.db.engine.sqlite.files import AlreadyRunning
from bot.db.engine.tables import lease_table


async def test_a_second_process_on_the_same_sqlite_is_refused_with_the_number_of_the_first(sqlite_url: str) -> None:
    db, other = Database(sqlite_url), Database(sqlite_url)
    async with Leadership(db) as first:
        with pytest.raises(AlreadyRunning, match=r"another Tropa \(process \d+\) runs on it; stop that one first"):
            async with Leadership(other):
                pass
    async with Leadership(other) as second:
        assert (first.epoch, second.epoch) == (1, 2)
    await db.close()
    await other.close()


async def test_a_killed_process_leaves_no_lock_behind(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "tropa.db.lock").write_text("999999")
    db = Database(sqlite_url)
    async with Leadership(db) as lead:
        assert lead.epoch == 1
        assert not lead.lost.is_set()
    await db.close()


@pytest.mark.postgresql
async def test_on_postgresql_the_next_process_leads_as_soon_as_the_first_leaves(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    first, second = (Leadership(db, renew_every=0.05, lost_after=60) for _ in range(2))
    async with first:
        assert not await second.try_to_lead()
        waiting = asyncio.create_task(second.__aenter__())
        await asyncio.sleep(0)
    await asyncio.wait_for(waiting, 60)
    assert (first.epoch, second.epoch) == (1, 2)
    await second.__aexit__(None, None, None)
    await db.close()


@pytest.mark.postgresql
async def test_a_waiting_process_leads_when_the_lease_ends_and_not_at_its_next_look(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    killed, waiting = Leadership(db, lost_after=0.3), Leadership(db, renew_every=60)
    assert await killed.try_to_lead()
    async with asyncio.timeout(60):
        await waiting.__aenter__()
    assert (killed.epoch, waiting.epoch) == (1, 2)
    await waiting.__aexit__(None, None, None)
    await db.close()


@pytest.mark.postgresql
async def test_a_leader_that_does_not_renew_is_replaced_and_notices(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    silent, eager = Leadership(db, renew_every=0.05, lost_after=60), Leadership(db, renew_every=0.05)
    async with silent:
        past = wall_now() - timedelta(seconds=1)
        await db.write(lambda tx: tx.execute(update(lease_table).values(until=past, holder="stopped for a while")))
        async with eager:
            await asyncio.wait_for(silent.lost.wait(), 60)
            assert eager.epoch == silent.epoch + 1
            assert not eager.lost.is_set()
    await db.close()


@pytest.mark.postgresql
async def test_a_leader_that_cannot_reach_the_database_gives_up_before_another_may_lead(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    # It gives up two seconds before the end: room for a machine that is busy with other tests.
    async with Leadership(db, renew_every=2, lost_after=4) as lead:
        await db.write(lambda tx: tx.execute(text("ALTER TABLE lease RENAME TO gone")))
        await asyncio.wait_for(lead.lost.wait(), 60)
        gave_up = wall_now()
        await db.write(lambda tx: tx.execute(text("ALTER TABLE gone RENAME TO lease")))
        assert gave_up < await db.read(lambda tx: tx.execute(lease_table.select()).one().until)
    await db.close()


@pytest.mark.postgresql
async def test_of_many_processes_that_want_to_lead_one_does(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    for epoch in range(1, 6):
        wanting = [Leadership(db) for _ in range(6)]
        leads = await asyncio.gather(*[one.try_to_lead() for one in wanting])
        assert leads.count(True) == 1
        assert max(one.epoch for one in wanting) == epoch
        await db.write(lambda tx: tx.execute(update(lease_table).values(until=wall_now() - timedelta(seconds=1))))
    await db.close()
