"""A tap is one short transaction: statements are what it costs, so there are seven at most, but for rare ones.

An answer on a scale takes one more: its day pairs with the person's other days, which are read. Beside these each table
of counters takes one, which is sent once for all taps that share a commit (`tests/db/counters/test_shared_commits.py`).
"""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.config.settings import TeamSettings
from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers, managers
from bot.outbox.messenger import Uncertain
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.journeys.visit import Event
from tests.statements import listen_to_statements
from tests.usecases.asking.world import ALICE, CSAT, EXPIRE, FELT, NOON, PACKED, WHY, WORDS, World, make_world

MOST, MOST_ON_SCALE = 7, 8
COUNTERS = re.compile(r"INSERT INTO (?:gap_)?tally")
# A new case asks how much its customer has written, then for a team with a chat, and then for managers.
MORE = {
    "contact, a case for the team": 9,  # one for the files that came with the words
    "contact, a case for managers": 10,  # as above
    "first answer of somebody who was unreachable": 10,  # what waits for them is due again
    "stop, which opens the conversation": 8,  # the record of consent
    "stop": 8,  # as above
    "stop taken back": 9,  # as above
    "not about this taken back": 8,  # the mute
}
TEAM = TeamSettings.model_validate({"key": "care", "chat": "telegram:-100500", "journeys": ["shop"]})
BOSS = Address("telegram", "99")

Prepare = Callable[[World], Awaitable[ConversationTap]]
Tap = Callable[[World, ConversationTap], Awaitable[TurnResult]]


# ---- what stands before the tap --------------------------------------------------------------------------------------


async def asked(world: World) -> ConversationTap:
    return world.make_tap(await world.visit())


async def not_reported_yet(world: World) -> ConversationTap:
    """The question is in the chat, and the report of its delivery has not come."""
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    return ConversationTap(ALICE, "1", 1)


async def delivery_unknown(world: World) -> ConversationTap:
    world.messenger.will_raise(Uncertain("reset"))
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    await world.deliver()
    return ConversationTap(ALICE, "1", 1)


async def unreachable(world: World) -> ConversationTap:
    """The customer had blocked us after the question came."""
    tap = await asked(world)
    await world.db.write(lambda tx: customers.update_customer(tx, world.person.id, unreachable_at=NOON))
    return tap


async def before_words(world: World) -> ConversationTap:
    """The next answer leads to a question in words."""
    tap = await asked(world)
    for place, value in ((FELT, 1), (CSAT, 3)):
        await world.give.answer(tap, place, value)
    return tap


async def at_words(world: World) -> ConversationTap:
    return world.make_tap(await world.answer_until_words())


async def in_an_older_message(world: World) -> ConversationTap:
    """A reminder has brought the question again, and the customer taps the first message."""
    invitation = await world.visit()
    world.clock.advance(timedelta(hours=50))
    await world.remind()
    await world.deliver()
    assert world.last == "2"
    return world.make_tap(invitation, message="1")


async def with_words(world: World) -> ConversationTap:
    invitation = await world.answer_until_words()
    await world.write("They lost it")
    return world.make_tap(invitation)


async def at_the_end(world: World) -> ConversationTap:
    tap = await with_words(world)
    await world.give.answer(tap, PACKED, 2)
    return tap


async def with_managers(world: World) -> ConversationTap:
    """Nothing but a manager looks after cases."""
    boss: dict[str, Any] = {"name": "Boss", "language": "en", "journeys": None, "added_by": None, "now": NOON}
    await world.db.write(lambda tx: managers.save(tx, BOSS, **boss))
    return await at_the_end(world)


async def muted(world: World) -> ConversationTap:
    tap = await at_words(world)
    await world.stop.mute(tap)
    return tap


async def stopped(world: World) -> ConversationTap:
    tap = await at_words(world)
    await world.stop.stop(tap)
    return tap


async def snoozed(world: World) -> ConversationTap:
    tap = await at_words(world)
    await world.stop.snooze(tap)
    return tap


# ---- the tap ---------------------------------------------------------------------------------------------------------


def answer(place: int, value: int) -> Tap:
    return lambda world, tap: world.give.answer(tap, place, value)


async def wish_contact(world: World, tap: ConversationTap) -> TurnResult:
    """Ask to be contacted, in a company with a team chat."""
    give = GiveAnswer(world.db, world.clock, EXPIRE, OpenCaseFromResponse(CaseRouting([TEAM], ())))
    return await give.settle_contact(tap, True)


TAPS: dict[str, tuple[Prepare, Tap, TapNotice]] = {
    "first answer": (asked, answer(FELT, 1), TapNotice.SAVED),
    "first answer, which opens the conversation": (not_reported_yet, answer(FELT, 1), TapNotice.SAVED),
    "first answer, which proves that the question came": (delivery_unknown, answer(FELT, 1), TapNotice.SAVED),
    "first answer of somebody who was unreachable": (unreachable, answer(FELT, 1), TapNotice.SAVED),
    "another answer": (before_words, answer(CSAT, 1), TapNotice.CHANGED),
    "answer that leads to words": (before_words, answer(WHY, 0), TapNotice.SAVED),
    "answer that closes a branch with words": (with_words, answer(CSAT, 5), TapNotice.CHANGED),
    "answer in an older message": (in_an_older_message, answer(FELT, 1), TapNotice.SAVED),
    "last answer": (with_words, answer(PACKED, 2), TapNotice.SAVED),
    "same answer again": (before_words, answer(CSAT, 3), TapNotice.SAME),
    "refused answer": (asked, answer(PACKED, 9), TapNotice.NOT_ASKED),
    "skip": (at_words, lambda world, tap: world.give.skip(tap, WORDS), TapNotice.SKIPPED),
    "change": (at_the_end, lambda world, tap: world.give.change(tap, CSAT), TapNotice.MOVED),
    "back": (at_words, lambda world, tap: world.give.go_back(tap), TapNotice.MOVED),
    "back to words": (with_words, lambda world, tap: world.give.go_back(tap), TapNotice.MOVED),
    "resume": (snoozed, lambda world, tap: world.give.resume(tap), TapNotice.MOVED),
    "enough": (at_words, lambda world, tap: world.give.finish(tap), TapNotice.MOVED),
    "no contact": (at_the_end, lambda world, tap: world.give.settle_contact(tap, False), TapNotice.SAVED),
    "contact, a case for the team": (at_the_end, wish_contact, TapNotice.SAVED),
    "contact, a case for managers": (
        with_managers,
        lambda world, tap: world.give.settle_contact(tap, True),
        TapNotice.SAVED,
    ),
    "later": (at_words, lambda world, tap: world.stop.snooze(tap), TapNotice.MOVED),
    "later, which opens the conversation": (
        not_reported_yet,
        lambda world, tap: world.stop.snooze(tap),
        TapNotice.MOVED,
    ),
    "not about this": (at_words, lambda world, tap: world.stop.mute(tap), TapNotice.MOVED),
    "not about this, which opens the conversation": (
        not_reported_yet,
        lambda world, tap: world.stop.mute(tap),
        TapNotice.MOVED,
    ),
    "stop": (at_words, lambda world, tap: world.stop.stop(tap), TapNotice.MOVED),
    "stop, which opens the conversation": (
        not_reported_yet,
        lambda world, tap: world.stop.stop(tap),
        TapNotice.MOVED,
    ),
    "not about this taken back": (muted, lambda world, tap: world.stop.reopen(tap), TapNotice.MOVED),
    "stop taken back": (stopped, lambda world, tap: world.stop.reopen(tap), TapNotice.MOVED),
}


ON_SCALE = {
    "first answer",
    "first answer, which opens the conversation",
    "first answer, which proves that the question came",
    "another answer",
    "answer that closes a branch with words",
    "answer in an older message",
    "last answer",
}


def store_past_answers(tx: Connection, customer_id: int) -> None:
    """Store the customer's answers of an earlier day on every scale: what they answer now pairs with them."""
    journey = journeys.list_current(tx)["shop"]
    cohort = next(iter(cohorts.ensure_cohorts(tx, "shop", [{}]).values()))
    at = NOON - timedelta(days=10)
    asked = [("felt", "delivery", "emotion", 1), ("csat", "delivery", "csat", 4), ("packed", "box", "nps", 9)]
    new = [
        NewAnswer(
            customer_id=customer_id,
            journey="shop",
            version=1,
            question=question,
            kind=scale,
            value=value,
            subject=point,
            stage="get",
            day=at.date(),
            channel="courier",
            cohort_id=cohort,
            at=at,
            source="import",
        )
        for question, point, scale, value in asked
    ]
    answers.insert_new_answers(tx, journey, new)


@pytest.mark.parametrize("kind", TAPS)
async def test_a_tap_takes_seven_statements_beside_its_counters_at_most(any_db: Database, kind: str) -> None:
    prepare, tap, notice = TAPS[kind]
    world = await make_world(any_db)
    await any_db.write(lambda tx: store_past_answers(tx, world.person.id))
    prepared = await prepare(world)
    with listen_to_statements() as statements:
        turn = await tap(world, prepared)
    assert turn.notice is notice
    most = MOST_ON_SCALE if kind in ON_SCALE else MORE.get(kind, MOST)
    counting = [each.text for each in statements if COUNTERS.match(each.text)]
    texts = "\n".join(each.text for each in statements)
    assert len(statements) - len(counting) <= most, texts
    assert len(counting) == len({text.split()[2] for text in counting}), texts
    assert "answer" in kind or not any("gap_tally" in each.text for each in statements)
    assert await world.wrong_counters() == []
