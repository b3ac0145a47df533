"""A clock that is set a week ahead and back: each digest once, and nothing waits for the time that it showed."""

from datetime import timedelta

from sqlalchemy import select

from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.sandbox import faults
from tests.storms.company import StormCompany, open_company
from tests.storms.promises import check_promises
from tests.storms.table import SILENT_MESSENGER

WEEK = timedelta(days=7)
MANY = 1_000_000


def count_digests(company: StormCompany) -> int:
    return sum(post.has_picture for post in company.record.posts)


async def list_times_ahead(company: StormCompany) -> list[LetterState]:
    """Return the states of the letters that wait for a time more than a day ahead."""
    late = company.stage.clock.now() + timedelta(days=1)
    waits = letter_table.c.state.in_((LetterState.DUE, LetterState.RETRY)) & (letter_table.c.due_at > late)
    return await company.stage.tropa.db.read(
        lambda tx: list(tx.execute(select(letter_table.c.state).where(waits)).scalars())
    )


async def test_clock_set_a_week_ahead_and_back_doubles_no_digest_and_holds_up_no_letter(database_url: str) -> None:
    async with open_company(database_url, 3) as company:
        first, second, third = company.customers
        before = company.stage.clock.now()
        await company.calm(WEEK.total_seconds())
        assert count_digests(company) == 1

        company.sandbox.plan_fault(faults.refusal(401, "Unauthorized"), "sendMessage", times=MANY)
        await company.complain(first)
        await company.complain(second)
        await company.wait_for_trouble((SILENT_MESSENGER,), (), 0)
        await company.sandbox.wait_until_acknowledged()
        await company.stage.tropa._inbox.wait_until_idle()
        company.stage.clock.set(before)
        company.sandbox.faults.clear()
        assert {LetterState.DUE, LetterState.RETRY} <= set(await list_times_ahead(company))
        await company.stage.tropa._outbox.settle_abandoned()  # as the leader does every half minute
        await company.post_event(third)
        await company.calm()
        assert await list_times_ahead(company) == []
        assert count_digests(company) == 1
        await check_promises(company)

        await company.calm(WEEK.total_seconds())  # the same Monday, for the second time
        assert count_digests(company) == 1
        await company.calm(WEEK.total_seconds())
        assert count_digests(company) == 2
        await check_promises(company)
