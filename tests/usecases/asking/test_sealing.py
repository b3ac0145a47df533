"""Conversations of anonymous journeys are sealed: nothing tells who gave an answer, or whether somebody did."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import migrations
from bot.db.asking.invitation_deadlines import find_next_deadline
from bot.db.asking.tables import answer_table, closed_message_table, invitation_table, prompt_table, response_table
from bot.db.counters import tallies
from bot.db.counters.tables import tally_table
from bot.db.delivery.tables import letter_table, message_ref_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep.schema import list_differences, migrate
from bot.messages.message import Prose
from bot.outbox.messenger import Rejected
from bot.usecases.asking.turn import TapNotice
from bot.usecases.sealing.seal_conversations import SealConversations, seal_batch
from bot.usecases.upkeep.retire_rows import RetireRows
from cjm.conversation.conversation import ANONYMOUS_CHANGE_PERIOD
from cjm.figures.tally import ANSWERED, CHOICE, INVITED, split_value_bucket
from cjm.journeys.journey_file import read_journey
from cjm.scales import SCALES
from tests.depth import choose_depth
from tests.usecases.asking.test_random_lives import BEGIN, Enough, Life, random_journey
from tests.usecases.asking.world import ALICE, CSAT, FELT, JOURNEY, PACKED, REMIND, World, make_world

ANONYMOUS = JOURNEY.replace('title = "Shop"', 'title = "Shop"\nanonymous = true', 1)
MINIMUM = 5


async def make_anonymous_world(db: Database) -> World:
    world = await make_world(db)
    now = world.clock.now()
    await db.write(lambda tx: journeys.apply(tx, read_journey(ANONYMOUS, "shop.toml"), ANONYMOUS, now=now))
    return world


async def seal(world: World) -> int:
    sealed = await SealConversations(world.db, world.clock, world.display, MINIMUM)()
    await world.display.wait_until_idle()
    return sealed


async def read_rows(db: Database, table: Any) -> list[dict[str, Any]]:
    return await db.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(table))])


async def test_an_answer_has_no_person_and_no_time_once_the_change_period_is_over(any_db: Database) -> None:
    world = await make_anonymous_world(any_db)
    invitation = await world.answer_until_words()
    await world.write("It was late, call me at +48 601 234 567")
    await world.answer(invitation, PACKED, 9)
    assert await seal(world) == 0, "answers can be changed still"
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    assert await seal(world) == 1
    rows = await read_rows(any_db, answer_table)
    assert sorted(row["question"] for row in rows) == ["csat", "felt", "packed", "why", "words"]
    for row in rows:
        nothing = ("customer_id", "response_id", "visit_id", "import_row_id", "changed_at", "own_names")
        assert [row[name] for name in nothing] == [None] * len(nothing)
        assert (row["at"], row["delay"]) == (datetime.combine(row["day"], time(), UTC), 0)
        assert row["id"] > 1000
    assert not any("601" in (row["text"] or "") for row in rows)
    for table in (response_table, closed_message_table, letter_table, message_ref_table, prompt_table):
        assert await read_rows(any_db, table) == [], f"{table.name} tells of the conversation"
    assert await world.wrong_counters() == []


async def test_all_who_were_asked_look_the_same_in_the_database_and_in_their_chat(any_db: Database) -> None:
    world, told = await make_anonymous_world(any_db), list[set[Prose]]()
    for what in ("answered", "declined", "silent", "reminded"):
        invitation = await world.visit(f"event-{what}")
        message = world.last
        if what == "answered":
            await world.answer(invitation, FELT, 2)
            await world.give.finish(world.make_tap(invitation))
        elif what == "declined":
            await world.stop.mute(world.make_tap(invitation))
            await world.stop.reopen(world.make_tap(invitation))
            await world.stop.stop(world.make_tap(invitation))
            await world.stop.ask_again(ALICE)
        elif what == "reminded":
            world.clock.advance(REMIND)
            await world.remind()
            await world.deliver()
        world.clock.advance(timedelta(days=8))
        await world.remind()
        assert await seal(world) == 1
        texts = {world.message_in_chat(number).text for number in {message, world.last}}
        told.append(texts)
        assert not world.labels()
    rows = await read_rows(any_db, invitation_table)
    same = ("state", "reason", "expires_at", "reminded_at", "seal_at", "language")
    assert len({tuple(row[name] for name in same) for row in rows}) == 1
    assert all(texts == told[0] and len(texts) == 1 for texts in told)
    assert await read_rows(any_db, response_table) == []
    assert await read_rows(any_db, letter_table) == []
    assert await world.wrong_counters() == []


async def test_no_counter_of_zero_tells_what_was_answered_first(any_db: Database) -> None:
    world = await make_anonymous_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.change(world.make_tap(invitation), FELT)
    await world.answer(invitation, FELT, -1)
    await world.give.finish(world.make_tap(invitation))
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    assert await seal(world) == 1
    counted = [row for row in await read_rows(any_db, tally_table) if row["measure"] == "emotion"]
    assert {(row["settled"], row["bucket"]) for row in counted} == {(True, "-1")}
    zeros = [row for row in await read_rows(any_db, tally_table) if row["n"] == row["total"] == 0]
    assert zeros == []


async def test_a_tap_on_an_old_button_is_told_kindly_and_stores_nothing(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    await seal(world)
    before = await read_rows(db, answer_table), await read_rows(db, invitation_table)
    for turn in (
        await world.answer(invitation, FELT, -2),
        await world.give.change(world.make_tap(invitation), FELT),
        await world.give.settle_contact(world.make_tap(invitation), is_wanted=True),
        await world.stop.reopen(world.make_tap(invitation)),
        await world.stop.snooze(world.make_tap(invitation)),
        await world.stop.mute(world.make_tap(invitation)),
    ):
        assert turn.notice is TapNotice.ENDED
    assert not world.labels()
    assert (await read_rows(db, answer_table), await read_rows(db, invitation_table)) == before
    assert await read_rows(db, response_table) == []


async def test_words_that_would_leave_a_rest_beside_their_writer_are_no_anonymous_answer(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.visit()
    assert await world.write("😡, the courier was rude") is None
    assert await world.stored_answers(invitation) == {}
    assert await world.write("😡", "u2") is not None
    assert await world.write("2, the courier was rude", "u3") is not None  # the survey asks for words after a 2
    assert await world.stored_answers(invitation) == {"felt": -2, "csat": 2, "words": "the courier was rude"}


async def test_words_of_a_case_are_in_the_case_alone(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.answer_until_words()
    await world.write("The courier threw it over the fence")
    await world.answer(invitation, PACKED, 0)
    turn = await world.give.settle_contact(world.make_tap(invitation), is_wanted=True)
    assert turn.context is not None
    assert turn.context.case is not None
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    assert await seal(world) == 1
    assert Counter(row["question"] for row in await read_rows(db, answer_table)) == dict.fromkeys(
        ("felt", "csat", "why", "packed"), 1
    )


async def test_a_message_that_cannot_be_changed_yet_is_changed_later(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    finished = world.clock.now()
    deadline = await db.read(lambda tx: find_next_deadline(tx, finished, REMIND))
    assert deadline == finished + ANONYMOUS_CHANGE_PERIOD, "the demo jumps there"
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    # The process ends between the transaction and the change of the message.
    assert await db.write(lambda tx: seal_batch(tx, world.clock.now(), MINIMUM)) == 1
    assert len(await read_rows(db, closed_message_table)) == 1
    assert await seal(world) == 0
    assert await read_rows(db, closed_message_table) == []
    assert not world.labels()


async def test_a_closed_message_that_is_gone_is_given_up_at_once(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    world.messenger.will_raise(Rejected("message to edit not found"))
    assert await seal(world) == 1
    assert await read_rows(db, closed_message_table) == []


async def test_sealed_answers_are_retired_by_day(any_db: Database) -> None:
    world = await make_anonymous_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    world.clock.advance(timedelta(days=8))
    await world.remind()
    assert await seal(world) == 1
    before = await any_db.read(lambda tx: sum_up(tx, "shop"))
    world.clock.advance(timedelta(days=800))
    await RetireRows(any_db, world.clock, timedelta(days=30), MINIMUM)()
    assert await read_rows(any_db, answer_table) == []
    assert await any_db.read(lambda tx: sum_up(tx, "shop")) == before
    assert await world.wrong_counters() == []


def sum_up(tx: Connection, journey: str) -> Counter[tuple[str, str, str]]:
    """Return the counts of answers and outcomes of everyone, of all days, without classes of delay."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for is_settled in (False, True):
        for key, of_key in tallies.list_counters(tx, journey, settled=is_settled).items():
            if key.measure in SCALES or key.measure.startswith(CHOICE) or key.measure in (INVITED, ANSWERED):
                bucket = str(split_value_bucket(key.bucket)[0]) if key.measure in SCALES else key.bucket
                sums[key.subject, key.measure, bucket] += of_key.n
    return sums


class AnonymousLife(Life):
    """Life of an anonymous journey: what has ended is sealed after some of the steps."""

    def expire(self) -> None:
        super().expire()
        self.seal()

    def seal(self) -> None:
        before = sum_up(self.tx, "j")
        seal_batch(self.tx, self.now, self.minimum)
        assert sum_up(self.tx, "j") == before
        named = select(invitation_table.c.id).join(response_table).where(invitation_table.c.state == "closed")
        assert self.tx.execute(named).all() == []
        late = select(invitation_table.c.id).where(
            invitation_table.c.state.in_(["done", "declined", "expired"]), invitation_table.c.seal_at <= self.now
        )
        assert self.tx.execute(late).all() == []


@settings(max_examples=choose_depth(8, 150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_whatever_happens_counters_equal_rows_and_sealing_moves_no_sum(db: Database, seed: int) -> None:
    random = Random(seed)
    source = random_journey(random).replace('title = "J"', 'title = "J"\nanonymous = true', 1)

    def life(tx: Connection) -> None:
        journey = read_journey(source, "random")
        journeys.apply(tx, journey, source, now=BEGIN)
        AnonymousLife(tx, journey, random).live()
        raise Enough

    with pytest.raises(Enough):
        await db.write(life)


async def test_what_was_asked_anonymously_is_sealed_also_after_the_journey_became_named(db: Database) -> None:
    world = await make_anonymous_world(db)
    invitation = await world.visit()
    now = world.clock.now()
    await db.write(lambda tx: journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=now))
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    await world.answer(invitation, CSAT, 5)
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    assert await seal(world) == 1
    assert {row["customer_id"] for row in await read_rows(db, answer_table)} == {None}
    assert await world.wrong_counters() == []


async def test_what_was_answered_before_the_journey_became_anonymous_is_sealed_too(any_db: Database) -> None:
    world = await make_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    now = world.clock.now()
    await any_db.write(lambda tx: journeys.apply(tx, read_journey(ANONYMOUS, "shop.toml"), ANONYMOUS, now=now))
    assert await seal(world) == 1
    assert {row["customer_id"] for row in await read_rows(any_db, answer_table)} == {None}
    assert await world.wrong_counters() == []


async def test_an_older_schema_takes_sealed_answers_as_those_of_people_of_their_own(any_db: Database) -> None:
    world = await make_anonymous_world(any_db)
    invitation = await world.answer_until_words()
    await world.write("Late")
    world.clock.advance(timedelta(days=8))
    await world.remind()
    await seal(world)
    columns = ("id", "question", "value", "choice", "text", "day")
    before = [[row[name] for name in columns] for row in await read_rows(any_db, answer_table)]
    await any_db.write(go_back)
    await migrate(any_db)
    assert await any_db.read(list_differences) == []
    rows = await read_rows(any_db, answer_table)
    assert [[row[name] for name in columns] for row in rows] == before
    assert len({row["customer_id"] for row in rows}) == len(rows) == 4
    assert await world.state(invitation) == "expired"


def go_back(tx: Connection) -> None:
    """Bring the schema back to the one before answers were sealed."""
    config = migrations.config()
    config.attributes["connection"] = tx
    command.downgrade(config, "0010")
