"""The upgrade that counts what became of questions: of those from before, by survey, and not by hour."""

from alembic import command
from sqlalchemy import func, select

import migrations
from bot.db.asking.tables import invitation_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection, Database
from bot.db.upkeep.schema import migrate
from cjm.figures.asking.outcome import UNKNOWN_HOUR
from cjm.figures.tally import ASKED
from tests.usecases.asking.world import FELT, World, make_world


def go_back(tx: Connection) -> None:
    config = migrations.config()
    config.attributes["connection"] = tx
    command.downgrade(config, "0020")


async def ask_about_three_visits(world: World) -> None:
    invitation = await world.visit("answered")
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    invitation = await world.visit("stopped")
    await world.stop.stop(world.make_tap(invitation))
    await world.stop.ask_again(world.make_tap(invitation).address)
    await world.visit("open")


async def test_questions_from_before_the_upgrade_have_an_outcome_and_no_hour(any_db: Database) -> None:
    world = await make_world(any_db)
    await ask_about_three_visits(world)
    before = await any_db.read(count_outcomes)
    assert sorted(before.values()) == [1, 1, 1]
    assert await any_db.read(has_zeros), "the first question was open, then answered"
    await any_db.write(go_back)
    await migrate(any_db)
    assert not await any_db.read(has_zeros)
    assert await any_db.read(count_outcomes) == before
    hours = await any_db.read(lambda tx: set(tx.scalars(select(invitation_table.c.sent_hour))))
    assert hours == {UNKNOWN_HOUR}
    assert await world.wrong_counters() == []


def count_outcomes(tx: Connection) -> dict[str, int]:
    is_meant = tally_table.c.measure.startswith(ASKED) & (tally_table.c.n > 0)
    return {row.bucket: row.n for row in tx.execute(select(tally_table).where(is_meant))}


def has_zeros(tx: Connection) -> bool:
    """Tell whether the counters of outcomes, or of answers, have come to zero somewhere."""
    return tx.scalar(select(func.count()).where(tally_table.c.n == 0, tally_table.c.total == 0)) != 0
