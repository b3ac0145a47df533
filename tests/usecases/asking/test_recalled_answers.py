"""An answer from memory lands on the earlier place, headed and marked so; losses that events tell stand beside."""

from datetime import timedelta

import pytest

from bot.db.asking import answers
from bot.db.engine.database import Database
from bot.outbox.letters.question import render_moved
from bot.usecases.maps.make_map import MakeMap, MapRequest
from cjm.figures.score import RecallShare
from cjm.journeys.visit import Event
from cjm.scales import Scale
from tests.usecases.asking.world import NOON, World, make_world

JOURNEY = """
key = "shop"
title = "Shop"
languages = ["en", "ru", "pl"]
scale = "ces"

[[stages]]
key = "find"
title = { en = "First contact", ru = "Знакомство", pl = "Pierwszy kontakt" }
touchpoints = [{ key = "advert", title = "Advert" }]

[[stages]]
key = "buy"
title = "Buying"
touchpoints = [{ key = "delivery", title = "Delivery" }]

[[surveys]]
key = "delivered"
on = { touchpoint = "delivery" }
contact = false

[[surveys.questions]]
key = "finding"
kind = "ces"
about = "find"
recalled = true
text = { en = "How easy was it to find us?", ru = "Легко ли было нас найти?", pl = "Na ile łatwo było nas znaleźć?" }

[[surveys.questions]]
key = "ease"
kind = "ces"
text = { en = "How easy was the delivery?", ru = "Легко ли было получить?", pl = "Na ile łatwo było odebrać?" }
"""


_HEAD, *_QUESTIONS = JOURNEY.strip().split("[[surveys.questions]]")
ABOUT_THE_DELIVERY_FIRST = "[[surveys.questions]]".join([_HEAD, *(text + "\n" for text in reversed(_QUESTIONS))])


async def make_recalling_world(db: Database, language: str = "en") -> World:
    world = await make_world(db, language)
    await world.apply(JOURNEY)
    return world


@pytest.mark.parametrize(
    ("language", "place"), [("en", "First contact"), ("ru", "Знакомство"), ("pl", "Pierwszy kontakt")]
)
async def test_a_recalled_question_is_headed_by_the_place_that_is_remembered(
    db: Database, language: str, place: str
) -> None:
    world = await make_recalling_world(db, language)
    await world.visit()
    assert str(world.message_in_chat().text).startswith(place)


async def test_message_that_the_question_has_left_is_headed_by_the_place_of_its_answers(db: Database) -> None:
    world = await make_world(db)
    await world.apply(ABOUT_THE_DELIVERY_FIRST)
    invitation = await world.visit()
    await world.answer(invitation, 0, 5)
    assert str(world.message_in_chat().text).startswith("First contact"), "the question that is open is about it"
    context = await world.context(invitation)
    assert str(render_moved(context).text).startswith("Delivery · "), "the answer in this message is not"


async def test_a_recalled_answer_counts_at_the_earlier_stage_and_the_map_marks_it(db: Database) -> None:
    world = await make_recalling_world(db)
    invitation = await world.visit()
    for place, value in ((0, 6), (1, 5)):
        await world.answer(invitation, place, value)
    stored = await world.db.read(lambda tx: answers.list_by_customer(tx, world.person.id))
    assert [(one.stage, one.recalled) for one in stored] == [("find", True), ("buy", False)]
    assert await world.wrong_counters() == []
    made = await MakeMap(world.db, world.clock, minimum=1)(MapRequest("shop"))
    assert [stage.scores[Scale.CES].recalled for stage in made.stages] == [RecallShare.ALL, RecallShare.NONE]


async def test_reasons_for_a_loss_that_events_tell_count_people_at_their_stage(db: Database) -> None:
    world = await make_recalling_world(db)
    at = NOON - timedelta(days=1)

    def lose(event: str, customer: str, reason: str) -> Event:
        return Event(event, customer, "shop", at, touchpoint="advert", lost_reason=reason)

    await world.record([lose(f"l{n}", f"p{n % 5}", "dear") for n in range(8)])
    await world.record(
        [lose("s", "p9", "Mrs Smith"), Event("s", "p9", "shop", at, touchpoint="advert", withdrawn=True)]
    )
    made = await MakeMap(world.db, world.clock, minimum=5)(MapRequest("shop"))
    assert [(reason.title, reason.n, reason.events) for reason in made.stages[0].lost_reasons] == [("dear", 0, 5)]
