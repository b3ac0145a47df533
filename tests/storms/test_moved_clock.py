"""A clock that is set a week ahead and back: each digest once, and nothing waits for the time that it showed."""

from datetime import timedelta

from sqlalchemy import select

from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.sandbox import faults
from tests.storms.law import hold_to_law
from tests.storms.table import SILENT_MESSENGER
from tests.storms.town import Town, build_town

WEEK = timedelta(days=7)
MANY = 1_000_000


def count_digests(town: Town) -> int:
    return sum(post.has_picture for post in town.record.posts)


async def list_times_ahead(town: Town) -> list[LetterState]:
    """Return the states of the letters that wait for a time more than a day ahead."""
    late = town.stage.clock.now() + timedelta(days=1)
    waits = letter_table.c.state.in_((LetterState.DUE, LetterState.RETRY)) & (letter_table.c.due_at > late)
    return await town.stage.tropa.db.read(
        lambda tx: list(tx.execute(select(letter_table.c.state).where(waits)).scalars())
    )


async def test_clock_set_a_week_ahead_and_back_doubles_no_digest_and_holds_up_no_letter(database_url: str) -> None:
    async with build_town(database_url, 3) as town:
        first, second, third = town.customers
        before = town.stage.clock.now()
        await town.calm(WEEK.total_seconds())
        assert count_digests(town) == 1

        town.sandbox.plan_fault(faults.refusal(401, "Unauthorized"), "sendMessage", times=MANY)
        await town.complain(first)
        await town.complain(second)
        await town.wait_for_trouble((SILENT_MESSENGER,), (), 0)
        await town.sandbox.wait_until_acknowledged()
        await town.stage.tropa._inbox.wait_until_idle()
        town.stage.clock.set(before)
        town.sandbox.faults.clear()
        assert {LetterState.DUE, LetterState.RETRY} <= set(await list_times_ahead(town))
        await town.stage.tropa._outbox.settle_abandoned()  # as the leader does every half minute
        await town.post_event(third)
        await town.calm()
        assert await list_times_ahead(town) == []
        assert count_digests(town) == 1
        await hold_to_law(town)

        await town.calm(WEEK.total_seconds())  # the same Monday, for the second time
        assert count_digests(town) == 1
        await town.calm(WEEK.total_seconds())
        assert count_digests(town) == 2
        await hold_to_law(town)
