"""Which question of several is asked, through the database: patience, moments of truth, enough answers."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from sqlalchemy import select, update

from bot.db.asking import question_order
from bot.db.asking.tables import invitation_table, survey_attention_table
from bot.db.engine.database import Connection, Database
from cjm.asking.decision import AskingReason, AskingRules, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.visit import Event
from tests.usecases.asking.test_departures import (
    SECOND_SURVEY,
    apply_journey,
    find_last,
    find_last_decision,
    happen,
)
from tests.usecases.asking.world import JOURNEY, NO_LIMITS, NOON, QUIET, World, make_world

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULES = AskingRules(quiet_hours=QUIET)
# The delivery is asked about for eight days, and the box, in the same stage, is a moment of truth.
SHOP = (
    JOURNEY.replace('title = "Shop"\n', 'title = "Shop"\njudge_from = 1\ntarget_people = 1\n', 1)
    .replace('key = "box", title', 'key = "box", moment_of_truth = true, title', 1)
    .replace('on = { touchpoint = "delivery" }', 'on = { touchpoint = "delivery" }\ngreatest_age = "8d"', 1)
    .replace('kind = "nps"\nabout = "box"', 'kind = "ces"', 1)
) + SECOND_SURVEY.replace("{timing}", 'delay = "1h"')


async def make_shop(db: Database, rules: AskingRules = RULES) -> World:
    world = await make_world(db, rules=rules)
    await apply_journey(world, SHOP)
    return world


def read_question(world: World) -> str:
    return str(world.message_in_chat().text)


async def let_others_answer(world: World, people: int) -> None:
    """Let other customers have answered about the delivery, each of them once."""

    def answer(tx: Connection) -> None:
        others = invitation_table.c.customer_id != world.person.id
        tx.execute(update(invitation_table).where(others).values(state=InvitationState.DONE, sent_at=NOON))

    events = [Event(f"o{n}", f"other-{n}", "shop", NOON, touchpoint="delivery") for n in range(people)]
    await world.record(events)
    await world.db.write(answer)


async def test_the_first_question_that_a_company_tries_is_asked_at_once(db: Database) -> None:
    """As docs/start.md promises, with the journey that it begins with."""
    world = await make_world(db, rules=RULES)
    await apply_journey(world, (files("cjm.templates") / "first.en.toml").read_text("utf-8"))
    results = await world.record([Event("order-1", "77", "first", NOON, touchpoint="delivery")])
    assert [decision.verdict for decision in results[0].decisions] == [AskingVerdict.ASK]


async def test_a_place_about_which_too_few_have_answered_is_asked_about_at_once(db: Database) -> None:
    world = await make_shop(db)
    await happen(world, "e1")
    assert await find_last_decision(world) == (AskingVerdict.ASK, AskingReason.FINE, None)


async def test_a_routine_question_waits_for_a_moment_of_truth_which_then_goes_first(db: Database) -> None:
    world = await make_shop(db)
    await let_others_answer(world, 1)
    await happen(world, "e1")
    assert await find_last_decision(world) == (AskingVerdict.HOLD, AskingReason.PATIENCE, NOON + 3 * DAY)
    world.clock.advance(DAY)
    await happen(world, "e2", "box")
    world.clock.advance(HOUR)
    await world.ask_due()
    await world.deliver()
    assert "recommend the box" in read_question(world)
    world.clock.advance(2 * DAY)
    await world.ask_due()
    # Seven days later the delivery will be too long ago.
    assert await find_last_decision(world) == (AskingVerdict.SKIP, AskingReason.ASKED_RECENTLY, None)


async def test_a_routine_question_for_which_nothing_better_came_is_asked_after_its_patience(db: Database) -> None:
    world = await make_shop(db)
    await let_others_answer(world, 1)
    await happen(world, "e1")
    world.clock.advance(3 * DAY)
    await world.ask_due()
    await world.deliver()
    assert "after the delivery" in read_question(world)


async def test_a_question_that_is_due_gives_way_to_a_moment_of_truth_that_would_be_lost(db: Database) -> None:
    world = await make_shop(db)  # nobody has answered yet: the delivery waits for nothing that may come
    await world.record([Event("e2", "77", "shop", NOON, touchpoint="box")])
    await happen(world, "e1")
    assert await find_last(world) == (InvitationState.WAITING, AskingReason.DISPLACED)
    world.clock.advance(HOUR)
    await world.ask_due()
    await world.deliver()
    assert "recommend the box" in read_question(world)


async def test_once_enough_people_answered_fewer_visits_are_asked_about(db: Database) -> None:
    """One person is wanted and four have answered: about a quarter of the visits is asked about."""
    world = await make_shop(db, replace(NO_LIMITS, patience=timedelta()))
    await let_others_answer(world, 4)
    events = [Event(f"e{n}", f"guest-{n}", "shop", NOON, touchpoint="delivery") for n in range(200)]
    results = await world.record(events)
    reasons = Counter(result.decisions[0].reason for result in results)
    assert reasons.keys() == {AskingReason.NO_CHAT, AskingReason.ENOUGH_ANSWERS}
    assert reasons[AskingReason.ENOUGH_ANSWERS] > 60
    rows = await world.db.read(lambda tx: tx.execute(select(survey_attention_table)).all())
    drawn = 4 + reasons[AskingReason.NO_CHAT]
    assert [tuple(row) for row in rows] == [("shop", "delivered", date(2026, 11, 22), 204, drawn)]


async def test_of_very_many_answers_only_so_many_are_read_as_show_that_the_target_is_passed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every event waits for this reading, so its time must not grow with the answers."""
    monkeypatch.setattr(question_order, "LEAST_READ", 2)
    world = await make_shop(db)
    await let_others_answer(world, 9)

    def count(tx: Connection, target: int) -> int:
        return question_order.AttentionFacts(tx, NOON + HOUR).count_answered("shop", "delivered", target)

    assert await db.read(lambda tx: [count(tx, target) for target in (1, 2, 3)]) == [4, 8, 9]


async def test_with_sampling_by_need_switched_off_the_share_alone_decides(db: Database) -> None:
    world = await make_shop(db, replace(NO_LIMITS, is_adaptive=False))
    await let_others_answer(world, 4)
    events = [Event(f"e{n}", f"guest-{n}", "shop", NOON, touchpoint="delivery") for n in range(50)]
    results = await world.record(events)
    assert {result.decisions[0].reason for result in results} == {AskingReason.NO_CHAT}


async def test_attention_of_four_weeks_ago_is_forgotten(db: Database) -> None:
    world = await make_shop(db)
    await let_others_answer(world, 4)
    world.clock.advance(28 * DAY)
    await happen(world, "e1")
    rows = await world.db.read(lambda tx: tx.execute(select(survey_attention_table)).all())
    assert [(row.day, row.visits) for row in rows] == [(date(2026, 12, 20), 1)]
    assert (await find_last_decision(world))[1] is AskingReason.FINE
