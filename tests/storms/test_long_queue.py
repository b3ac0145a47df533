"""Hours of outage leave a long queue: letters leave it as quickly as a short one, and fresh replies go ahead."""

from datetime import timedelta

import pytest

from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Database
from bot.outbox.kinds import LetterName
from cjm.address import Address
from tests.storms.company import open_company
from tests.storms.long_queue import GROUP, NOW, measure_both, measure_claims, post_letters, take_and_record
from tests.storms.promises import check_promises

WAITING = 8_000
NOISE = 3.0  # ratio of two measures of the same on a busy machine; a cost that grew with the queue would be 16 times
OUTAGE = timedelta(hours=3)


async def test_a_letter_costs_no_more_however_many_wait_and_fresh_replies_go_ahead(any_db: Database) -> None:
    short, long = await measure_both(any_db, WAITING)
    assert long.statements <= short.statements * 1.1
    assert long.cpu <= short.cpu * NOISE
    reply = NewLetter("reply", Address("telegram", "7"), LetterName.CASE_RECEIPT, LetterPriority.REPLY, NOW)
    await any_db.write(lambda tx: letters.post(tx, reply, NOW) and None)
    assert LetterPriority.REPLY in await any_db.write(take_and_record)


async def test_a_chat_with_a_long_queue_of_its_own_slows_down_no_other(db: Database) -> None:
    await post_letters(db, 2_000_000, 500)
    alone = await measure_claims(db, 500)
    await post_letters(db, 0, WAITING, GROUP)
    assert (await measure_claims(db, WAITING)).cpu <= alone.cpu * NOISE


@pytest.mark.timeout(300)
async def test_after_hours_without_the_messenger_all_are_asked_once_and_a_tap_is_answered_before(
    database_url: str,
) -> None:
    async with open_company(database_url, 41) as company:
        tapping, *waiting = company.customers
        await company.post_event(tapping)
        await company.calm()
        port = int(company.sandbox.url.rpartition(":")[2])
        await company.sandbox.stop()
        for customer in waiting:
            await company.post_event(customer)
        await company.wait_for_trouble((), ("messenger", "polling"), 0)
        company.stage.clock.advance(OUTAGE)
        await company.tap(tapping)
        posted = len(company.record.posts)
        await company.sandbox.start(port=port)
        await company.customers[tapping].wait_for_message(lambda message: "🙂" not in message.buttons)
        assert len(company.record.posts) - posted < len(waiting) // 2
        await company.calm(OUTAGE.total_seconds())
        counts = await check_promises(company)
        assert counts.unknown == 0
